import type { Line } from './line.ts'
import { isFull, joined, startsLine } from './wrapped.ts'

/** No mail is wider, and text that is wrapped between words. */
const WIDEST = 80
/** Terminals that cut lines at their edge are not narrower, and mostly of one of these widths. */
const NARROWEST_EDGE = 72
const TERMINALS = new Set([80, 100, 120, 132, 160])
/** A quote mark and its blank. */
const MARK = 2
/** So many lines as wide as the widest are no accident. */
const MANY = 3
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
  /** The widest physical line with anything in front; if it is wider than any that was wrapped, nothing in this log was. */
  #widest = 0
  /** The same of lines with nothing in front, and how many are just so wide. */
  #widestBare = 0
  #widestBares = 0
  /** How many lines were wrapped between words. */
  #atWords = 0
  /** How many were cut at the terminal's edge, be it within a word. */
  #atEdge = 0
  /** How many seem to be, at a width that few terminals have. */
  #cuts = 0
  #cutsAt = 0

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
    if (width > this.#widest) this.#widest = width
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
    if (width >= this.#widestBare) {
      this.#widestBares = width === this.#widestBare ? this.#widestBares + 1 : 1
      this.#widestBare = width
    }
    if (held !== null && quotes <= this.#quotes && this.#pieces < MOST_PIECES) {
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
    if (this.#isCut(held, text)) {
      this.#atEdge++
      return held.text + text
    }
    const half = { text: held.text, width: this.#width }
    const known = joined(half, text)
    if (known !== null && isFull(this.#width, text.trim())) this.#atWords++
    const any = held.stamped && held.before === '' && this.#widest <= WIDEST
    return known ?? (any ? this.#joinAny(held, text) : null)
  }

  /** In a log that was wrapped, and where no line is wider than a page: what follows a full line that has a time stamp. */
  #joinAny(held: Line, text: string): string | null {
    const then = text.trim()
    if (then === '' || then.length > WIDEST || text !== text.trimStart() || startsLine(then)) return null
    if ((this.#atWords === 0 && this.#quotes === 0) || !isFull(this.#width, then)) return null
    this.#atWords++
    return `${held.text.trimEnd()} ${then}`
  }

  /**
   * A terminal cuts a line at its last column, be it within a word, and goes on in the next row: nothing in such a log is
   * wider. The kernel's first lines are, in all logs that were not cut.
   */
  #isCut(held: Line, text: string): boolean {
    const edge = held.stamped ? this.#widest : this.#widestBare
    if (this.#width !== edge || edge < NARROWEST_EDGE || this.#atWords > this.#atEdge || text.trim() === '')
      return false
    if (text.length > edge) return false
    const columns = edge - MARK * this.#quotes
    if (this.#atEdge >= MANY && held.stamped) return true
    if (startsLine(text.trimStart())) return false
    if (held.stamped) return TERMINALS.has(columns) || this.#countsCut(edge)
    return TERMINALS.has(columns) && (this.#widestBares >= MANY || startsLine(held.text.trimStart()))
  }

  /** Of other widths, some lines must be as wide, and go on. */
  #countsCut(edge: number): boolean {
    this.#cuts = edge === this.#cutsAt ? this.#cuts + 1 : 1
    this.#cutsAt = edge
    return this.#cuts >= MANY
  }
}
