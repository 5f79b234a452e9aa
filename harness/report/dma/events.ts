import type { IommuFact, IommuFault } from '../report.ts'
import { eventName, eventRecord } from './faults/smmu3.ts'
import type { Syndrome, Values } from './row.ts'

/** Lines of one event stand together; a decoded one further away is of another. */
const NEAR = 32

interface Event {
  device: string | null
  line: number
  fact: IommuFact
  /** Null for a command that the queue refused: its words follow too. */
  fault: IommuFault | null
  words: bigint[]
}

/** Puts the lines of a SMMUv3's event together: its id, four words, and since 6.15 what they mean. */
export class SmmuEvents {
  #last: Event | null = null

  /** `event 0x10 received:`: what is known before the words come. */
  begins(fact: IommuFact, addFault: (syndrome: Syndrome) => IommuFault | null): void {
    const { id } = fact.values
    const isEvent = typeof id === 'bigint'
    const name = isEvent ? eventName(id) : ''
    if (isEvent) fact.values['event'] = name
    this.#last = {
      ...{ device: fact.device, line: fact.line, fact, words: [] },
      fault: isEvent ? addFault(eventRecord([id]).syndrome) : null,
    }
    if (this.#last.fault) this.#last.fault.stream = null
  }

  word(device: string | null, word: bigint): void {
    const last = this.#last
    if (last?.device !== device || last.words.length >= 4) return
    last.words.push(word)
    last.fact.values[`word${last.words.length - 1}`] = word
    if (last.words.length < 4 || last.fault === null) return
    const { syndrome, values } = eventRecord(last.words)
    Object.assign(last.fault, syndrome)
    Object.assign(last.fact.values, values)
    const { iova, fetch_addr: fetched } = values
    last.fact.addresses.push(...[iova, fetched].filter(address => typeof address === 'bigint'))
  }

  /** `event: F_TRANSLATION client: …`: true if it says again what the words said. */
  decoded(fact: IommuFact): boolean {
    const last = this.#near(fact)
    if (last?.fault == null || last.fact.values['event'] !== fact.values['event']) return false
    for (const name of ['client', 'ssid'] as const) {
      const value = fact.values[name]
      if (value !== undefined) last.fact.values[name] = value
    }
    return true
  }

  /** An event that only its decoded lines tell of. */
  beganDecoded(fact: IommuFact, fault: IommuFault | null): void {
    this.#last = { device: fact.device, line: fact.line, fact, fault, words: [] }
  }

  /** `unpriv data write s1 …`: what the event before it did. */
  access(fact: IommuFact, syndrome: Syndrome, values: Values): void {
    const last = this.#near(fact)
    if (last?.fault == null) return
    last.fault.access = syndrome.access ?? last.fault.access
    const { stage } = values
    if (stage !== undefined) last.fact.values['class'] ??= stage
  }

  forget(): void {
    this.#last = null
  }

  #near(fact: IommuFact): Event | null {
    const last = this.#last
    return last !== null && last.device === fact.device && fact.line - last.line <= NEAR ? last : null
  }
}
