/** What the report of 2018 comes to on a platform: what is expected by its row and the kernel's, and what was seen. */
import type { SeriesFacts } from '../images/series.ts'
import type { BootResult, CellInput, PageTablePage } from '../types.ts'
import type { Platform } from '../platform/platforms.ts'

/** What is done to a platform: faults of the kernel, or a limit that its device tree names. */
export interface Scenario {
  name: string
  faults: readonly string[]
  /** With the overlays that limit the IOMMU's bus. */
  limited: boolean
}

export const scenarios: readonly Scenario[] = [
  { name: 'no fault', faults: [], limited: false },
  { name: 'bus-mask-always-set', faults: ['bus-mask-always-set'], limited: false },
  {
    name: 'bus-mask-always-set + domain-free-unguarded',
    faults: ['bus-mask-always-set', 'domain-free-unguarded'],
    limited: false,
  },
  { name: 'no fault, a 32-bit bus', faults: [], limited: true },
]

/** Where a disk's data goes: through the IOMMU, past it, wrong, or nowhere. */
export type DiskWay =
  'behind the IOMMU' | 'without the IOMMU' | 'wrong' | 'dead' | 'absent' | 'never reported'

/** The answer to the report's question, of one boot. */
export interface Outcome {
  /** The page table was bounced, and refused for it. */
  refused: boolean
  /** Title of the crash; null if there was none. WARNs are none. */
  crash: string | null
  disk: DiskWay
  /** Titles of the WARNs. */
  warnings: string[]
}

/** The cell of a scenario, with the disk behind the IOMMU and page tables above 4 GiB; null if it can't be on it. */
export function cellOf(platform: Platform, { faults, limited }: Scenario, kernel: string): CellInput | null {
  if (limited && platform.limit.length === 0) return null
  const overlays = [...platform.behind, ...(limited ? platform.limit : [])]
  return { kernel, platform: platform.name, overlays, faults, memory: '4G' }
}

/** What is to come of it, by the rows alone. */
export function expected({ iommu }: Platform, { faults, limited }: Scenario, facts: SeriesFacts): Outcome {
  // Only a page table that is DMA-mapped can be bounced.
  const refused = iommu?.walk === 'incoherent' && (limited || faults.includes('bus-mask-always-set'))
  if (!iommu || !refused)
    return { refused, crash: null, disk: iommu ? 'behind the IOMMU' : 'without the IOMMU', warnings: [] }
  const crashes = iommu.unguarded && faults.includes('domain-free-unguarded')
  const refusedWay = iommu.refused === 'dead' ? 'dead' : 'without the IOMMU'
  const unprobedWay = iommu.unprobed === 'absent' ? 'absent' : 'without the IOMMU'
  return {
    refused,
    crash: crashes ? `null-deref in ${facts.nullDerefIn}` : null,
    disk: crashes ? 'never reported' : facts.refusalFailsProbe ? unprobedWay : refusedWay,
    warnings: [...(iommu.table === 'attach' ? facts.refusalWarnings : facts.bounceWarnings)],
  }
}

/** What came of it. */
export function seen(platform: Platform, result: BootResult, facts: SeriesFacts): Outcome {
  const { oopses, iommu } = result.report
  const refused = iommu.errors.some(({ message }) => message.includes(facts.refusal))
  return {
    refused,
    crash: oopses.find(({ kind }) => kind !== 'warning')?.title ?? null,
    disk: diskWay(platform, result, refused),
    warnings: oopses.filter(({ kind }) => kind === 'warning').map(({ title }) => title),
  }
}

/** Where the device's trace tells, that counts; where there is none, the disk's group does, unless it was of no use. */
function diskWay({ board }: Platform, { report, trace }: BootResult, refused: boolean): DiskWay {
  if (!report.disk) return 'never reported'
  if (report.disk.why !== null) return 'dead'
  if (report.disk.device === null) return 'absent'
  if (!report.disk.ok) return 'wrong'
  const data = trace.transfers.filter(({ what }) => what === 'data')
  const translated = board.traces
    ? data.length > 0 && data.every(({ mmu }) => mmu !== null)
    : !refused && report.iommu.groups.some(({ device }) => device === board.controller)
  return translated ? 'behind the IOMMU' : 'without the IOMMU'
}

/** The first page table, which is what a refusal is about; null if none was mapped. */
export function firstTable({ report }: BootResult): PageTablePage | null {
  return report.pageTables[0] ?? null
}
