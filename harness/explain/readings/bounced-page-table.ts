import type { DmaFact } from '../../report/report.ts'
import { prose, say } from '../say.ts'
import type { Scene } from '../scene.ts'
import { limitsIn, whatStops } from './masks.ts'
import type { Rule } from './reading.ts'

/** An address as the DMA API gave it, and the memory it is for. */
interface Mapped {
  dma: bigint
  phys: bigint
  /** Of the last of the lines that say so. */
  lines: number[]
}

/**
 * The IOMMU refused a page table. That the page was bounced is said only if the log has both of its addresses: the
 * message is the same if the mapping was an IOMMU's, or an offset of the bus.
 */
export const bouncedPageTable: Rule = scene => {
  const refusals = scene.trouble.filter(({ kind }) => kind === 'page-table-refused')
  const [refusal] = refusals
  if (!refusal) return null
  const lines = refusals.map(({ line }) => line)
  const rule = say`io-pgtable maps each page of its tables for DMA, and takes it only if the DMA address is the physical one: the IOMMU walks the tables past any translation.`
  const mapped = mappedPages(scene)
  const bounced = mapped.findLast(({ dma, phys }) => dma !== phys)
  if (!bounced) {
    return {
      short: prose('an IOMMU refused a page of its page tables'),
      says: [rule, prose('The log does not print the two addresses, so why they differed it can not tell.')],
      lines,
      next: [
        prose(
          'Print `dma` and `virt_to_phys(pages)` where the message is printed, in __arm_lpae_alloc_pages() or its like. If they differ, and dma is in the range of `software IO TLB: mapped`, the page was bounced.',
        ),
        prose(
          "Compare the IOMMU device's DMA mask with its bus_dma_limit (bus_dma_mask before 5.5), which come of the driver and of dma-ranges in the device tree.",
        ),
      ],
    }
  }
  const { dma, phys } = bounced
  const limits = limitsIn(scene)
  const stops = whatStops(phys, limits)
  const before = mapped.find(page => page.dma === page.phys)
  const inPool = swiotlbHas(scene, dma)
  const lines2 = [...lines, ...bounced.lines, ...(stops ? limits.lines : [])]
  return {
    short: prose("a page of an IOMMU's page tables was bounced, and so refused"),
    says: [
      rule,
      say`The page lies at phys ${phys}, but its DMA address is ${dma}. dma ≠ phys: the page was bounced, and the device would have been given a copy in a bounce buffer${inPool ? say`, in swiotlb's pool (${inPool.start} to ${inPool.end})` : prose('')}.`,
      ...(stops ? [say`Why it was bounced: ${stops}`] : []),
      ...(before
        ? [say`Elsewhere the log has a page with dma = phys = ${before.phys}, which would have been taken.`]
        : []),
    ],
    lines: [...new Set(lines2)].sort((a, b) => a - b),
    next: [
      stops && limits.busLimit !== null && limits.busLimit < phys
        ? prose(
            'Where does the bus limit come from? Of dma-ranges in a parent node, or of code that sets it without one (of_dma_configure()). If the bus has no such limit, that is the bug.',
          )
        : prose(
            "Which of the IOMMU device's DMA mask and its bus limit is too small for that page, and who set it?",
          ),
    ],
  }
}

/** Pages whose both addresses the log has, in order of line. */
export function mappedPages({ pages, dma }: Scene): Mapped[] {
  const ours = pages.map(({ dma, phys, line }) => ({ dma, phys, lines: [line] }))
  return [...ours, ...printed(dma)].sort((a, b) => (a.lines[0] ?? 0) - (b.lines[0] ?? 0))
}

/** What people print when they debug, an address a line: `dma = 0x…`, then `virt_to_phys(pages) = 0x…`. */
function printed(facts: readonly DmaFact[]): Mapped[] {
  const found: Mapped[] = []
  let last: { dma: bigint; line: number } | null = null
  for (const { kind, values, line } of facts) {
    if (kind !== 'page-table-print') continue
    const { dma, phys } = values
    if (typeof dma === 'bigint') last = { dma, line }
    if (typeof phys !== 'bigint' || last === null || line - last.line > NEAR) continue
    found.push({ dma: last.dma, phys, lines: [...new Set([last.line, line])] })
    last = null
  }
  return found
}

/** Lines between the two addresses of one page. */
const NEAR = 2

function swiotlbHas({ dma }: Scene, address: bigint): { start: bigint; end: bigint } | null {
  for (const { kind, addresses } of dma) {
    const [start, end] = addresses
    if (kind !== 'swiotlb-mapped' || start === undefined || end === undefined) continue
    if (address >= start && address <= end) return { start, end }
  }
  return null
}
