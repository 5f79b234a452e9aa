import type { TraceEvent } from '../trace/events.ts'
import type { KernelReport, NotObserved } from '../types.ts'
import { Caches, type Walk } from './caches.ts'
import { join, type Loose } from './join.ts'
import type { Told } from './mappings.ts'
import type { DomainType, Mapping, Part, Transfer } from './oracle.ts'
import { type Life, Order } from './order.ts'

export type WalkFault = Extract<TraceEvent, { event: 'walk-fault' }>
type Context = Extract<TraceEvent, { event: 'context' }>

/** What the rules are given besides the drivers' lines and the device trace. */
export interface Setting {
  report: Pick<KernelReport, 'iommu' | 'pageTables' | 'dma'>
  notObserved: readonly NotObserved[]
  /** Whether the log ends in the marker: if not, what was not printed means nothing. */
  complete: boolean
  /** Whether the cell has a plan. */
  asked: boolean
}

/** Both sides of a boot, joined. */
export class Scene {
  readonly told: Told
  readonly events: readonly TraceEvent[]
  readonly setting: Setting
  readonly order: Order
  readonly loose: Loose
  readonly caches: Caches
  #tables: Map<string, Mapping[]> | undefined
  #strays: Map<string, Transfer[]> | undefined
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
    this.caches = new Caches(events, this.order)
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

  /** The next mapping of the same device that has a page of this one's, made after a place in the list of events. */
  nextAt(mapping: Mapping, place: number): Mapping | undefined {
    return this.told.mappings.find(
      other => other.device === mapping.device && this.life(other).from > place && share(other, mapping),
    )
  }

  /** What a device's tables of descriptors lie at. */
  tables(device: string): readonly Part[] {
    this.#tables ??= byKey(
      this.told.mappings.filter(({ use }) => use === 'table'),
      ({ device }) => device,
    )
    return (this.#tables.get(device) ?? []).flatMap(({ parts }) => parts)
  }

  /** The transfers of a job at addresses that are no mapping's. */
  strays(device: string, job: number): readonly Transfer[] {
    this.#strays ??= byKey(this.loose.strays, ({ master, job }) => `${master} ${job}`)
    return this.#strays.get(`${device} ${job}`) ?? []
  }
}

/** Whether the kernel says that an IOMMU stands between the device and memory. */
export function isTranslated(domain: DomainType): boolean {
  return domain === 'DMA' || domain === 'DMA-FQ' || domain === 'unmanaged'
}

function byKey<T>(all: readonly T[], keyOf: (each: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>()
  for (const each of all) {
    const list = found.get(keyOf(each))
    if (list) list.push(each)
    else found.set(keyOf(each), [each])
  }
  return found
}

/** A page of one mapping is the other's, too. */
function share(one: Mapping, other: Mapping): boolean {
  const page = (address: bigint) => address >> 12n
  return one.parts.some(a =>
    other.parts.some(
      b => page(a.dma) <= page(b.dma + b.size - 1n) && page(b.dma) <= page(a.dma + a.size - 1n),
    ),
  )
}
