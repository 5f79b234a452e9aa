/** A board that is on: from its power switch to its boot's answer, and on, until it is switched off. */
import { writeFile } from 'node:fs/promises'
import type { Run } from '../boot/run.ts'
import type { Verdict } from '../boot/watch.ts'
import type { Target } from '../config/target.ts'
import { InfraError } from '../errors.ts'
import type { ConsoleLine } from '../types.ts'
import { BoardConsole } from './console.ts'
import { followKernel } from './kernel.ts'
import { openPort } from './open.ts'
import { Power } from './power.ts'
import type { TargetBoot } from './prepare.ts'
import { throughUboot } from './uboot.ts'

export interface RunOptions {
  /** Ends it: the promise rejects with the signal's reason, and the board is off. */
  signal?: AbortSignal | undefined
  onLine?: ((line: ConsoleLine) => void) | undefined
}

/** What came of it. */
export type Ran = Pick<Run, 'log' | 'seconds'>

/** A board whose boot's answer is known. Either end() or failed() is to be called. */
export interface BoardRun {
  console: BoardConsole
  verdict: Verdict
  /** Switches the board off; all that it printed is the boot's. */
  end(): Promise<Ran>
  /** The same after something went wrong: returns it, with the console's last lines. */
  failed(error: unknown): Promise<unknown>
}

/** Switches a board on, and sees its boot through. If that throws, the board is off. */
export async function startRun(
  target: Target,
  boot: TargetBoot,
  { signal, onLine }: RunOptions,
): Promise<BoardRun> {
  const { cell, folder } = boot
  const { artifacts } = folder
  const done: string[] = []
  let console: BoardConsole | undefined
  let power: Power | undefined

  /** Power first, so that its last words are heard. */
  const close = async () => {
    try {
      await power?.off()
    } finally {
      await console?.close()
      await writeFile(artifacts.argv, done.join('\n') + '\n')
    }
  }
  const failed = async (error: unknown) => {
    // What went wrong first is what is said.
    await close().catch(() => undefined)
    if (!(error instanceof InfraError)) return error
    const { shortMessage, cause } = error
    const reason = `target ${target.name}: ${shortMessage}`
    return new InfraError(reason, { cell, artifacts, console: console?.lines, cause })
  }

  try {
    const opened = (console = new BoardConsole(await openPort(target), artifacts.console, onLine))
    done.push(`# console: ${console.name}`)
    power = new Power(target, line => done.push(line))
    await power.on(signal)
    const note = (line: string) => void done.push(`# => ${line}`)
    const verdict = await seeThrough(target, boot, console, { signal, note })
    const seconds = console.now
    return {
      console,
      verdict,
      failed,
      async end() {
        await close().catch(async error => {
          throw await failed(error)
        })
        const { end, reason } = verdict
        return { log: { lines: [...opened.lines], complete: end === 'marker', end, reason }, seconds }
      },
    }
  } catch (error) {
    throw await failed(error)
  }
}

interface Seeing {
  signal: AbortSignal | undefined
  note: (line: string) => void
}

async function seeThrough(
  target: Target,
  { nonce, commands }: TargetBoot,
  console: BoardConsole,
  { signal, note }: Seeing,
): Promise<Verdict> {
  const { boot, timeouts } = target
  const anything = () => (console.heard === null ? undefined : true)
  await console.until(anything, { seconds: timeouts.first, missing: 'nothing came', signal })
  const from =
    boot.kind === 'uboot' ? await throughUboot(console, boot, commands, { timeouts, signal, note }) : 0
  return followKernel(console, { nonce, target, from, signal })
}
