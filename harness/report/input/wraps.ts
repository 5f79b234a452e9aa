import type { Line } from './line.ts'
import { isFull, joined, startsLine } from './wrapped.ts'

/** No terminal and no mail is wider. */
const WIDEST = 80
/** No list goes on for more lines. */
const MOST_PIECES = 64

/** Holds a line back until the next one is known not to be its rest. */
export class Wraps {
  readonly #onLine: (line: Line) => void
  #held: Line | null = null
  /** Of its last physical line. */
  #width = 0
  #quotes = 0
  #pieces = 0
  /** A line with a time stamp that is wider than any that was wrapped: nothing in this log was. */
  #wide = false
  /** How many lines were wrapped between words. */
  #atWords = 0
  /** How many seem to be cut at the terminal's edge, be it within a word. */
  #atEdge = 0

  constructor(onLine: (line: Line) => void) {
    this.#onLine = onLine
  }

  /** A line with a time stamp. It is never another one's rest. */
  stamped(line: Line, width: number): void {
    const held = this.#held
    this.#held = line
    this.#width = width
    this.#quotes = 0
    this.#pieces = 1
    if (width > WIDEST) this.#wide = true
    if (held !== null) this.#onLine(held)
  }

  /** A line with anything in front. */
  prefixed(line: Line, width: number, quotes: number): void {
    this.stamped(line, width)
    this.#quotes = quotes
  }

  /** A line with nothing in front but quote marks. */
  bare(line: Line, width: number, quotes: number): void {
    const held = this.#held
    if (held !== null && quotes <= this.#quotes && held.before === '' && this.#pieces < MOST_PIECES) {
      const whole = this.#join(held, line.text)
      if (whole !== null) {
        held.text = whole
        this.#width = width
        this.#pieces++
        return
      }
    }
    this.#held = line
    this.#width = width
    this.#quotes = quotes
    this.#pieces = 1
    if (held !== null) this.#onLine(held)
  }

  end(): void {
    if (this.#held !== null) this.#onLine(this.#held)
    this.#held = null
  }

  #join(held: Line, text: string): string | null {
    const half = { text: held.text, width: this.#width }
    const known = joined(half, text)
    if (known !== null && isFull(this.#width, text.trim())) this.#atWords++
    return known ?? (held.stamped && !this.#wide ? this.#joinAny(held, text) : null)
  }

  /** In a log that was wrapped, and where no line is wider than a page: what follows a full line that has a time stamp. */
  #joinAny(held: Line, text: string): string | null {
    const then = text.trim()
    if (then === '' || then.length > WIDEST || text !== text.trimStart() || startsLine(then)) return null
    if (this.#width === WIDEST && this.#atWords === 0 && WORD_END.test(held.text) && WORD_START.test(text)) {
      const sure = this.#atEdge++ > 0 || text.length === WIDEST || HEX_REST.test(text)
      return sure ? held.text + text.trimEnd() : null
    }
    if ((this.#atWords === 0 && this.#quotes === 0) || !isFull(this.#width, then)) return null
    this.#atWords++
    return `${held.text.trimEnd()} ${then}`
  }
}

const WORD_END = /\w$/
const WORD_START = /^\w/
const HEX_REST = /^[0-9a-f]{1,15}(?: |$)/
