import type { TraceEvent } from '../trace/events.ts'
import type { Mapping } from './oracle.ts'

/** From when to when a mapping lives, as places in the list of all events; Infinity for what never came. */
export interface Life {
  /** It is mapped. */
  from: number
  /** The kernel begins to unmap it. */
  ending: number
  /** It is unmapped. */
  to: number
}

/** One order for both sides: the driver's marks are events of the device's. */
export class Order {
  readonly #places = new Map<TraceEvent, number>()
  readonly #marks = new Map<string, Map<number, number>>()
  readonly #times = new Map<string, bigint>()
  readonly #sorted = new Map<string, number[]>()

  constructor(events: readonly TraceEvent[]) {
    for (const [place, event] of events.entries()) {
      this.#places.set(event, place)
      if (event.event !== 'mark') continue
      const marks = this.#marks.get(event.master) ?? new Map<number, number>()
      this.#marks.set(event.master, marks)
      if (marks.has(event.mark)) continue
      marks.set(event.mark, place)
      this.#times.set(`${event.master} ${event.mark}`, event.t)
    }
    for (const [device, marks] of this.#marks) {
      this.#sorted.set(
        device,
        [...marks.keys()].sort((a, b) => a - b),
      )
    }
  }

  /** The place of an event in the list. */
  of(event: TraceEvent): number {
    return this.#places.get(event) ?? -1
  }

  /** The place of a mark; undefined if the device never saw it. */
  mark(device: string, seq: number | null): number | undefined {
    return seq === null ? undefined : this.#marks.get(device)?.get(seq)
  }

  /** When a mark was written, in guest nanoseconds; null if the device never saw it. */
  timeOf(device: string, seq: number | null): bigint | null {
    return (seq === null ? undefined : this.#times.get(`${device} ${seq}`)) ?? null
  }

  /** All marks that a device saw. */
  marks(device: string): ReadonlyMap<number, number> {
    return this.#marks.get(device) ?? new Map<number, number>()
  }

  /** The highest mark that a device saw; undefined if it saw none. */
  lastMark(device: string): number | undefined {
    return this.#sorted.get(device)?.at(-1)
  }

  /** The place of a mark; of a mark that is not there, the place of the last one before it, by number. */
  near(device: string, seq: number): number {
    const exact = this.mark(device, seq)
    if (exact !== undefined) return exact
    const before = this.#sorted.get(device)?.findLast(other => other < seq)
    return before === undefined ? 0 : (this.mark(device, before) ?? 0)
  }

  life({ device, parts, unmap }: Mapping): Life {
    const seqs = parts.map(({ seq }) => seq).filter(seq => seq !== null)
    const from = Math.min(...seqs.map(seq => this.near(device, seq)))
    const to = unmap?.seq == null ? Infinity : this.near(device, unmap.seq)
    const ending = unmap?.beginSeq == null ? to : this.near(device, unmap.beginSeq)
    return { from, ending, to }
  }
}
