import type { TraceEvent } from '../trace/events.ts'
import type { Told } from './mappings.ts'
import type { JobEvent, Mapping, Part, Transfer } from './oracle.ts'
import type { Order } from './order.ts'

/** What the device did that belongs to no mapping. */
export interface Loose {
  /** Transfers at addresses that are, and were, no mapping's. */
  strays: Transfer[]
  /** Transfers of jobs that a quiet plan did not print. */
  unprinted: Transfer[]
  /** Jobs that no line tells of. */
  jobs: JobEvent[]
}

/**
 * Gives each mapping what the device did at its addresses: while it lived, and after that. A transfer is of the mapping
 * that its job is of, if that lives and has the address; else of another that does.
 */
export function join({ mappings, plans }: Told, events: readonly TraceEvent[], order: Order): Loose {
  const loose: Loose = { strays: [], unprinted: [], jobs: [] }
  const quiet = new Set(plans.filter(plan => plan.quiet).map(({ device }) => device))
  const probes = new Set(mappings.map(({ device }) => device))
  for (const event of events) if (event.event === 'job' || event.event === 'mark') probes.add(event.master)
  joinJobs(mappings, events, loose)
  const sweep = new Sweep(mappings, order)
  for (const [place, event] of events.entries()) {
    if (event.event !== 'transfer' || !probes.has(event.master)) continue
    sweep.goTo(place)
    // Its address may be one that was a printed mapping's before.
    if (quiet.has(event.master) && !sweep.isTold(event)) {
      loose.unprinted.push(event)
      continue
    }
    const live = sweep.live(event)
    if (live) live.transfers.push(event)
    else {
      const dead = sweep.dead(event)
      if (dead) dead.late.push(event)
      else loose.strays.push(event)
    }
  }
  return loose
}

function joinJobs(mappings: readonly Mapping[], events: readonly TraceEvent[], loose: Loose): void {
  const jobs = new Map<string, Mapping['jobs'][number]>()
  for (const mapping of mappings)
    for (const job of mapping.jobs) jobs.set(`${mapping.device} ${job.job}`, job)
  const silent = new Map<string, JobEvent>()
  for (const event of events) {
    if (event.event !== 'job') continue
    const name = `${event.master} ${event.job}`
    const job = jobs.get(name)
    if (job) job.seen = event
    else silent.set(name, event)
  }
  loose.jobs.push(...silent.values())
}

/** Goes through the events once, with the mappings that live then, and those that did. */
class Sweep {
  readonly #changes: { place: number; mapping: Mapping; lives: boolean }[]
  readonly #live = new Map<string, Set<Mapping>>()
  /** The last one that died first. */
  readonly #dead = new Map<string, Mapping[]>()
  readonly #jobs = new Map<string, Mapping>()
  #next = 0

  constructor(mappings: readonly Mapping[], order: Order) {
    this.#changes = mappings.flatMap(mapping => {
      const { from, to } = order.life(mapping)
      const born = { place: from, mapping, lives: true }
      return to === Infinity ? [born] : [born, { place: to, mapping, lives: false }]
    })
    this.#changes.sort((a, b) => a.place - b.place)
    for (const mapping of mappings)
      for (const { job } of mapping.jobs) this.#jobs.set(`${mapping.device} ${job}`, mapping)
  }

  goTo(place: number): void {
    for (;;) {
      const change = this.#changes[this.#next]
      if (!change || change.place >= place) return
      this.#next++
      const { mapping, lives } = change
      const live = this.#live.get(mapping.device) ?? new Set<Mapping>()
      this.#live.set(mapping.device, live)
      if (lives) live.add(mapping)
      else if (live.delete(mapping)) {
        const dead = this.#dead.get(mapping.device) ?? []
        this.#dead.set(mapping.device, dead)
        dead.unshift(mapping)
      }
    }
  }

  /** Whether a line tells of the job that a transfer is of. */
  isTold(transfer: Transfer): boolean {
    return this.#ownerOf(transfer) !== undefined
  }

  live(transfer: Transfer): Mapping | undefined {
    const live = this.#live.get(transfer.master)
    const own = this.#ownerOf(transfer)
    if (own && live?.has(own) && touches(own, transfer)) return own
    for (const mapping of live ?? []) if (touches(mapping, transfer)) return mapping
    return undefined
  }

  dead(transfer: Transfer): Mapping | undefined {
    const dead = this.#dead.get(transfer.master)
    const own = this.#ownerOf(transfer)
    if (own && dead?.includes(own) && touches(own, transfer)) return own
    return dead?.find(mapping => touches(mapping, transfer))
  }

  #ownerOf({ master, job }: Transfer): Mapping | undefined {
    return job === undefined ? undefined : this.#jobs.get(`${master} ${job}`)
  }
}

function touches({ parts }: Mapping, transfer: Transfer): boolean {
  return parts.some(part => overlaps(part, transfer))
}

/** Whether a transfer touches a part's addresses. */
export function overlaps({ dma, size }: Part, { iova, length }: { iova: bigint; length: bigint }): boolean {
  return iova < dma + size && dma < iova + length
}
