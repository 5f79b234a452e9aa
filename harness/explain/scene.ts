import type {
  DmaFact,
  IommuFact,
  IommuFault,
  KernelReport,
  MemoryMap,
  Oops,
  PageTablePage,
} from '../report/report.ts'

/** All that a log says of one boot: what readings read. */
export interface Scene {
  /** In order of line. */
  crashes: readonly Oops[]
  dma: readonly DmaFact[]
  /** Of IOMMUs and of DMA, in order of line. */
  facts: readonly IommuFact[]
  faults: readonly IommuFault[]
  pages: readonly PageTablePage[]
  memory: MemoryMap
  /** Of `facts`, those that are errors and no faults. */
  trouble: readonly IommuFact[]
}

/** Kinds that say more of a fault, or of another error, whose line came before. */
const DETAIL = /-(?:registers|access|decoded|walk|word|status|mapped-at|leaked|event)$/

/** The scene of a boot of the report. */
export function sceneOf(report: KernelReport, boot: number): Scene {
  const here = <T extends { boot: number }>(list: readonly T[]) => list.filter(entry => entry.boot === boot)
  const { line: first = 1 } = report.boots[boot] ?? {}
  const { line: next = Infinity } = report.boots[boot + 1] ?? {}
  // The first boot has what comes before its banner, too.
  const inside = ({ line }: { line: number }) => (boot === 0 || line >= first) && line < next
  const facts = here(report.iommu.facts)
  const faults = here(report.iommu.faults)
  const faultLines = new Set(faults.map(({ line }) => line))
  return {
    ...{ facts, faults, memory: report.memory, dma: here(report.dma), crashes: here(report.oopses) },
    pages: report.pageTables.filter(inside),
    trouble: facts.filter(({ error, kind, line }) => error && !faultLines.has(line) && !DETAIL.test(kind)),
  }
}
