import type { Line } from './input/line.ts'

/**
 * Finds what the init says: `dmaspec: <nonce> <words>`.
 *
 * Such a line may stand after other text; and if a process prints it, a kernel message may stand in the middle:
 * printk takes the UART between two characters, prints its whole line, and the rest comes on the next one. So what
 * stands before a time stamp is kept and put before the next line that has none. A line written to /dev/kmsg is
 * printed whole.
 */
export class MarkerReader {
  readonly #nonce: string | null
  #cut = ''

  /** Without a nonce, anyone's words count: for logs whose boot is not known. */
  constructor(nonce: string | null) {
    this.#nonce = nonce
  }

  /** The words, or null. */
  read(line: Line): string | null {
    if (line.before !== '') {
      this.#cut = (this.#cut + line.before).slice(-MOST_KEPT)
      // Nothing comes after `done`: the rest of its line may never be printed.
      if (this.#words(this.#cut) === 'done') return this.#take()
    }
    if (line.stamped) return this.#words(line.text)
    const whole = this.#cut + line.text
    this.#cut = ''
    return this.#words(whole)
  }

  #take(): string {
    this.#cut = ''
    return 'done'
  }

  #words(text: string): string | null {
    for (let at = text.indexOf(TAG); at !== -1; at = text.indexOf(TAG, at + 1)) {
      NONCE.lastIndex = at + TAG.length
      const nonce = NONCE.exec(text)?.[1]
      if (nonce !== undefined && (this.#nonce === null || nonce === this.#nonce)) {
        return text.slice(NONCE.lastIndex).trimEnd()
      }
    }
    return null
  }
}

/** What the init's lines have, wherever it stands. */
export const TAG = 'dmaspec: '
const NONCE = /([0-9a-f]{32}) /y
const MOST_KEPT = 4096
