import { closeSync, openSync } from 'node:fs'
import type { ConsoleLine, ConsoleLog } from '../types.ts'
import { ConsoleReader } from './console.ts'
import type { PreparedBoot } from './prepare.ts'
import { exitFailure, startQemu, type Qemu, type QemuExit } from './qemu.ts'
import { Watch, type Verdict } from './watch.ts'

/** No kernel of ours is this quiet for this long, whatever the cell; a disk that dies ends the boot before. */
export const SILENCE_SECONDS = 20

export interface RunOptions {
  /** How long the guest may print nothing, in seconds. */
  silence?: number | undefined
  /** Go on after an oops, to the marker, or until the guest resets. */
  pastOopses?: boolean | undefined
  /** Ends the boot at once: the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  onLine?: ((line: ConsoleLine) => void) | undefined
}

/** What came of a run. */
export interface Run {
  log: ConsoleLog
  /** QEMU's start to the verdict. */
  seconds: number
  /** What QEMU did wrong: null if the end was the guest's doing or ours. */
  failure: string | null
}

/** Runs QEMU until the boot's answer is known. QEMU is gone when this returns or throws. */
export async function run(
  { cell, nonce, folder, argv, slower }: PreparedBoot,
  options: RunOptions,
): Promise<Run> {
  options.signal?.throwIfAborted()
  const silence = options.silence ?? SILENCE_SECONDS * slower
  const watch = new Watch({ nonce, timeout: cell.timeout, silence, slower, pastOopses: options.pastOopses })
  const file = openSync(folder.artifacts.console, 'w')
  try {
    const { lines, seconds, failure, verdict } = await follow(watch, argv, file, options)
    const complete = verdict.end === 'marker'
    return { log: { lines, complete, end: verdict.end, reason: verdict.reason }, seconds, failure }
  } finally {
    closeSync(file)
  }
}

/** Starts QEMU, and ends it when the watch has its verdict, when `signal` aborts, or when the log can't be kept. */
async function follow(watch: Watch, argv: string[], file: number, { signal, onLine }: RunOptions) {
  const started = performance.now()
  const now = () => (performance.now() - started) / 1000
  const reader = new ConsoleReader(file, line => {
    watch.line(line.text, line.at)
    onLine?.(line)
  })
  let qemu: Qemu | undefined
  let timer: NodeJS.Timeout | undefined
  let abort: (() => void) | undefined
  try {
    const verdict = await new Promise<Verdict>((resolve, reject) => {
      const look = () => {
        clearTimeout(timer)
        if (reader.full !== null) watch.overflowed(reader.full)
        watch.tick(now())
        if (watch.verdict) resolve(watch.verdict)
        else timer = setTimeout(look, Math.max(1, (watch.wakeAt - now()) * 1000))
      }
      const hear = (bytes: Buffer) => {
        try {
          watch.heard(now())
          reader.chunk(bytes, now())
          look()
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      }
      abort = () => reject(signal?.reason as Error)
      signal?.addEventListener('abort', abort)
      qemu = startQemu(argv, hear)
      void qemu.exited.then(() => {
        reader.end(now())
        watch.exited()
        look()
      })
      look()
    })
    const seconds = now()
    await qemu?.terminate()
    const failure = qemu ? failureOf(verdict, await qemu.exited) : null
    return { lines: reader.lines, seconds, failure, verdict }
  } finally {
    clearTimeout(timer)
    if (abort) signal?.removeEventListener('abort', abort)
    await qemu?.terminate()
  }
}

/** What QEMU did wrong, if it did: ended by itself, or lost events of the device trace (images/qemu/hw/rcar_trace.c). */
function failureOf(verdict: Verdict, exit: QemuExit): string | null {
  const cut = exit.stderr.split('\n').find(line => line.includes('the device trace ends here'))
  if (cut !== undefined) return cut
  return verdict.end === 'exit' ? exitFailure(exit) : null
}
