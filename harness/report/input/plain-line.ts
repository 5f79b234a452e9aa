import type { Line } from './line.ts'
import { ALL } from './skim.ts'

/**
 * A line with a time stamp and nothing else in front. It is cut out of its block, and its time made a number, when
 * somebody asks for that: seldom.
 */
export class PlainLine implements Line {
  readonly number: number
  readers: number
  readonly #block: string
  /** Where the caller's id starts, or where the message does if there is none. */
  readonly #caller: number
  readonly #from: number
  readonly #to: number
  readonly #seconds: number
  readonly #micro: number
  #text: string | null = null

  constructor(
    block: string,
    caller: number,
    from: number,
    to: number,
    seconds: number,
    micro: number,
    number: number,
    readers: number,
  ) {
    this.#block = block
    this.#caller = caller
    this.#from = from
    this.#to = to
    this.#seconds = seconds
    this.#micro = micro
    this.number = number
    this.readers = readers
  }

  get text(): string {
    return (this.#text ??= this.#block.slice(this.#from, this.#to))
  }

  /** Of a line that goes on in the next one, other readers may know words. */
  set text(text: string) {
    this.#text = text
    this.readers = ALL
  }

  get caller(): string {
    if (this.#caller === this.#from) return ''
    return this.#block.slice(this.#caller, this.#block.indexOf(']', this.#caller)).trimStart()
  }

  /** By one division: the number that the digits are read as. */
  get time(): number {
    return (this.#seconds * 1e6 + this.#micro) / 1e6
  }

  get stamped(): boolean {
    return true
  }

  get before(): string {
    return ''
  }

  get printedBy(): null {
    return null
  }
}
