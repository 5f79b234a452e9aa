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
  /** A walk that failed. */
  | {
      event: 'walk-fault'
      t: bigint
      mmu: string
      utlb: number
      context: number
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
    }

/** What the device saw, by kind of event; each list in the order it happened. */
export interface DeviceTrace {
  contexts: Extract<TraceEvent, { event: 'context' }>[]
  utlbs: Extract<TraceEvent, { event: 'utlb' }>[]
  walks: Extract<TraceEvent, { event: 'walk' }>[]
  walkFaults: Extract<TraceEvent, { event: 'walk-fault' }>[]
  transfers: Extract<TraceEvent, { event: 'transfer' }>[]
}
