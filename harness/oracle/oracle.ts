/**
 * The nouns of the two-sided oracle: what a dmaprobe's driver said it did, joined with what the device saw.
 *
 *   the driver's lines → Said[] → Mapping[]  ┐
 *                                            ├ join → Scene → rules → OracleReport
 *   the device trace  → TraceEvent[]         ┘
 *
 * This file holds types only. Addresses and sizes are bigint; `seq` is the number that both sides have: a line's own, and
 * that of the mark in the device trace which the driver wrote when it did what the line says.
 */
import type { TraceEvent } from '../trace/events.ts'

export type Transfer = Extract<TraceEvent, { event: 'transfer' }>
export type JobEvent = Extract<TraceEvent, { event: 'job' }>

/** Part of the DMA API that a mapping is of, as the driver names it: `single`, `page`, `sg`, `coherent`, `pool`, … */
export type Api = string

/** How a domain translates, as the kernel has it; `none` where the device has no IOMMU. */
export type DomainType = 'DMA' | 'DMA-FQ' | 'identity' | 'unmanaged' | 'blocked' | 'other' | 'none'

/** When something was done, in a mapping's life; `late` is so long after it that every queued flush was made. */
export type When = 'mapped' | 'synced' | 'unmapped' | 'late'

/** What a line says that the driver printed; `seq` is null where a line has no mark of its own. */
interface SaidAt {
  seq: number | null
  /** Number of the line in the console, from 1. */
  line: number
}

/** A stretch of a mapping in which the buffer, its addresses and what these mean all go on together. */
export interface Part {
  seq: number | null
  line: number
  /** Of the buffer. */
  phys: bigint
  /** What the device was given: an I/O virtual address, or a bus address. */
  dma: bigint
  /** What the kernel says that `dma` means: iommu_iova_to_phys(), or dma_to_phys(). */
  target: bigint
  size: bigint
  /** The target is another page than the buffer's: it goes by way of swiotlb. */
  bounced: boolean
}

/** dma_sync_…_for_device() or …_for_cpu(). */
export interface Sync extends SaidAt {
  for: 'device' | 'cpu'
}

/** A job that the driver gave the device, and what it read from the device's registers when it was over. */
export interface Job extends SaidAt {
  /** The tag, which the device's events have, too. */
  job: number
  op: string
  result: string
  /** Where it was refused; 0 if it was not. */
  address: bigint
  /** The checksum that the driver worked out; null where it could not. */
  want: bigint | null
  /** The device's. */
  got: bigint | null
  when: When
  /** How the device says that it ended; null if its trace has no such job. */
  seen: JobEvent | null
}

/** A look at the buffer by the CPU. */
export interface DataCheck extends SaidAt {
  want: bigint
  got: bigint
  when: When
}

/** Bytes next to a buffer that somebody wrote to. */
export interface Guard extends SaidAt {
  phys: bigint
}

/** The end of a mapping: before and after the call. */
export interface Unmap extends SaidAt {
  /** The mark before the call; null if none was printed. */
  beginSeq: number | null
  dma: bigint | null
  size: bigint | null
}

/** A mapping that the DMA API made, with all that was done with it, and all that the device did to it. */
export interface Mapping {
  /** `ea100000.dmaprobe`. */
  device: string
  id: number
  /** Number of the plan that it is of; null if none was begun. */
  plan: number | null
  api: Api
  dir: string
  /** Where the plan wanted the buffer: `high`; null if it did not say. */
  place: string | null
  /** Of the first part. */
  phys: bigint
  dma: bigint
  target: bigint
  /** Of all parts, in bytes. */
  size: bigint
  mask: bigint
  /** bus_dma_limit; null if the device has none. */
  limit: bigint | null
  domain: DomainType
  /** What the device is to do with it: `fill`; `table` of a table of descriptors. Null if that is not said. */
  use: string | null
  /** Whether any part is. */
  bounced: boolean
  parts: Part[]
  syncs: Sync[]
  jobs: Job[]
  data: DataCheck[]
  guards: Guard[]
  unmap: Unmap | null
  /** What the device did at its addresses while it was mapped, in order. */
  transfers: Transfer[]
  /** What the device did there after it was unmapped, and before they were another mapping's. */
  late: Transfer[]
}

/** A mapping that the DMA API refused. */
export interface MapFailure extends SaidAt {
  device: string
  id: number
  plan: number | null
  api: Api
  use: string | null
  /** It was the buffer that could not be had where the plan wants it. */
  noBuffer: boolean
  error: number
}

/** A line of a timeline: what one side did then; or the other, or both. */
export interface TimelineRow {
  seq: number | null
  /** Guest nanoseconds, by the device's clock; null of a line without a mark. */
  t: bigint | null
  kernel: string | null
  device: string | null
}

/** Rows of rules.ts: what is claimed of both sides, docs/oracle.md says how. */
export type RuleName =
  | 'line'
  | 'marked'
  | 'plan-whole'
  | 'job-said'
  | 'mask'
  | 'bus-limit'
  | 'address-used'
  | 'translation'
  | 'bounce-told'
  | 'through-iommu'
  | 'job-told'
  | 'reached'
  | 'direction'
  | 'inside'
  | 'device-data'
  | 'bounce-out'
  | 'cpu-data'
  | 'bounce-back'
  | 'guards'
  | 'unprinted'
  | 'flush-owed'
  | 'flush-before-reuse'
  | 'after-unmap'
  | 'unmap-same'
  | 'fault-seen'
  | 'tables-told'
  | 'root-told'

/** The kernel says one thing and the device another; or either says what may not be. */
export interface Disagreement {
  rule: RuleName
  /** One sentence with both sides in hex. */
  message: string
  /** The master that it is about; null of one that is about the whole boot. */
  device: string | null
  /** Id of the mapping; null if it is about none. */
  mapping: number | null
  /** What the kernel says, and what the device saw. */
  kernel: string
  saw: string
  /** Number of the console line that it is about; null if there is none. */
  line: number | null
  /** Both sides of the mapping's life, in order; only with the first disagreement of a mapping (judge.ts). */
  timeline: TimelineRow[]
}

/** What the two sides of a boot come to. */
export interface OracleReport {
  mappings: Mapping[]
  failures: MapFailure[]
  /** How many of the mappings were held against the device's side. */
  checked: number
  /** How many comparisons each rule made: a rule that made none says nothing of this boot. */
  compared: Partial<Record<RuleName, number>>
  disagreements: Disagreement[]
  /** How many there are beyond those that are kept (judge.ts). */
  omitted: number
  /** What the other side has no word of, and that is no disagreement (docs/oracle.md). */
  unmatched: {
    /** Marks without a line: a quiet plan prints only some. */
    marks: number
    /** Transfers by jobs that no line tells of, of a quiet plan. */
    transfers: number
  }
  /** What else was printed under the driver's name, by whomever: `Adding to iommu group 0`. */
  remarks: { device: string; line: number; text: string }[]
}
