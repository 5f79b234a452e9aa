import { writeSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import type { ConsoleLine } from '../types.ts'

/** What is kept of a guest that prints forever. A boot prints 30 KiB or so. */
export const LIMITS = { bytes: 64 * 2 ** 20, lines: 10 ** 6, lineLength: 16 * 1024 }

// C0 but tab, DEL, C1: what a guest may send to clobber a terminal. The raw bytes are in console.log.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f-\x9f]/g

/**
 * Makes lines of what the guest prints, which may be anything: invalid UTF-8, control bytes, no line end for
 * megabytes. Keeps the raw bytes in a file at once, so that they are there whatever happens to us.
 */
export class ConsoleReader {
  readonly lines: ConsoleLine[] = []
  readonly #file: number
  readonly #onLine: (line: ConsoleLine) => void
  readonly #limits: typeof LIMITS
  readonly #decoder = new StringDecoder('utf8')
  #partial = ''
  #bytes = 0

  constructor(file: number, onLine: (line: ConsoleLine) => void, limits = LIMITS) {
    this.#file = file
    this.#onLine = onLine
    this.#limits = limits
  }

  /** Why nothing more is kept; null as long as something is. */
  get full(): string | null {
    if (this.#bytes >= this.#limits.bytes) return `printed more than ${this.#limits.bytes / 2 ** 20} MiB`
    if (this.lines.length >= this.#limits.lines) return `printed more than ${this.#limits.lines} lines`
    return null
  }

  chunk(bytes: Buffer, at: number): void {
    if (this.full !== null) return
    const kept = bytes.subarray(0, this.#limits.bytes - this.#bytes)
    this.#bytes += kept.length
    writeAll(this.#file, kept)
    const texts = (this.#partial + this.#decoder.write(kept)).split('\n')
    this.#partial = texts.pop() ?? ''
    for (const text of texts) this.#add(text, at)
    while (this.#partial.length > this.#limits.lineLength) {
      this.#add(this.#partial.slice(0, this.#limits.lineLength), at)
      this.#partial = this.#partial.slice(this.#limits.lineLength)
    }
  }

  /** The guest prints no more: what has no line end is a line too. */
  end(at: number): void {
    const rest = this.#partial + this.#decoder.end()
    this.#partial = ''
    if (rest !== '') this.#add(rest, at)
  }

  #add(raw: string, at: number): void {
    // In pieces, so that even a line that came in one chunk is bounded; the UART's own line end is \r\n.
    const whole = raw.replace(/\r{1,2}$/, '').replace(CONTROL, '\ufffd')
    for (let from = 0; from === 0 || from < whole.length; from += this.#limits.lineLength) {
      if (this.lines.length >= this.#limits.lines) return
      const line = { text: whole.slice(from, from + this.#limits.lineLength), at }
      this.lines.push(line)
      this.#onLine(line)
    }
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done)
}
