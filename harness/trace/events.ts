/** One line of the device trace that QEMU writes (images/qemu/hw/rcar_trace.c). `t` is guest nanoseconds. */
export type TraceEvent =
  /** IMCTR of the main or a leaf: a context was enabled, disabled or flushed. A leaf has no tables: its ttbr is 0. */
  | {
      event: 'context'
      t: bigint
      mmu: string
      context: number
      op: 'enable' | 'disable' | 'flush'
      ttbr: bigint
      ttbcr: bigint
      mair: bigint
      /** Of a flush that drops the page or block at an address, and nothing else. */
      iova?: bigint
    }
  /** A micro-TLB was switched on or off. */
  | {
      event: 'utlb'
      t: bigint
      mmu: string
      utlb: number
      op: 'enable' | 'disable' | 'flush'
      context: number
    }
  /** A page-table walk that found a translation: the tables it read, from the first level down. */
  | {
      event: 'walk'
      t: bigint
      mmu: string
      utlb: number
      context: number
      iova: bigint
      phys: bigint
      /** Physical address of each table page read. */
      tables: bigint[]
      /** Size of the page or block found. */
      size: bigint
    }
  /** A walk that failed, or an access that was refused before there was a walk: then, of no context, it is null. */
  | {
      event: 'walk-fault'
      t: bigint
      mmu: string
      utlb: number
      context: number | null
      iova: bigint
      access: 'read' | 'write'
      reason: string
      level: number
      tables: bigint[]
    }
  /** A DMA transfer by a master: one event per physically contiguous run. `mmu` null: it went straight to memory. */
  | {
      event: 'transfer'
      t: bigint
      master: string
      mmu: string | null
      utlb: number | null
      context: number | null
      iova: bigint
      phys: bigint
      length: bigint
      access: 'read' | 'write'
      /** `data`, or `descriptor` for the controller's own fetches. */
      what: 'data' | 'descriptor'
      ok: boolean
      /** Why it was refused, if it was. `phys` is then 0, but for no-memory. */
      cause?: JobCause | null
      /** The tag of the job that it is of; only dmaprobe's have one. */
      job?: number
    }
  /** A dmaprobe began or ended a job; one that was reset in flight has no end. */
  | {
      event: 'job'
      t: bigint
      master: string
      /** The driver's tag. */
      job: number
      /** `copy`, `fill`, `checksum`, each also as `sg-…`; of a bad-op the number, `0x…`. */
      op: string
      state: 'start' | 'done' | 'error'
      cause: JobCause | null
      /** Where it was refused; null if it was not. */
      address: bigint | null
      /** Of what was read, or written by a fill, as its SUM register has it. */
      sum: bigint
    }
  /** A dmaprobe's driver wrote to MARK: a line of its own has the same number (harness/oracle). */
  | { event: 'mark'; t: bigint; master: string; mark: number }

/** Why a dmaprobe's job ended early: the IOMMU refused, the bus lost the address, and so on. */
export type JobCause = 'translation' | 'bus-limit' | 'no-memory' | 'bad-descriptor' | 'bad-op'

/** What the device saw, by kind of event; each list in the order it happened. */
export interface DeviceTrace {
  contexts: Extract<TraceEvent, { event: 'context' }>[]
  utlbs: Extract<TraceEvent, { event: 'utlb' }>[]
  walks: Extract<TraceEvent, { event: 'walk' }>[]
  walkFaults: Extract<TraceEvent, { event: 'walk-fault' }>[]
  transfers: Extract<TraceEvent, { event: 'transfer' }>[]
  jobs: Extract<TraceEvent, { event: 'job' }>[]
  marks: Extract<TraceEvent, { event: 'mark' }>[]
}
