import type { Mark } from './detail.ts'
import type { BootFacts } from './report-file.ts'

/** How far the end line of an oops may be from its first. */
const LONGEST_OOPS = 250

/**
 * The console lines that matter, in the log's order: oopses whole, what IOMMU and DMA said, page tables.
 *
 * A line of several marks keeps the first: an oops, then an error, then a fact.
 */
export function marksOf({ report }: BootFacts, lines: readonly string[]): Mark[] {
  const { iommu } = report
  const one = (tone: Mark['tone'], label: string) => (found: { line: number }) =>
    ({ line: found.line, count: 1, tone, label }) satisfies Mark
  const bounced = report.pageTables.filter(page => page.bounced)
  const all: Mark[] = [
    ...report.oopses.map(oops => oopsMark(oops, lines)),
    ...iommu.errors.map(one('bad', 'IOMMU error')),
    ...iommu.faults.map(one('bad', 'IOMMU fault')),
    ...report.dma.filter(fact => fact.error).map(one('bad', 'DMA')),
    ...bounced.map(one('fact', 'bounced')),
    ...report.pageTables.filter(page => !page.bounced).map(one('fact', 'page table')),
    ...iommu.groups.map(one('fact', 'IOMMU group')),
    ...iommu.contexts.map(one('fact', 'IPMMU context')),
    ...report.dma.filter(fact => fact.kind === 'swiotlb-mapped').map(one('fact', 'swiotlb')),
  ]
  const taken = new Set<number>()
  const first = all.filter(({ line, count }) => {
    if (line > lines.length || taken.has(line)) return false
    for (let i = 0; i < count; i++) taken.add(line + i)
    return true
  })
  return first.sort((a, b) => a.line - b.line)
}

function oopsMark(oops: BootFacts['report']['oopses'][number], lines: readonly string[]): Mark {
  const from = oops.line - 1
  const rest = lines.slice(from, from + LONGEST_OOPS)
  const end = rest.findIndex(line => line.includes('---[ end '))
  return {
    line: oops.line,
    count: end === -1 ? 1 : end + 1,
    tone: 'bad',
    label: oops.kind === 'warning' ? 'WARN' : 'oops',
  }
}
