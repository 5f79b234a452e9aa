import { hex } from '../report/json.ts'
import type { KernelName, PageTablePage } from '../types.ts'
import type { Platform } from '../platform/platforms.ts'
import type { Outcome, Scenario } from './story.ts'

/** One boot of the question. */
export interface Answer {
  kernel: KernelName
  platform: Platform
  scenario: Scenario
  outcome: Outcome
  /** What was to come of it. */
  expected: Outcome
  /** The first page table that was mapped; null if none was. */
  table: PageTablePage | null
}

export const HEAD = ['platform', 'what is done', 'kernels', 'first page table', 'refused', 'crashed', 'disk']

/** The rows of the answers, in their order: the kernels to which the same happened share one. */
export function rowsOf(answers: readonly Answer[]): string[][][] {
  const groups = new Map<string, Answer[]>()
  for (const answer of answers) {
    const { platform, scenario, table } = answer
    const key = JSON.stringify([platform.name, scenario.name, wayOf(table), ...columns(answer.outcome)])
    groups.set(key, [...(groups.get(key) ?? []), answer])
  }
  return [...groups.values()].map(group => {
    const [first] = group
    if (!first) return []
    const { platform, scenario, table, outcome } = first
    const kernels = group.map(({ kernel }) => kernel).join(' ')
    const told = scenario.name.split(' + ').map((name, i) => (i === 0 ? name : `+ ${name}`))
    return [
      [platform.name],
      told,
      [kernels],
      wordsOf(platform, table),
      ...columns(outcome).map(word => [word]),
    ]
  })
}

/**
 * The answers as a table of Markdown, shorter still: what was done with the same result to the same kernels shares a row.
 * All in it is ours but the titles of crashes, which name symbols.
 */
export function markdownOf(answers: readonly Answer[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`
  const groups = new Map<string, string[][][]>()
  for (const row of rowsOf(answers)) {
    const [platform, , kernels, [, way = ''] = [], ...result] = row
    const key = JSON.stringify([platform, kernels, way.split(' 0x')[0], ...result])
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  const rows = [...groups.values()].map(rows => {
    const done = rows.map(([, done = []]) => done.join(' ')).join('; ')
    return line((rows[0] ?? []).map((lines, i) => (i === 1 ? done : lines.join(', ')).replaceAll('|', '\\|')))
  })
  return line(HEAD) + line(HEAD.map(() => '---')) + rows.join('')
}

/** True if a boot did what its rows say. */
export function isAsExpected({ outcome, expected }: Answer): boolean {
  return JSON.stringify(outcome) === JSON.stringify(expected)
}

function columns({ refused, crash, disk }: Outcome): string[] {
  return [refused ? 'yes' : 'no', crash === null ? 'no' : (crash.split(' in ')[0] ?? ''), disk]
}

function wayOf(table: PageTablePage | null): string {
  return table === null ? 'none' : table.bounced ? 'bounced' : 'direct'
}

function wordsOf({ iommu }: Platform, table: PageTablePage | null): string[] {
  if (table) return [hex(table.phys), table.bounced ? `bounced to ${hex(table.dma)}` : 'not bounced']
  if (!iommu) return ['none']
  return [
    iommu.walk === 'coherent' ? 'never mapped: coherent' : iommu.walk === 'none' ? "the host's" : 'none',
  ]
}
