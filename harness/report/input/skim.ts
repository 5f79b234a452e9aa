import { Slots } from '../slots.ts'
import { pastBlanks } from '../text.ts'

/**
 * By what a reader knows that a message may be one of its own: if it has none of these words, the reader would find
 * nothing in it. Blanks in front of a message don't count.
 */
export interface Words {
  /** Messages start with these. */
  starts?: readonly string[]
  /** Messages start with these, or what stands behind a `: ` in them. */
  parts?: readonly string[]
  /** These stand anywhere in a message. */
  anywhere?: readonly string[]
}

/** Any reader may know the line. */
export const ALL = -1

/** What is known of a message that was looked at. */
export interface Seen {
  /** The bits of the readers that may know it. */
  readonly readers: number
  /** No word of `starts` or `parts` stands in front of `first`, or behind `last`. */
  readonly first: number
  readonly last: number
}

/** Of a message that was not: a word may stand anywhere in it. */
export function unseen(from: number, to: number): Seen {
  return { readers: ALL, first: from, last: to }
}

const BLANK = 0x20

/** A word that stands anywhere is looked for by one character: V8 finds a single one many times as fast. */
interface Mark {
  word: string
  /** Where in the word the character is. */
  at: number
  /** The one before it: it tells most words apart. */
  before: number
  readers: number
}

/** The words of several readers. Made once: they don't change. */
export class WordTable {
  readonly starts = new Slots<number>()
  readonly parts = new Slots<number>()
  /** Words whose last character but blanks is a colon: those are looked at in any case. */
  readonly toColon: Mark[] = []
  /** Others, by their last character. */
  readonly others: (Mark & { last: string })[] = []

  /** The first reader's bit is 1, the second one's 2, and so on. */
  constructor(words: readonly Words[]) {
    for (const [i, { starts = [], parts = [], anywhere = [] }] of words.entries()) {
      const readers = 1 << i
      for (const word of [...starts, ...parts]) this.starts.add(word, readers)
      for (const word of parts) this.parts.add(word, readers)
      for (const word of anywhere) {
        const at = word.trimEnd().length - 1
        const mark = { word, at, before: word.charCodeAt(at - 1), readers }
        if (word[at] === ':') this.toColon.push(mark)
        else this.others.push({ ...mark, last: word.charAt(at) })
      }
    }
  }
}

/**
 * Tells which readers a message is for, before it is cut out of its text. Most messages are for none.
 *
 * Where the next colon is, and the like, is kept from message to message: lines without one cost nothing.
 */
export class Skim implements Seen {
  readonly #table: WordTable
  #text = ''
  #from = 0
  #colon = -1
  /** Where the next last character of each of the other words is. */
  readonly #next: number[]
  /** Of the message that was looked at last. */
  readers = ALL
  first = 0
  last = 0

  constructor(table: WordTable) {
    this.#table = table
    this.#next = table.others.map(() => -1)
  }

  /** Looks at the message in `text` that goes from `from` to `to`, where a line ends. */
  look(text: string, from: number, to: number): Seen {
    if (from < this.#from || text !== this.#text) this.#start(text)
    this.#from = from
    const start = pastBlanks(text, from)
    if (start >= to) return unseen(from, to)
    const { starts, parts, others } = this.#table
    let readers = whose(starts, text, start)
    let first = readers === 0 ? -1 : start
    let last = start
    let colon = this.#colon
    if (colon < from) colon = colonFrom(text, from)
    while (colon < to) {
      readers |= this.#toColon(text, colon)
      if (colon + 1 < to && text.charCodeAt(colon + 1) === BLANK) {
        const part = pastBlanks(text, colon + 2)
        const theirs = whose(parts, text, part)
        if (theirs !== 0) {
          readers |= theirs
          if (first === -1) first = part
          last = part
        }
      }
      colon = colonFrom(text, colon + 1)
    }
    this.#colon = colon
    for (let i = 0; i < others.length; i++) if (this.#next[i]! < to) readers |= this.#other(i, text, from, to)
    this.readers = readers
    this.first = first === -1 ? start : first
    this.last = last
    return this
  }

  #start(text: string): void {
    this.#text = text
    this.#colon = -1
    this.#next.fill(-1)
  }

  #toColon(text: string, colon: number): number {
    const { toColon } = this.#table
    const letter = text.charCodeAt(colon - 1)
    let readers = 0
    for (let i = 0; i < toColon.length; i++) {
      const { word, at, before, readers: theirs } = toColon[i]!
      if (before === letter && text.startsWith(word, colon - at)) readers |= theirs
    }
    return readers
  }

  #other(i: number, text: string, from: number, to: number): number {
    const { word, at, readers, last, before } = this.#table.others[i]!
    let found = 0
    let next = this.#next[i]!
    if (next < from) next = text.indexOf(last, from)
    for (; next !== -1 && next < to; next = text.indexOf(last, next + 1))
      if (text.charCodeAt(next - 1) === before && text.startsWith(word, next - at)) found = readers
    this.#next[i] = next === -1 ? text.length : next
    return found
  }
}

/** The bits of those whose words stand at `at`. */
function whose(words: Slots<number>, text: string, at: number): number {
  const slot = words.of(text, at)
  if (slot === null) return 0
  let readers = 0
  for (let i = slot.seeming(text, at, 0); i !== -1; i = slot.seeming(text, at, i + 1))
    readers |= slot.items[i]!
  return readers
}

function colonFrom(text: string, from: number): number {
  const at = text.indexOf(':', from)
  return at === -1 ? text.length : at
}
