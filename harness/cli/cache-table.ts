import type { CacheItem } from '../images/cache-items.ts'
import { sizeOf } from '../images/cache-prune.ts'
import { formatBytes } from '../text.ts'

/** What `dmaspec cache list` prints: entries, work trees, and what all of it takes. */
export function cacheTable(root: string, items: readonly CacheItem[], now: number): string {
  const entries = items.filter(({ kind }) => kind === 'entry')
  const trees = items.filter(({ kind }) => kind === 'work')
  const logs = items.filter(({ kind }) => kind === 'log')
  const head = ['entry', 'version', 'size', 'built in', 'last used', 'present sources']
  const rows = entries.map(item => [
    item.name,
    item.version || '(no manifest)',
    formatBytes(item.bytes),
    item.seconds === null ? '' : `${item.seconds} s`,
    ago(now - item.used),
    item.present ? 'lead to it' : '',
  ])
  const treeRows = trees.map(item => [
    item.name,
    item.version,
    formatBytes(item.bytes),
    '',
    ago(now - item.used),
    item.present ? 'are built in it' : '',
  ])
  const total = (title: string, some: readonly CacheItem[]) =>
    `${title.padEnd(24)} ${formatBytes(sizeOf(some)).padStart(9)}`
  return [
    ...(rows.length > 0 ? [...table([head, ...rows]), ''] : []),
    ...(treeRows.length > 0 ? [...table([['work tree', ...head.slice(1)], ...treeRows]), ''] : []),
    total(`${entries.length} entries`, entries),
    total(`${trees.length} work trees`, trees),
    total(`${logs.length} logs`, logs),
    `${total('all', items)}  in ${root}`,
    '',
  ].join('\n')
}

/** `5 min ago`. */
export function ago(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000))
  if (minutes < 1) return 'just now'
  if (minutes < 120) return `${minutes} min ago`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map(row => row[i]?.length ?? 0)))
  return rows.map(row =>
    row
      .map((text, i) => (i === 2 || i === 3 ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}
