const SLOTS = 1 << 13

/** A word, and what it is looked up for. */
export interface Entry<T> {
  word: string
  item: T
  /** The word's last character: tells most words apart whose first ones are the same. */
  last: number
}

/** Words by their first three characters: a look costs the same however many there are. */
export class Slots<T> {
  readonly #entries: Entry<T>[][] = Array.from({ length: SLOTS }, () => [])
  /** As most places are free: most looks end here. */
  readonly #taken = new Uint8Array(SLOTS)

  add(word: string, item: T): void {
    if (word.length < SHORTEST) throw new Error(`'${word}' is too short to be looked up`)
    const slot = slotOf(word.charCodeAt(0), word.charCodeAt(1), word.charCodeAt(2))
    this.#entries[slot]?.push({ word, item, last: word.charCodeAt(word.length - 1) })
    this.#taken[slot] = 1
  }

  /** The words that may start with these characters, in the order in which they were added: see stands(). */
  of(first: number, second: number, third: number): readonly Entry<T>[] | null {
    const slot = slotOf(first, second, third)
    return this.#taken[slot] === 1 ? this.#entries[slot]! : null
  }
}

/** Words that are shorter can't be looked up. */
export const SHORTEST = 3

/** Whether the word stands at `at`. */
export function stands({ word, last }: Entry<unknown>, text: string, at: number): boolean {
  return text.charCodeAt(at + word.length - 1) === last && text.startsWith(word, at)
}

/** Whether it most likely does: its first characters and its last one do. */
export function seems({ word, last }: Entry<unknown>, text: string, at: number): boolean {
  return text.charCodeAt(at + word.length - 1) === last
}

function slotOf(a: number, b: number, c: number): number {
  return ((a * 31 + b) * 67 + c) & (SLOTS - 1)
}
