import { closeSync, openSync } from 'node:fs'
import { ConsoleReader } from '../boot/console.ts'
import { InfraError } from '../errors.ts'
import type { ConsoleLine } from '../types.ts'
import { isMostlyNoise } from './noise.ts'
import type { Port } from './port.ts'

/** How much of a line without an end is looked at: a prompt, and what was typed behind it. */
const MOST_TAIL = 16 * 1024

// eslint-disable-next-line no-control-regex
const ESCAPE = /\x1b\[[0-9;?]{0,32}[A-Za-z]/g

/** What there is to look at when something came, or when it is time. */
export interface Seen {
  lines: readonly ConsoleLine[]
  /** What came since the last line's end. */
  tail: string
}

export interface Until {
  /** Seconds from now. */
  seconds: number
  /** The sentence that an error is, if it did not come: `U-Boot's prompt did not come`. */
  missing: string
  signal?: AbortSignal | undefined
}

/**
 * A board's console: all that comes is kept, in a file and as lines; whoever waits is woken by each piece of it. Its
 * clock is the boot's: 0 is when it was opened, right before power on.
 */
export class BoardConsole {
  readonly #port: Port
  readonly #file: number
  readonly #reader: ConsoleReader
  readonly #started = performance.now()
  readonly #waiting = new Set<() => void>()
  #tail = ''
  #heard: number | null = null
  #gone: string | null = null
  #closed = false

  constructor(port: Port, file: string, onLine?: (line: ConsoleLine) => void) {
    this.#port = port
    this.#file = openSync(file, 'w')
    this.#reader = new ConsoleReader(this.#file, line => onLine?.(line))
    port.input.on('data', (bytes: Buffer) => this.#hear(bytes))
    void port.closed.then(why => {
      this.#gone = why
      this.#wake()
    })
  }

  /** What it is, as an error calls it. */
  get name(): string {
    return this.#port.name
  }

  get lines(): readonly ConsoleLine[] {
    return this.#reader.lines
  }

  /** Why nothing more is kept, if so. */
  get full(): string | null {
    return this.#reader.full
  }

  /** What came since the last line's end, without what is for a terminal alone: colours, busybox asking for the cursor. */
  get tail(): string {
    return this.#tail.replace(ESCAPE, '')
  }

  /** Seconds. */
  get now(): number {
    return (performance.now() - this.#started) / 1000
  }

  /** When the last byte came; null before the first one. */
  get heard(): number | null {
    return this.#heard
  }

  write(text: string): void {
    this.#port.write(Buffer.from(text, 'latin1'))
  }

  /**
   * Waits until `look` finds something: it is asked at once, and again when something came. What it throws ends the
   * wait. An InfraError if it did not come in time, or if the console is gone.
   */
  async until<T>(look: (seen: Seen) => T | undefined, { seconds, missing, signal }: Until): Promise<T> {
    const most = this.now + seconds
    for (;;) {
      const found = look(this)
      if (found !== undefined) return found
      if (this.#gone !== null) throw this.#lost(this.#gone)
      if (this.now >= most) throw new InfraError(this.#late(missing, seconds))
      await this.wait(most - this.now, signal)
    }
  }

  /** Returns when something came, or the console is gone, or after so many seconds; throws if `signal` aborts. */
  async wait(seconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    let wake = () => {}
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>(resolve => {
      wake = resolve
      this.#waiting.add(wake)
      signal?.addEventListener('abort', wake)
      timer = setTimeout(wake, Math.max(1, seconds * 1000))
    })
    clearTimeout(timer)
    this.#waiting.delete(wake)
    signal?.removeEventListener('abort', wake)
    signal?.throwIfAborted()
  }

  /** Throws if nothing can come any more. */
  throwIfGone(): void {
    if (this.#gone !== null) throw this.#lost(this.#gone)
  }

  /** No more is kept: what has no line end is a line too. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#gone ??= 'it is closed'
    await this.#port.close()
    this.#reader.end(this.now)
    closeSync(this.#file)
  }

  #hear(bytes: Buffer): void {
    this.#heard = this.now
    this.#reader.chunk(bytes, this.#heard)
    const all = this.#tail + bytes.toString('latin1')
    this.#tail = all.slice(all.lastIndexOf('\n') + 1).slice(-MOST_TAIL)
    this.#wake()
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake()
  }

  #lost(why: string): InfraError {
    return new InfraError(`the console ${this.name} is gone: ${why}`)
  }

  #late(missing: string, seconds: number): string {
    if (this.#heard === null)
      return `nothing came from ${this.name} in ${round(seconds)} s: is the cable in, and the board powered?`
    const noise = isMostlyNoise([...this.lines.map(({ text }) => text), this.#tail])
    return `${missing} in ${round(seconds)} s${noise ? `: what comes from ${this.name} is no text; is the speed right?` : ''}`
  }
}

const round = (seconds: number) => Math.round(Math.max(0, seconds) * 10) / 10
