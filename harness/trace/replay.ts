import type { TraceEvent } from './events.ts'

const PAGE = 4096n
/** Pages and blocks of the long-descriptor format, smallest first, as the model looks them up. */
const SIZES = [PAGE, PAGE << 9n, PAGE << 18n]

type Transfer = Extract<TraceEvent, { event: 'transfer' }>
type Walk = Extract<TraceEvent, { event: 'walk' }>

/** A page of a transfer whose address the walks do not account for. */
export interface Unaccounted {
  transfer: Transfer
  iova: bigint
  /** Where the transfer went, and where the last walk that is not flushed leads to; null if there is none. */
  phys: bigint
  walked: bigint | null
}

/**
 * Holds each transfer against the page-table walks before it, by the flushes in between: an IPMMU may use a
 * translation only if it has walked to it since it was flushed, the leaf's micro-TLB or the main's context
 * (docs/model.md, IPMMU). Events must be in the order in which they happened.
 */
export function unaccounted(events: Iterable<TraceEvent>): Unaccounted[] {
  const main = new Cache()
  const leaves = new Map<string, Cache>()
  const leaf = (mmu: string, utlb: number) => {
    const name = `${mmu} ${utlb}`
    const found = leaves.get(name) ?? new Cache()
    leaves.set(name, found)
    return found
  }
  const found: Unaccounted[] = []
  for (const event of events) {
    if (event.event === 'walk') {
      main.add(event)
      leaf(event.mmu, event.utlb).add(event)
    } else if (event.event === 'context' && event.op === 'flush') {
      // A leaf has no tables.
      if (event.ttbr !== 0n) main.flush(event.context)
      for (const [name, cache] of leaves) {
        if (name.startsWith(`${event.mmu} `)) cache.flush(event.context)
      }
    } else if (event.event === 'utlb' && event.op === 'flush') {
      leaves.delete(`${event.mmu} ${event.utlb}`)
    } else if (event.event === 'transfer' && event.ok && event.mmu !== null) {
      const { utlb, context } = event
      if (utlb === null || context === null) continue
      found.push(...check(event, leaf(event.mmu, utlb), main, context))
    }
  }
  return found
}

/** Its pages one by one: what a leaf lacks, it takes from the main. */
function check(transfer: Transfer, leaf: Cache, main: Cache, context: number): Unaccounted[] {
  const found: Unaccounted[] = []
  const end = transfer.iova + transfer.length
  for (let iova = transfer.iova; iova < end; iova = (iova / PAGE + 1n) * PAGE) {
    const entry = leaf.find(context, iova) ?? main.find(context, iova)
    if (entry) leaf.put(context, entry)
    const phys = transfer.phys + (iova - transfer.iova)
    const walked = entry ? entry.phys + (iova - entry.iova) : null
    if (walked !== phys) found.push({ transfer, iova, phys, walked })
  }
  return found
}

/** A page or block that was walked to. */
interface Entry {
  iova: bigint
  phys: bigint
  size: bigint
}

/** What an IPMMU keeps of its walks, by context. */
class Cache {
  readonly #contexts = new Map<number, Map<string, Entry>>()

  add({ context, iova, phys, size }: Walk): void {
    this.put(context, { iova: iova - (iova % size), phys: phys - (phys % size), size })
  }

  put(context: number, entry: Entry): void {
    const entries = this.#contexts.get(context) ?? new Map<string, Entry>()
    this.#contexts.set(context, entries)
    entries.set(key(entry.iova, entry.size), entry)
  }

  find(context: number, iova: bigint): Entry | undefined {
    const entries = this.#contexts.get(context)
    for (const size of SIZES) {
      const entry = entries?.get(key(iova, size))
      if (entry) return entry
    }
    return undefined
  }

  flush(context: number): void {
    this.#contexts.delete(context)
  }
}

const key = (iova: bigint, size: bigint) => `${size} ${iova / size}`
