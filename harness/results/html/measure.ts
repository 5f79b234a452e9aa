import { hex } from '../../report/json.ts'
import type { TraceEvent } from '../../types.ts'
import type { BootFacts } from './report-file.ts'

/**
 * The addresses of a boot in two short lines, for the grid: the page table that is highest in memory, and where it was
 * bounced to; without page tables the first data that a device moved. Then an IOMMU fault, if there was one.
 */
export function measured(facts: BootFacts | null, events: readonly TraceEvent[]): string[] {
  if (!facts) return []
  const [fault] = facts.report.iommu.faults
  return [
    ...(pageTable(facts) ?? transfer(events) ?? []),
    ...(fault ? [fault.iova === null ? 'a fault' : `fault at ${fault.iova}`] : []),
    ...(facts.notObserved.length > 0 ? [`not observed: ${facts.notObserved[0]?.fact}`] : []),
  ]
}

function pageTable({ report }: BootFacts): string[] | null {
  let highest = report.pageTables[0]
  if (!highest) return null
  for (const page of report.pageTables) if (BigInt(page.phys) > BigInt(highest.phys)) highest = page
  return highest.bounced ? [highest.phys, `bounced → ${highest.dma}`] : [`${highest.phys} direct`]
}

function transfer(events: readonly TraceEvent[]): string[] | null {
  for (const event of events) {
    if (event.event !== 'transfer' || event.what !== 'data') continue
    return event.mmu === null
      ? [`${hex(event.iova)} untranslated`]
      : [`iova ${hex(event.iova)}`, `→ ${hex(event.phys)}`]
  }
  return null
}
