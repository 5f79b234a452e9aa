import { closeSync, openSync } from 'node:fs'
import { ConsoleReader } from '../boot/console.ts'
import type { PreparedBoot } from '../boot/prepare.ts'
import { exitFailure, startQemu, type Qemu } from '../boot/qemu.ts'
import { SILENCE_SECONDS, type Run } from '../boot/run.ts'
import { Watch, type Verdict } from '../boot/watch.ts'
import { OopsReader } from '../report/crash/reader.ts'
import { readLine } from '../report/input/line.ts'
import type { ConsoleLine } from '../types.ts'

/** After an oops, what follows it within this time is of the same trouble, and worth having: in milliseconds. */
const AFTERMATH = 100

/** A guest's QEMU and its console: up to the marker as any boot, and then on, until somebody ends it. */
export class Machine {
  readonly #file: number
  readonly #reader: ConsoleReader
  readonly #watch: Watch
  readonly #qemu: Qemu
  readonly #started = performance.now()
  readonly #readers = new Set<(line: ConsoleLine) => void>()
  #oopses: OopsReader | null = null
  #look: () => void = () => undefined
  #settle: (why: string) => void = () => undefined
  #seconds: number | null = null
  #ending = false

  /** Settles when the guest can't go on, after the marker: an oops was printed, a panic, QEMU ended. Says which. */
  readonly died: Promise<string>

  constructor(prepared: PreparedBoot, silence = SILENCE_SECONDS * prepared.slower) {
    const { cell, nonce, folder, argv } = prepared
    this.#watch = new Watch({ nonce, timeout: cell.timeout, silence })
    this.died = new Promise(resolve => (this.#settle = resolve))
    this.#file = openSync(folder.artifacts.console, 'w')
    this.#reader = new ConsoleReader(this.#file, line => this.#line(line))
    this.#qemu = startQemu(argv, bytes => {
      if (this.#seconds === null) this.#watch.heard(this.#now())
      this.#reader.chunk(bytes, this.#now())
      this.#look()
    })
    void this.#qemu.exited.then(() => {
      this.#reader.end(this.#now())
      this.#watch.exited()
      this.#look()
      this.#settle('QEMU ended')
    })
  }

  get monitor() {
    return this.#qemu.monitor
  }

  get lines(): readonly ConsoleLine[] {
    return this.#reader.lines
  }

  /** Every line from now on. Returns how to end that. */
  follow(onLine: (line: ConsoleLine) => void): () => void {
    this.#readers.add(onLine)
    return () => this.#readers.delete(onLine)
  }

  /** Waits for the boot's answer: the marker, or what came in its place. */
  async booted(signal?: AbortSignal): Promise<Verdict> {
    let timer: NodeJS.Timeout | undefined
    let abort: (() => void) | undefined
    try {
      const verdict = await new Promise<Verdict>((resolve, reject) => {
        abort = () => reject(signal?.reason as Error)
        signal?.addEventListener('abort', abort)
        signal?.throwIfAborted()
        this.#look = () => {
          clearTimeout(timer)
          this.#watch.tick(this.#now())
          if (this.#watch.verdict) resolve(this.#watch.verdict)
          else timer = setTimeout(this.#look, Math.max(1, (this.#watch.wakeAt - this.#now()) * 1000))
        }
        this.#look()
      })
      this.#seconds = this.#now()
      this.#oopses = new OopsReader()
      return verdict
    } finally {
      clearTimeout(timer)
      if (abort) signal?.removeEventListener('abort', abort)
      this.#look = () => undefined
    }
  }

  /** Ends QEMU; all that it printed is the boot's. */
  async stop(): Promise<Run> {
    this.#ending = true
    await this.#qemu.terminate()
    const exit = await this.#qemu.exited
    closeSync(this.#file)
    const { end, reason } = this.#watch.verdict ?? {
      end: 'exit' as const,
      reason: 'it was ended before the marker',
    }
    return {
      log: { lines: this.#reader.lines, complete: end === 'marker', end, reason },
      seconds: this.#seconds ?? this.#now(),
      failure: end === 'exit' ? exitFailure(exit) : null,
    }
  }

  #line(line: ConsoleLine): void {
    if (this.#seconds === null) this.#watch.line(line.text, line.at)
    const event = this.#oopses?.line(readLine(line.text, this.#reader.lines.length)) ?? null
    if (event !== null && !this.#ending)
      setTimeout(
        () => this.#settle(event === 'oops-end' ? 'the kernel crashed' : 'the kernel panicked'),
        AFTERMATH,
      )
    for (const reader of this.#readers) reader(line)
  }

  #now(): number {
    return (performance.now() - this.#started) / 1000
  }
}
