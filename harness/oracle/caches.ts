import type { TraceEvent } from '../trace/events.ts'
import { overlaps } from './join.ts'
import type { Mapping, Transfer } from './oracle.ts'
import type { Order } from './order.ts'

type Event<K extends TraceEvent['event']> = Extract<TraceEvent, { event: K }>
export type Walk = Event<'walk'>
type Flush = Event<'context'> | Event<'utlb'>

/** A cache of translations on a device's way to memory. */
export interface Level {
  mmu: string
  context: number
  /** Of a leaf, that can be flushed by itself; null of the main. */
  utlb: number | null
}

/** An entry of a cache, by what shows that it is there. */
export interface Cached {
  iova: bigint
  phys: bigint
}

const PAGE_BITS = 12n

/** What is known of one cache: places in the list of events, each list in order. */
interface Known {
  flushes: { place: number; event: Flush }[]
  /** Of all that it has. */
  whole: number[]
  /** By page. */
  flushed: Map<bigint, number[]>
  walked: Map<bigint, { place: number; walk: Walk }[]>
  /** Of more than a page. */
  blocks: { place: number; walk: Walk }[]
}

/** What the caches of the IOMMUs held, as far as walks, transfers and flushes show it. */
export class Caches {
  readonly #order: Order
  readonly #events: readonly TraceEvent[]
  readonly #roots: Event<'context'>[]
  readonly #known = new Map<string, Known>()

  constructor(events: readonly TraceEvent[], order: Order) {
    this.#order = order
    this.#events = events
    this.#roots = events.filter(event => event.event === 'context').filter(({ ttbr }) => ttbr !== 0n)
  }

  /**
   * The caches that hold a mapping's translations: the leaf that its device is behind, per micro-TLB, and the main, if
   * that is another one. Empty if the device was never seen to be translated.
   */
  levels({ transfers, late }: Mapping): Level[] {
    const through = transfers.find(({ mmu }) => mmu !== null) ?? late.find(({ mmu }) => mmu !== null)
    if (through?.mmu == null || through.context === null) return []
    const { mmu, utlb, context } = through
    const leaf = { mmu, context, utlb }
    // What has tables of its own is no leaf: an SMMU.
    if (this.#roots.some(root => root.context === context && root.mmu === mmu)) return [leaf]
    const main = this.#roots.find(root => root.context === context)
    return main ? [leaf, { mmu: main.mmu, context, utlb: null }] : [leaf]
  }

  /** The flushes of a cache between two places in the list of events, of all of it or of an address. */
  flushes(level: Level, from: number, to: number): Flush[] {
    const { flushes } = this.#of(level)
    return flushes.filter(({ place }) => place >= from && place <= to).map(({ event }) => event)
  }

  /** Whether a page was flushed from a cache between two places in the list of events. */
  isFlushed(level: Level, iova: bigint, from: number, to: number): boolean {
    const { whole, flushed } = this.#of(level)
    return isWithin(whole, from, to) || isWithin(flushed.get(iova >> PAGE_BITS) ?? [], from, to)
  }

  /** An entry of a mapping's that a cache still has at a place in the list of events; null if there is none. */
  stale(mapping: Mapping, level: Level, to: number): Cached | null {
    const { walked, blocks } = this.#of(level)
    for (const page of pagesOf(mapping, walked)) {
      const last = walked.get(page)?.findLast(({ place }) => place <= to)
      if (last && !this.isFlushed(level, page << PAGE_BITS, last.place, to)) return last.walk
    }
    for (const { place, walk } of blocks) {
      const ours = place <= to && mapping.parts.some(part => overlaps(part, blockOf(walk)))
      if (ours && !this.#isBlockFlushed(level, walk, place, to)) return walk
    }
    // A leaf may have what the main had, without a walk.
    const moved = level.utlb === null ? [] : mapping.transfers
    return moved.find(transfer => transfer.ok && this.#isKept(level, transfer, to)) ?? null
  }

  /** The walks that put a mapping's pages into a cache, for people: none from before the last flush of all of it. */
  walks(mapping: Mapping, level: Level, from: number, to: number): Walk[] {
    const { walked, whole, blocks } = this.#of(level)
    const since = whole.findLast(place => place < from) ?? 0
    const pages = [...pagesOf(mapping, walked)].flatMap(page => walked.get(page) ?? [])
    const large = blocks.filter(({ walk }) => mapping.parts.some(part => overlaps(part, blockOf(walk))))
    return [...pages, ...large].filter(({ place }) => place > since && place <= to).map(({ walk }) => walk)
  }

  #isKept(level: Level, transfer: Transfer, to: number): boolean {
    if (transfer.mmu !== level.mmu) return false
    const place = this.#order.of(transfer)
    const last = (transfer.iova + transfer.length - 1n) >> PAGE_BITS
    for (let page = transfer.iova >> PAGE_BITS; page <= last; page++)
      if (!this.isFlushed(level, page << PAGE_BITS, place, to)) return true
    return false
  }

  /** A flush of any address in a block is one of the block. */
  #isBlockFlushed(level: Level, walk: Walk, from: number, to: number): boolean {
    const { whole, flushed } = this.#of(level)
    const { iova, length } = blockOf(walk)
    if (isWithin(whole, from, to)) return true
    return [...flushed].some(
      ([page, places]) =>
        page >= iova >> PAGE_BITS && page <= (iova + length - 1n) >> PAGE_BITS && isWithin(places, from, to),
    )
  }

  #of(level: Level): Known {
    const name = `${level.mmu} ${level.context} ${level.utlb}`
    const known = this.#known.get(name)
    if (known) return known
    const found: Known = { flushes: [], whole: [], flushed: new Map(), walked: new Map(), blocks: [] }
    for (const [place, event] of this.#events.entries()) learn(found, level, event, place)
    this.#known.set(name, found)
    return found
  }
}

function learn(known: Known, level: Level, event: TraceEvent, place: number): void {
  if (event.event === 'walk') {
    if (event.context !== level.context) return
    if (level.utlb !== null && (event.mmu !== level.mmu || event.utlb !== level.utlb)) return
    if (event.size > 1n << PAGE_BITS) known.blocks.push({ place, walk: event })
    else into(known.walked, event.iova >> PAGE_BITS, { place, walk: event })
  } else if (event.event === 'context' || event.event === 'utlb') {
    if (event.op !== 'flush' || event.mmu !== level.mmu) return
    if (event.event === 'utlb' ? event.utlb !== level.utlb : event.context !== level.context) return
    known.flushes.push({ place, event })
    const { iova } = event as Event<'context'>
    if (iova === undefined) known.whole.push(place)
    else into(known.flushed, iova >> PAGE_BITS, place)
  }
}

function into<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** The pages of a mapping that were walked; of one that claims to be huge, those of the walks that are in it. */
function* pagesOf({ parts }: Mapping, walked: ReadonlyMap<bigint, unknown>): Iterable<bigint> {
  for (const { dma, size } of parts) {
    const [first, last] = [dma >> PAGE_BITS, (dma + size - 1n) >> PAGE_BITS]
    if (last - first > BigInt(walked.size)) {
      for (const page of walked.keys()) if (page >= first && page <= last) yield page
    } else {
      for (let page = first; page <= last; page++) yield page
    }
  }
}

function blockOf({ iova, size }: Walk): { iova: bigint; length: bigint } {
  return { iova: iova & ~(size - 1n), length: size }
}

/** Whether a sorted list has a number from `from` to `to`. */
function isWithin(places: readonly number[], from: number, to: number): boolean {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((places[middle] ?? 0) < from) low = middle + 1
    else high = middle
  }
  const first = places[low]
  return first !== undefined && first <= to
}
