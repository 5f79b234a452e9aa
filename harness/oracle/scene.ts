import type { TraceEvent } from '../trace/events.ts'
import type { KernelReport, NotObserved } from '../types.ts'
import { join, type Loose, overlaps } from './join.ts'
import type { Told } from './mappings.ts'
import type { DomainType, Mapping, Transfer } from './oracle.ts'
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

type Flush = Context | Utlb

/** An entry of a cache, by what shows that it is there. */
export interface Cached {
  event: Walk | Transfer
  iova: bigint
  length: bigint
  phys: bigint
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
    const roots = this.contexts.filter(event => event.ttbr !== 0n && event.context === context)
    // What has tables of its own is no leaf: an SMMU.
    const main = roots.some(event => event.mmu === mmu) ? undefined : roots[0]
    return main === undefined ? [leaf] : [leaf, { mmu: main.mmu, context, utlb: null }]
  }

  /** The flushes of a cache between two places in the list of events, of all of it or of addresses. */
  flushes(level: Level, from: number, to: number): Flush[] {
    return [...this.#byKind.context, ...this.#byKind.utlb].filter(event => {
      if (event.op !== 'flush' || event.mmu !== level.mmu) return false
      const isOf = event.event === 'utlb' ? event.utlb === level.utlb : event.context === level.context
      const place = this.order.of(event)
      return isOf && place >= from && place <= to
    })
  }

  /** What put a mapping's pages into a cache, up to a place in the list of events. */
  cached(mapping: Mapping, level: Level, to: number): Cached[] {
    const walked = this.walks.filter(walk => {
      if (walk.context !== level.context || this.order.of(walk) > to) return false
      if (level.utlb !== null && (walk.mmu !== level.mmu || walk.utlb !== level.utlb)) return false
      return mapping.parts.some(part => overlaps(part, pageOf(walk)))
    })
    const entries = walked.map(walk => ({ event: walk, ...pageOf(walk), phys: walk.phys }))
    // A leaf may have what the main had, without a walk.
    const moved =
      level.utlb === null ? [] : mapping.transfers.filter(({ ok, mmu }) => ok && mmu === level.mmu)
    return [
      ...entries,
      ...moved.map(event => ({ event, iova: event.iova, length: event.length, phys: event.phys })),
    ]
  }

  /** Whether an entry was flushed from a cache before a place in the list of events. */
  isFlushed(entry: Cached, level: Level, to: number): boolean {
    const flushes = this.flushes(level, this.order.of(entry.event), to)
    const all = flushes.some(flush => !('iova' in flush))
    const pages = new Set(flushes.flatMap(flush => ('iova' in flush ? [flush.iova >> PAGE_BITS] : [])))
    if (all || pages.size === 0) return all
    const last = (entry.iova + entry.length - 1n) >> PAGE_BITS
    // A page of a block: a flush of any address in it is one of the block.
    if (entry.event.event === 'walk' && entry.event.size > 1n << PAGE_BITS)
      return [...pages].some(page => page >= entry.iova >> PAGE_BITS && page <= last)
    for (let page = entry.iova >> PAGE_BITS; page <= last; page++) if (!pages.has(page)) return false
    return true
  }
}

const PAGE_BITS = 12n

function pageOf({ iova, size }: Walk): { iova: bigint; length: bigint } {
  return { iova: iova & ~(size - 1n), length: size }
}

/** Whether the kernel says that an IOMMU stands between the device and memory. */
export function isTranslated(domain: DomainType): boolean {
  return domain === 'DMA' || domain === 'DMA-FQ' || domain === 'unmanaged'
}
