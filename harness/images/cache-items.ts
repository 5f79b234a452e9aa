import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { listFolders } from './cache.ts'
import { lastUse } from './cache-seal.ts'
import { start } from './run.ts'

/** One thing in the cache that can be removed by itself. */
export interface CacheItem {
  kind: 'entry' | 'work' | 'log'
  /** `linux-6.1-map-readonly`; of a work tree, its path below work/. */
  name: string
  version: string
  /** Below the cache's folder. */
  path: string
  /** The lock that whoever makes it or works in it holds. */
  lock: string
  bytes: number
  /** Seconds that the build took; null where that is not known. */
  seconds: number | null
  /** When it was last used, in ms since 1970. */
  used: number
  /** Whether the present sources lead to it, or, of a work tree, to something that was built in it. */
  present: boolean
}

/** All that is in the cache, by kind and name. `present`: the folders of entries/ that the sources lead to. */
export async function cacheItems(
  root: string,
  present: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<CacheItem[]> {
  const entries = entryItems(root, present)
  const logs = foldersOf(root, 'logs').map(({ name }) => logItem(root, name))
  const locks = new Set(entries.filter(item => item.present).map(({ lock }) => lock))
  const rest = [...(await workItems(root, signal)), ...logs]
  return [...entries, ...rest.map(item => ({ ...item, present: locks.has(item.lock) }))]
}

/** Everything in entries/; a folder without a manifest is there too, without a version. */
export function entryItems(root: string, present: ReadonlySet<string>): CacheItem[] {
  return listFolders(root).map(({ folder, entry }) => {
    const path = join('entries', folder)
    const manifest = entry?.manifest
    const name = manifest?.name ?? folder.replace(/-[0-9a-f]{20}$/, '')
    const sizes = Object.values(manifest?.outputs ?? {}).map(({ size }) => size)
    return {
      kind: 'entry',
      name,
      version: manifest?.version ?? '',
      path,
      lock: manifest?.lock ?? lockOf(name),
      bytes: sizes.reduce((sum, size) => sum + size, 0),
      seconds: manifest?.seconds ?? null,
      used: lastUse(root, folder) ?? (Date.parse(manifest?.built ?? '') || changed(root, path)),
      present: present.has(folder),
    }
  })
}

/** Build trees: work/<lock>/<version>, or work/<lock> itself. Used when their folder or their log last changed. */
async function workItems(root: string, signal: AbortSignal): Promise<CacheItem[]> {
  const items = foldersOf(root, 'work').map(({ name }): CacheItem => {
    const path = join('work', name)
    const versions = foldersOf(root, path)
    const times = [path, ...versions.map(version => join(path, version.name))].map(dir => changed(root, dir))
    return {
      kind: 'work',
      name,
      version: versions.length === 1 ? (versions[0]?.name ?? '') : '',
      path,
      lock: name,
      bytes: 0,
      seconds: null,
      used: Math.max(...times, changed(root, join('logs', `${name}.log`))),
      present: false,
    }
  })
  const bytes = await diskUse(
    root,
    items.map(({ path }) => path),
    signal,
  )
  return items.map(item => ({ ...item, bytes: bytes.get(item.path) ?? 0 }))
}

function logItem(root: string, name: string): CacheItem {
  const path = join('logs', name)
  const bytes = statSync(join(root, path), { throwIfNoEntry: false })?.size ?? 0
  const lock = lockOf(name.replace(/\.(log|steps\.json)$/, ''))
  const used = changed(root, path)
  return { kind: 'log', name, version: '', path, lock, bytes, seconds: null, used, present: false }
}

/** Bytes on the disk below each folder: du(1), as a kernel's tree has 80,000 files. */
async function diskUse(
  root: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, number>> {
  if (paths.length === 0) return new Map()
  const argv = ['du', '--summarize', '--block-size=1', '--', ...paths]
  const { lines } = await start(argv, { cwd: root, signal, what: 'du' })
  return new Map(
    lines.flatMap(line => {
      const [bytes, path] = line.split('\t')
      return path !== undefined && /^\d+$/.test(bytes ?? '') ? [[path, Number(bytes)] as const] : []
    }),
  )
}

/** `linux-6.1-map-readonly` is built under `linux-6.1`: manifests of an older dmaspec don't say. */
function lockOf(name: string): string {
  return /^linux-[\d.]+/.exec(name)?.[0] ?? name
}

function changed(root: string, path: string): number {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function foldersOf(root: string, path: string): Dirent[] {
  const dir = join(root, path)
  return existsSync(dir) ? readdirSync(dir, { withFileTypes: true }) : []
}
