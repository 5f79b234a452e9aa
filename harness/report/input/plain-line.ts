import { placeIn, type Line, type Place } from './line.ts'
import { ALL, type Seen } from './skim.ts'

/**
 * A line with a time stamp and nothing else in front. It is cut out of its block, and its time made a number, when
 * somebody asks for that: seldom.
 */
export class PlainLine implements Line {
  readonly number: number
  readers: number
  readonly #block: string
  /** Where the time starts. */
  readonly #time: number
  /** Where the caller's id starts, or where the message does if there is none. */
  readonly #caller: number
  readonly #from: number
  readonly #to: number
  readonly #first: number
  readonly #last: number
  #text: string | null = null

  constructor(
    block: string,
    time: number,
    caller: number,
    from: number,
    to: number,
    number: number,
    { readers, first, last }: Seen,
  ) {
    this.#block = block
    this.#time = time
    this.#caller = caller
    this.#from = from
    this.#to = to
    this.#first = first
    this.#last = last
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

  get place(): Place {
    if (this.readers === ALL) return placeIn(this.text)
    return { text: this.#block, from: this.#from, to: this.#to, first: this.#first, last: this.#last }
  }

  get caller(): string {
    if (this.#caller === this.#from) return ''
    return this.#block.slice(this.#caller, this.#block.indexOf(']', this.#caller)).trimStart()
  }

  get time(): number {
    return Number(this.#block.slice(this.#time, this.#block.indexOf(']', this.#time)))
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
