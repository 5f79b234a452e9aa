const BITS = 13
const SLOTS = 1 << BITS
/** Of each word: where its last character is and what it is, and the same of the one in its middle. */
const MARKS = 4

/** Words whose first three characters are the same, in the order in which they were added. */
export class Slot<T> {
  readonly #words: string[] = []
  readonly items: T[] = []
  /** The last character and the middle one tell most words apart; they lie together, since most looks end here. */
  readonly #marks: number[] = []

  add(word: string, item: T): void {
    this.#words.push(word)
    this.items.push(item)
    for (const at of [word.length - 1, word.length >> 1]) this.#marks.push(at, word.charCodeAt(at))
  }

  /** The first word, from the `from`th on, that most likely stands at `at`; -1 if none does. */
  seeming(text: string, at: number, from: number): number {
    const marks = this.#marks
    for (let i = MARKS * from; i < marks.length; i += MARKS) {
      const last = at + marks[i]!
      if (last >= text.length || text.charCodeAt(last) !== marks[i + 1]) continue
      if (text.charCodeAt(at + marks[i + 2]!) === marks[i + 3]) return i / MARKS
    }
    return -1
  }

  /** The first word, from the `from`th on, that stands at `at`; -1 if none does. */
  standing(text: string, at: number, from: number): number {
    let i = this.seeming(text, at, from)
    while (i !== -1 && !text.startsWith(this.#words[i]!, at)) i = this.seeming(text, at, i + 1)
    return i
  }
}

/** Words by their first three characters: a look costs the same however many there are. */
export class Slots<T> {
  readonly #slots = new Array<Slot<T> | null>(SLOTS).fill(null)
  /** Those characters, as one number; 0 where a place is free, as most are. */
  readonly #keys = new Int32Array(SLOTS)

  add(word: string, item: T): void {
    if (word.length < SHORTEST) throw new Error(`'${word}' is too short to be looked up`)
    const key = keyOf(word, 0)
    let place = placeOf(key)
    while (this.#keys[place] !== 0 && this.#keys[place] !== key) place = (place + 1) & (SLOTS - 1)
    this.#keys[place] = key
    const slot = (this.#slots[place] ??= new Slot())
    slot.add(word, item)
  }

  /** The words that may stand at `at`; null if none can. */
  of(text: string, at: number): Slot<T> | null {
    // V8 makes a slow call of charCodeAt() where it was asked for a character behind the end but once.
    if (at + SHORTEST > text.length) return null
    const key = keyOf(text, at)
    let place = placeOf(key)
    for (let held = this.#keys[place]!; held !== 0; held = this.#keys[place]!) {
      if (held === key) return this.#slots[place]!
      place = (place + 1) & (SLOTS - 1)
    }
    return null
  }
}

/** Words that are shorter can't be looked up. */
export const SHORTEST = 3

/** One for each three characters of ASCII; others may share theirs, which costs a look at the words. */
function keyOf(text: string, at: number): number {
  return (text.charCodeAt(at) << 20) ^ (text.charCodeAt(at + 1) << 10) ^ text.charCodeAt(at + 2)
}

function placeOf(key: number): number {
  return Math.imul(key, 0x9e3779b1) >>> (32 - BITS)
}
