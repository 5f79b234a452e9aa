/**
 * How much of a log is kept. A report must not grow with the log: a console of two gigabytes may be all oopses, or one
 * context fault ten million times. What is beyond a limit is counted in `omitted`.
 */
export const LIMITS = {
  /** Crashes of all boots. */
  oopses: 1000,
  /** Facts of one kind: DMA, IOMMU, spoofs, memory ranges. */
  facts: 5000,
  /** Pages of page tables: a spec may want them all. */
  pages: 10_000,
  boots: 5000,
  /** The kernel prints at most 128 or so frames; more is not a call trace. */
  frames: 512,
  otherStacks: 64,
  modules: 1000,
  /** Characters of a line that are looked at, and of a message that is kept. */
  line: 65_536,
} as const
