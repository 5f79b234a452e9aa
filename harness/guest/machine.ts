import { closeSync, openSync } from 'node:fs'
import { ConsoleReader } from '../boot/console.ts'
import type { PreparedBoot } from '../boot/prepare.ts'
import { exitFailure, startQemu, type Qemu, type QemuExit } from '../boot/qemu.ts'
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
  #crash: () => void = () => undefined
  #go: (why: string) => void = () => undefined
  #seconds: number | null = null
  #ending = false
  /** Of a QEMU that nobody asked to end. */
  #exit: QemuExit | null = null
  #end: string | null = null
  #stopped: Promise<Run> | null = null

  /** Settles when an oops was printed after the marker. The guest may live on. */
  readonly crashed: Promise<void>
  /** Settles when there is no guest any more, after the marker: it panicked, or QEMU ended. Says which. */
  readonly gone: Promise<string>

  constructor(prepared: PreparedBoot, silence = SILENCE_SECONDS * prepared.slower) {
    const { cell, nonce, folder, argv } = prepared
    this.#watch = new Watch({ nonce, timeout: cell.timeout, silence })
    this.crashed = new Promise(resolve => (this.#crash = resolve))
    this.gone = new Promise(resolve => (this.#go = resolve))
    this.#file = openSync(folder.artifacts.console, 'w')
    this.#reader = new ConsoleReader(this.#file, line => this.#line(line))
    const hear = (bytes: Buffer) => {
      if (this.#seconds === null) this.#watch.heard(this.#now())
      this.#reader.chunk(bytes, this.#now())
      this.#look()
    }
    this.#qemu = startQemu(argv, hear, { serial: true })
    // What is typed as QEMU ends goes nowhere.
    this.#qemu.serial?.on('error', () => undefined)
    void this.#qemu.exited.then(exit => {
      if (!this.#ending) this.#exit = exit
      this.#reader.end(this.#now())
      this.#watch.exited()
      this.#look()
      this.#gone(exitFailure(exit) ?? 'it reset, or powered off')
    })
  }

  get monitor() {
    return this.#qemu.monitor
  }

  get lines(): readonly ConsoleLine[] {
    return this.#reader.lines
  }

  /** Why there is no guest any more, though nobody asked it to end; null as long as there is one. */
  get end(): string | null {
    return this.#end
  }

  /** Types at the board's serial line. */
  type(text: string): void {
    this.#qemu.serial?.write(text)
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
      return verdict
    } finally {
      clearTimeout(timer)
      if (abort) signal?.removeEventListener('abort', abort)
      this.#look = () => undefined
    }
  }

  /** Ends QEMU; all that it printed is the boot's. */
  stop(): Promise<Run> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<Run> {
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
      // A guest that is up ends when it wants to, but its QEMU has no reason to fail.
      failure: end === 'exit' ? exitFailure(exit) : this.#exit && exitFailure(this.#exit),
    }
  }

  #line(line: ConsoleLine): void {
    if (!this.#watch.verdict) {
      this.#watch.line(line.text, line.at)
      // What follows the marker, be it in the same chunk, is of the guest's life.
      if (this.#watch.verdict) this.#oopses = new OopsReader()
      for (const reader of this.#readers) reader(line)
      return
    }
    const event = this.#oopses?.line(readLine(line.text, this.#reader.lines.length)) ?? null
    if (event === 'oops-end') setTimeout(this.#crash, AFTERMATH)
    else if (event !== null) setTimeout(() => this.#gone('the kernel panicked'), AFTERMATH)
    for (const reader of this.#readers) reader(line)
  }

  #gone(why: string): void {
    if (!this.#ending) this.#end ??= why
    this.#go(why)
  }

  #now(): number {
    return (performance.now() - this.#started) / 1000
  }
}
