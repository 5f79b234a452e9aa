import type { MapFailure, Mapping } from './oracle.ts'
import type { ProbeLine } from './lines.ts'
import { isUnread, readSaid, type Said, type Unread } from './said.ts'

/** A plan that a driver was given. */
export interface Plan {
  device: string
  n: number
  text: string
  /** It prints only some of its mappings. */
  quiet: boolean
  line: number
  /** What its last line counts; null if that never came. */
  end: { mappings: number; failed: number; line: number } | null
}

/** Of a mapping that a quiet plan does not print: what went wrong with it. */
export interface Mismatch {
  device: string
  id: number
  seq: number
  line: number
  job: number | null
  result: string | null
  want: bigint
  got: bigint
}

/** All that the drivers said. */
export interface Told {
  mappings: Mapping[]
  failures: MapFailure[]
  plans: Plan[]
  refusals: { device: string; line: number; why: string }[]
  mismatches: Mismatch[]
  /** Every line that has a mark, in the order printed. */
  marked: { device: string; seq: number; line: number; what: string }[]
  /** Lines of the drivers' that can't be read, or that fit no mapping. */
  bad: Unread[]
  /** What others printed under a device's name. */
  remarks: ProbeLine[]
}

type Of<K extends Said['kind']> = Extract<Said, { kind: K }>

/** Makes mappings of the drivers' lines. Nothing is dropped: what fits nowhere is in `bad`. */
export function readTold(lines: readonly ProbeLine[]): Told {
  const reader = new TellReader()
  for (const line of lines) reader.line(line)
  return reader.told
}

/** What a guest may print without end: what is beyond that is one finding, not a million. */
const MOST_MAPPINGS = 10_000
const MOST_BAD = 1000

class TellReader {
  readonly told: Told = {
    mappings: [],
    failures: [],
    plans: [],
    refusals: [],
    mismatches: [],
    marked: [],
    bad: [],
    remarks: [],
  }
  /** The last mapping of each id. */
  readonly #byId = new Map<string, Mapping>()
  readonly #plan = new Map<string, Plan>()
  readonly #begun = new Map<string, Of<'unmap-begin'>>()
  #now: ProbeLine = { device: '', text: '', line: 0 }

  line(line: ProbeLine): void {
    this.#now = line
    const said = readSaid(line)
    if (said === null) {
      if (this.told.remarks.length < MOST_BAD) this.told.remarks.push(line)
    } else if (isUnread(said)) this.#bad(said.why)
    else {
      if ('seq' in said) {
        const what = line.text.split(' ', 1)[0] ?? ''
        this.told.marked.push({ device: said.device, seq: said.seq, line: said.line, what })
      }
      this.#said(said)
    }
  }

  #bad(why: string): void {
    if (this.told.bad.length < MOST_BAD) this.told.bad.push({ ...this.#now, why })
  }

  #said(said: Said): void {
    switch (said.kind) {
      case 'plan-begin': {
        const { device, n, text, quiet, line } = said
        const plan = { device, n, text, quiet, line, end: null }
        this.#plan.set(device, plan)
        return void this.told.plans.push(plan)
      }
      case 'plan-end':
        return this.#planEnd(said)
      case 'map':
        return this.#map(said)
      case 'plan-refused':
        return void this.told.refusals.push({ device: said.device, line: said.line, why: said.why })
      case 'quiet': {
        const plan = this.#plan.get(said.device)
        if (plan) plan.quiet = true
        return
      }
      case 'mismatch': {
        const { device, id, seq, line, job, result, want, got } = said
        return void this.told.mismatches.push({ device, id, seq, line, job, result, want, got })
      }
      case 'map-failed':
      case 'no-buffer': {
        const { kind, device, seq, line, id, api, use, error } = said
        const plan = this.#plan.get(device)?.n ?? null
        const noBuffer = kind === 'no-buffer'
        return void this.told.failures.push({ device, seq, line, id, plan, api, use, noBuffer, error })
      }
      case 'unmap-begin':
        return void this.#begun.set(said.device, said)
      default:
        return this.#of(said)
    }
  }

  #planEnd({ device, n, mappings, failed, line }: Of<'plan-end'>): void {
    const plan = this.#plan.get(device)
    if (plan?.n !== n || plan.end !== null) return this.#bad(`plan ${n} was not begun`)
    plan.end = { mappings, failed, line }
    this.#plan.delete(device)
  }

  #map(said: Of<'map'>): void {
    const { device, id, part, seq, line, phys, dma, target, size, bounced } = said
    const own = { seq, line, phys, dma, target, size, bounced }
    const before = this.#byId.get(key(said))
    if (part.index > 0) {
      if (before?.parts.length !== part.index || before.unmap)
        return this.#bad(`part ${part.index} of mapping ${id} comes without those before it`)
      before.parts.push(own)
      before.size += size
      before.bounced ||= bounced
      return
    }
    if (before && !before.unmap) return this.#bad(`mapping ${id} was not unmapped`)
    if (this.told.mappings.length === MOST_MAPPINGS)
      return this.#bad(`there are more than ${MOST_MAPPINGS} mappings`)
    const { api, dir, place, mask, limit, domain, use } = said
    const mapping: Mapping = {
      ...{ device, id, plan: this.#plan.get(device)?.n ?? null, api, dir, place },
      ...{ phys, dma, target, size, mask, limit, domain, use, bounced },
      ...{ parts: [own], syncs: [], jobs: [], data: [], guards: [], unmap: null, transfers: [], late: [] },
    }
    this.#byId.set(key(said), mapping)
    this.told.mappings.push(mapping)
  }

  #of(said: Of<'sync'> | Of<'job'> | Of<'data'> | Of<'guard'> | Of<'unmap'>): void {
    const mapping = this.#byId.get(key(said))
    // A quiet plan prints every mapping that goes wrong; of others it may print less than all.
    if (!mapping)
      return this.#plan.get(said.device)?.quiet ? undefined : this.#bad(`there is no mapping ${said.id}`)
    const { device, seq, line } = said
    switch (said.kind) {
      case 'sync':
        return void mapping.syncs.push({ seq, line, for: said.for })
      case 'job': {
        const { job, op, result, address, want, got, when } = said
        const own = { job, op, result, address, want, got, when, seen: null }
        return void mapping.jobs.push({ seq, line, ...own })
      }
      case 'data':
        return void mapping.data.push({ seq, line, want: said.want, got: said.got, when: said.when })
      case 'guard':
        return void mapping.guards.push({ seq, line, phys: said.phys })
      case 'unmap': {
        if (mapping.unmap) return this.#bad(`mapping ${said.id} was unmapped before`)
        const begun = this.#begun.get(device)
        const isOurs = begun && (begun.id === null || begun.id === said.id)
        if (isOurs) this.#begun.delete(device)
        const beginSeq = isOurs ? begun.seq : null
        mapping.unmap = { seq, line, beginSeq, dma: said.dma, size: said.size }
      }
    }
  }
}

const key = ({ device, id }: { device: string; id: number }) => `${device} ${id}`
