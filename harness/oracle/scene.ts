import type { TraceEvent } from '../trace/events.ts'
import type { KernelReport, NotObserved } from '../types.ts'
import { join, type Loose } from './join.ts'
import type { Told } from './mappings.ts'
import type { DomainType, Mapping } from './oracle.ts'
import { type Life, Order } from './order.ts'

export type Walk = Extract<TraceEvent, { event: 'walk' }>
export type WalkFault = Extract<TraceEvent, { event: 'walk-fault' }>
type Context = Extract<TraceEvent, { event: 'context' }>
type Utlb = Extract<TraceEvent, { event: 'utlb' }>

/** What the rules are given besides the drivers' lines and the device trace. */
export interface Setting {
  report: Pick<KernelReport, 'iommu' | 'pageTables' | 'dma'>
  notObserved: readonly NotObserved[]
  /** Whether the log ends in the marker: if not, what was not printed means nothing. */
  complete: boolean
  /** Whether the cell has a plan. */
  asked: boolean
}

/** A cache of translations on a device's way to memory. */
export interface Level {
  mmu: string
  context: number
  /** Of a leaf, that can be flushed by itself; null of the main. */
  utlb: number | null
}

/** Both sides of a boot, joined. */
export class Scene {
  readonly told: Told
  readonly events: readonly TraceEvent[]
  readonly setting: Setting
  readonly order: Order
  readonly loose: Loose
  readonly #lives = new Map<Mapping, Life>()
  readonly #byKind: { [K in TraceEvent['event']]: Extract<TraceEvent, { event: K }>[] } = {
    context: [],
    utlb: [],
    walk: [],
    'walk-fault': [],
    transfer: [],
    job: [],
    mark: [],
  }

  constructor(told: Told, events: readonly TraceEvent[], setting: Setting) {
    this.told = told
    this.events = events
    this.setting = setting
    this.order = new Order(events)
    this.loose = join(told, events, this.order)
    for (const event of events) (this.#byKind[event.event] as TraceEvent[]).push(event)
  }

  get walks(): readonly Walk[] {
    return this.#byKind.walk
  }

  get walkFaults(): readonly WalkFault[] {
    return this.#byKind['walk-fault']
  }

  get contexts(): readonly Context[] {
    return this.#byKind.context
  }

  life(mapping: Mapping): Life {
    const known = this.#lives.get(mapping)
    if (known) return known
    const life = this.order.life(mapping)
    this.#lives.set(mapping, life)
    return life
  }

  /** The plan that prints only some of a device's mappings, if it has one. */
  isQuiet(device: string): boolean {
    return this.told.plans.some(plan => plan.device === device && plan.quiet)
  }

  /**
   * The caches that hold a mapping's translations: the leaf that its device is behind, per micro-TLB, and the main, if
   * that is another one. Empty if the device was never seen to be translated.
   */
  levels(mapping: Mapping): Level[] {
    const through = [...mapping.transfers, ...mapping.late].find(({ mmu }) => mmu !== null)
    if (through?.mmu == null || through.context === null) return []
    const { mmu, utlb, context } = through
    const leaf = { mmu, context, utlb }
    const main = this.contexts.find(event => event.ttbr !== 0n && event.context === context)
    return main === undefined || main.mmu === mmu ? [leaf] : [leaf, { mmu: main.mmu, context, utlb: null }]
  }

  /** The flushes of a cache between two places in the list of events. */
  flushes(level: Level, from: number, to: number): (Context | Utlb)[] {
    return [...this.#byKind.context, ...this.#byKind.utlb].filter(event => {
      if (event.op !== 'flush' || event.mmu !== level.mmu) return false
      const isOf = event.event === 'utlb' ? event.utlb === level.utlb : event.context === level.context
      const place = this.order.of(event)
      return isOf && place >= from && place <= to
    })
  }

  /** Walks that put a mapping's pages into a cache, between two places in the list of events. */
  cached(mapping: Mapping, level: Level, from: number, to: number): Walk[] {
    return this.walks.filter(walk => {
      const place = this.order.of(walk)
      if (place < from || place > to || walk.context !== level.context) return false
      if (level.utlb !== null && (walk.mmu !== level.mmu || walk.utlb !== level.utlb)) return false
      const page = { iova: walk.iova & ~(walk.size - 1n), length: walk.size }
      return mapping.parts.some(({ dma, size }) => page.iova < dma + size && dma < page.iova + page.length)
    })
  }
}

/** Whether the kernel says that an IOMMU stands between the device and memory. */
export function isTranslated(domain: DomainType): boolean {
  return domain === 'DMA' || domain === 'DMA-FQ' || domain === 'unmanaged'
}
