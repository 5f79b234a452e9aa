import type { Row } from './row.ts'
import { FAMILIES, HEADS } from './table.ts'

/** The tables of docs/report-dma.md, from the rows themselves: a test holds the page against it. */
export function messagesAsMarkdown(): string {
  const families = Object.entries(FAMILIES).map(
    ([family, rows]) => `### ${family}\n\n${table(rows.map(cellsOf))}`,
  )
  const others = HEADS.filter(({ other }) => other !== null)
    .map(({ name, other }) => `- \`${name}\`: \`${other ?? ''}\``)
    .join('\n')
  return [...families, `### What no row knows\n\n${others}`].join('\n\n')
}

function table(rows: readonly (readonly string[])[]): string {
  const head = ['kind', 'message', 'printed by', 'versions', 'typed']
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

/** A line for each row. */
function cellsOf(row: Row): string[] {
  return [
    `\`${row.kind}\`${row.fault ? ', fault' : row.error ? ', error' : ''}`,
    code(row.by === null ? row.format : `${row.by[0] ?? ''}: ${row.format}`),
    `${row.file}: ${row.in}`.replaceAll('*', '\\*').replaceAll('_', '\\_'),
    row.versions.replace(/^-/, 'to ').replace(/-$/, ' on').replace('-', ' to '),
    typed(row),
  ]
}

function code(text: string): string {
  return `\`${text.trim().replaceAll('|', '\\|')}\``
}

function typed({ roles, pairRoles, memory, says }: Row): string {
  const names = [...roles, ...(pairRoles ?? [])].map(({ name }) => name).filter(name => name !== '-')
  return [
    ...new Set([...names, ...Object.keys(says ?? {})].map(name => UNITS[name] ?? name)),
    ...(pairRoles ? ['all pairs'] : []),
    ...(memory ? [`memory map: ${memory.into}`] : []),
  ].join(', ')
}

const UNITS: Readonly<Record<string, string>> = { sizeKiB: 'size', sizeMiB: 'size' }
