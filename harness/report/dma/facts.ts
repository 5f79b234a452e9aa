import { own } from '../text.ts'
import { LIMITS } from '../limits.ts'
import type { DmaFact, IommuFact, IommuFault, KernelReport, MemoryMap, PageTables } from '../report.ts'
import { type Line, placeOf } from '../input/line.ts'
import type { Words } from '../input/skim.ts'
import { complains, IommuError } from './complaint.ts'
import { find, PREFIXES, type Found } from './dispatch.ts'
import { SmmuEvents } from './events.ts'
import { LOOSE, loose, meaningOf } from './loose.ts'
import { MappedAt } from './mapped-at.ts'
import { MemoryOfBoot, MemoryOfLog } from './memory.ts'
import { PageTableReader } from './page-tables.ts'
import { reading, type Reading } from './reading.ts'
import type { Row, Syndrome } from './row.ts'
import { saidBefore } from './said.ts'

export type IommuReport = KernelReport['iommu']

export const FACT_WORDS: Words = { parts: PREFIXES, anywhere: [LOOSE] }

/** Collects what the kernel says of DMA, IOMMUs and its memory: one look a line for all of it. */
export class FactReader {
  readonly #dma: DmaFact[] = []
  readonly #iommu: Omit<IommuReport, 'groups'> = { errors: [], contexts: [], faults: [], facts: [] }
  readonly #groups = new Map<string, { device: string; group: number; line: number }>()
  readonly #pages = new PageTableReader()
  readonly #memory = new MemoryOfLog()
  readonly #events = new SmmuEvents()
  readonly #mappedAt = new MappedAt()
  /** The last complaint of dma-debug: lines that belong to it name no device. */
  #complaint: IommuFact | null = null
  #map = new MemoryOfBoot()
  /** Facts of this boot whose addresses have no place yet: a map may come after them. */
  #unplaced: { fact: Pick<IommuFact, 'places'>; physical: bigint[] }[] = []
  #boot = 0
  #omitted = 0

  line(line: Line): void {
    if (this.#mappedAt.waits) this.#mappedAt.line(line.text)
    const found = find(placeOf(line))
    if (found !== null) {
      if (line.printedBy === null) this.#read(found, line)
      return
    }
    const { text } = line
    const at = text.indexOf(LOOSE)
    if (at !== -1 && line.printedBy === null) this.#loose(line, at)
  }

  /** Lines that have none of FACT_WORDS matter now: they are awaited. */
  get waits(): boolean {
    return this.#mappedAt.waits
  }

  /** Another kernel's lines begin: `index` is its number in the report. */
  boot(index: number): void {
    this.#place()
    this.#unplaced = []
    this.#map = new MemoryOfBoot()
    this.#groups.clear()
    this.#events.forget()
    this.#complaint = null
    this.#boot = index
  }

  report(): { iommu: IommuReport; dma: DmaFact[]; memory: MemoryMap; pageTables: PageTables } {
    this.#place()
    return {
      iommu: { ...this.#iommu, groups: [...this.#groups.values()] },
      dma: this.#dma,
      memory: this.#memory.map,
      pageTables: this.#pages.pageTables(),
    }
  }

  /** How many facts were not kept: limits.ts. */
  get omitted(): number {
    return this.#omitted + this.#pages.omitted
  }

  #read(found: Found, line: Line): void {
    const { row, head } = found
    if (row?.effect === 'page-table') {
      this.#pages.line(line)
      return
    }
    if (this.#isFull(row, head?.family ?? 'iommu')) {
      this.#omitted++
      return
    }
    const said = reading(line.text, found)
    if (row?.memory !== undefined) this.#range(row.memory, said, line.number)
    if (row?.effect === 'event-word') {
      const { word } = said.values
      if (typeof word === 'bigint') this.#events.word(said.device, word)
      return
    }
    if (row?.silent) return
    const family = row?.family ?? head?.family ?? 'iommu'
    const error = row ? (row.error ?? false) : complains(said.message)
    this.#add(family, row?.kind ?? head?.other ?? 'other', error, said, line.number, row)
  }

  /** Whether there is no room in any list for what the row may add: then it need not be read. */
  #isFull(row: Row | null, otherwise: 'dma' | 'iommu'): boolean {
    const { facts, errors, faults } = this.#iommu
    if (facts.length < LIMITS.facts) return false
    if ((row?.family ?? otherwise) === 'dma' && this.#dma.length < LIMITS.facts) return false
    if (row === null) return true
    // Where an address lies is of no use to facts that are not kept.
    if (row.memory !== undefined) return true
    if (row.effect === 'context') return this.#iommu.contexts.length >= LIMITS.facts
    if (row.effect !== undefined) return false
    return row.fault
      ? faults.length >= LIMITS.facts
      : row.error !== true || row.family === 'dma' || errors.length >= LIMITS.facts
  }

  #add(
    family: 'dma' | 'iommu',
    kind: string,
    error: boolean,
    said: Reading,
    line: number,
    row: Row | null,
  ): void {
    const { driver, device, addresses, values, size, mask, busLimit } = said
    const debug = driver !== 'DMA-API' && row?.by?.includes('DMA-API') === true
    const message = debug ? `DMA-API: ${said.message}` : said.message
    const boot = this.#boot
    const fact: IommuFact = {
      kind,
      error,
      driver,
      device,
      addresses,
      values,
      places: [],
      message,
      line,
      boot,
    }
    if (said.physical.length > 0 && this.#unplaced.length < LIMITS.facts)
      this.#unplaced.push({ fact, physical: said.physical })
    if (family === 'dma') {
      const printed = said.subsystem === null ? message : own(`${said.subsystem}: ${message}`)
      const { places } = fact
      this.#keep(this.#dma, {
        ...{ kind, error, driver, device, addresses, size, mask, busLimit, values, places },
        ...{ message: printed, line, boot },
      })
    }
    this.#keep(this.#iommu.facts, fact)
    const isFault = row !== null && this.#effect(row, fact)
    // What no row knows may be a complaint, by its words: that is too little for `errors`.
    if (family === 'iommu' && error && row !== null && !isFault)
      this.#keep(this.#iommu.errors, new IommuError(device, message, line))
    if (kind.startsWith('dma-api-') && error && row?.effect === undefined) this.#complaint = fact
  }

  /** What a row does beyond being a fact; true if it was a fault, or a part of one. */
  #effect(row: Row, fact: IommuFact): boolean {
    const { device, values, line } = fact
    const { context, group } = values
    switch (row.effect) {
      case 'join-group':
        if (device !== null && typeof group === 'bigint') {
          this.#groups.delete(device)
          if (this.#groups.size < LIMITS.facts)
            this.#groups.set(device, { device, group: Number(group), line })
        }
        return false
      case 'leave-group':
        if (device !== null) this.#groups.delete(device)
        return false
      case 'context':
        if (device !== null && typeof context === 'bigint')
          this.#keep(this.#iommu.contexts, { device, context: Number(context), line })
        return false
      case 'event':
        this.#events.begins(fact, syndrome => this.#fault(fact, syndrome))
        return typeof values['id'] === 'bigint'
      case 'event-decoded':
        if (!this.#events.decoded(fact))
          this.#events.beganDecoded(fact, this.#fault(fact, row.fault?.(values) ?? {}))
        return true
      case 'event-access':
        this.#events.access(fact, row.fault?.(values) ?? {}, values)
        return true
      case 'mapped-at':
        if (this.#complaint) this.#mappedAt.begins(this.#complaint.values)
        return true
      case 'detail':
        if (row.family === 'dma') fact.device ??= this.#complaint?.device ?? null
        return true
      default:
        if (row.fault) this.#fault(fact, row.fault(values))
        return row.fault !== undefined
    }
  }

  #fault({ device, driver, line }: IommuFact, syndrome: Syndrome): IommuFault | null {
    const fault: IommuFault = {
      device: device ?? driver ?? 'iommu',
      ...{ status: null, iova: null, access: null, reason: null, context: null, stream: null },
      ...syndrome,
      ...{ line, boot: this.#boot },
    }
    return this.#keep(this.#iommu.faults, fault) ? fault : null
  }

  /** `*dev->dma_mask = 0xffffffffff (40-bit)`, as people print or write it. */
  #loose({ text, number }: Line, from: number): void {
    const pairs = loose(text, from)
    const [first] = pairs
    if (first === undefined) return
    const start = text.lastIndexOf(': ', first.at) + 2
    const said = start < 2 ? { driver: null, device: null, subsystem: null } : saidBefore(text, start)
    const value = (meaning: string) => pairs.find(({ name }) => meaningOf(name) === meaning)?.value ?? null
    this.#add(
      'dma',
      'dma-field-print',
      false,
      {
        ...said,
        ...{ message: own(text.slice(Math.max(0, start < 2 ? 0 : start), first.at + 256).trim()) },
        ...{ addresses: [], physical: [], size: null, mask: value('mask'), busLimit: value('busLimit') },
        values: Object.fromEntries(pairs.map(({ name, value }) => [own(name), value])),
      },
      number,
      null,
    )
  }

  #range(memory: NonNullable<Row['memory']>, { values, size }: Reading, line: number): void {
    const { start, end: printed, name } = values
    if (typeof start !== 'bigint') return
    let end = typeof printed === 'bigint' ? printed : size === null ? null : start + size - 1n
    if (end === null) return
    // swiotlb prints the byte behind its pool since 4.6 or so, and the last one before.
    if (size !== null && end - start === size) end -= 1n
    const range = { name: typeof name === 'string' && name !== '' ? name : memory.name, start, end, line }
    if (this.#map.add(memory.into, range)) this.#memory.add(memory.into, range)
  }

  #place(): void {
    for (const { fact, physical } of this.#unplaced)
      fact.places.splice(0, fact.places.length, ...this.#map.places(physical))
  }

  #keep<T>(list: T[], item: T): boolean {
    const room = list.length < LIMITS.facts
    if (room) list.push(item)
    else this.#omitted++
    return room
  }
}
