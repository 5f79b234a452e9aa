/** Switches a board by the commands that its owner named. */
import { spawn, spawnSync } from 'node:child_process'
import { guarded } from '../boot/qemu.ts'
import { shellQuote } from '../cell/shell.ts'
import type { Target } from '../config/target.ts'
import { InfraError } from '../errors.ts'

/** What a power command is for. */
export type Switch = 'on' | 'off' | 'cycle'

/** A board's switch. What it did is told to `note`, as lines that can be pasted into a shell. */
export class Power {
  readonly #target: Target
  readonly #note: (line: string) => void
  #isOn = false
  #leave: () => void = () => undefined

  constructor(target: Target, note: (line: string) => void) {
    this.#target = target
    this.#note = note
  }

  /** Off and on again, or through a cycle: whatever it was, it starts anew. Whoever gives a signal sees to the process's. */
  async on(signal?: AbortSignal): Promise<void> {
    const { cycle } = this.#target.power
    if (cycle === null) await this.#run('off', signal)
    // From here on it may be on, even if the command fails.
    this.#isOn = true
    this.#leave = offOnExit(this.#target, signal !== undefined)
    await this.#run(cycle === null ? 'on' : 'cycle', signal)
  }

  /** Off, if it was switched on and can be. Not interrupted: this is the end of everything. */
  async off(): Promise<void> {
    if (!this.#isOn) return
    this.#isOn = false
    try {
      await this.#run('off')
    } finally {
      this.#leave()
    }
  }

  async #run(what: Switch, signal?: AbortSignal): Promise<void> {
    const { power, folder, timeouts } = this.#target
    const argv = power[what]
    if (argv === null) return
    this.#note(written(argv))
    await runCommand(argv, { what: `power ${what}`, folder, seconds: timeouts.power, signal })
  }
}

/** Switches a board off that others may have left on; does nothing where there is no such switch. */
export async function switchOff({ power: { off }, folder, timeouts }: Target): Promise<void> {
  if (off !== null) await runCommand(off, { what: 'power off', folder, seconds: timeouts.power })
}

interface CommandOptions {
  what: string
  folder: string
  /** Deadline. */
  seconds: number
  signal?: AbortSignal | undefined
}

/** Runs a command that switches something. What it leaves in the background is not waited for. */
async function runCommand(
  argv: readonly string[],
  { what, folder, seconds, signal }: CommandOptions,
): Promise<void> {
  signal?.throwIfAborted()
  const fail = (why: string) => new InfraError(`${what} failed: ${why}`, { command: written(argv) })
  const [command, ...args] = guarded(argv)
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], detached: true })
  let stderr = ''
  child.stderr.on('data', (bytes: Buffer) => (stderr = (stderr + bytes.toString()).slice(-MOST_STDERR)))
  const end = (error: Error) => {
    try {
      process.kill(-child.pid!, 'SIGKILL')
    } catch {
      // It has ended just now.
    }
    return error
  }
  let timer: NodeJS.Timeout | undefined
  let abort: (() => void) | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(end(fail(`it took longer than ${seconds} s`))), seconds * 1000)
      abort = () => reject(end(signal?.reason as Error))
      signal?.addEventListener('abort', abort)
      child.once('error', error => reject(fail(error.message)))
      child.once('exit', (code, by) => {
        if (code === 0) return resolve()
        // Its last words may come after it.
        setTimeout(() => {
          const how = by === null ? `exited ${code}` : `was killed by ${by}`
          reject(fail(stderr.trim() === '' ? `it ${how}` : `it ${how}: ${stderr.trim()}`))
        }, 50)
      })
    })
  } finally {
    clearTimeout(timer)
    if (abort) signal?.removeEventListener('abort', abort)
    child.stderr.destroy()
    child.unref()
  }
}

const MOST_STDERR = 4096

const written = (argv: readonly string[]) => argv.map(shellQuote).join(' ')

const SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const

/**
 * Switches the board off when this process ends with the board still on: by an error that nobody caught, a second
 * Ctrl-C, or a signal, if nobody else sees to those. Returns what ends that watch.
 */
function offOnExit({ power: { off }, folder, timeouts }: Target, seesToSignals: boolean): () => void {
  if (off === null) return () => undefined
  const leave = () => {
    const [command = '', ...args] = off
    spawnSync(command, args, { cwd: folder, stdio: 'ignore', timeout: timeouts.power * 1000 })
  }
  const handlers = seesToSignals
    ? []
    : Object.entries(SIGNALS).map(([name, number]) => {
        const handler = () => process.exit(128 + number)
        process.on(name, handler)
        return () => process.off(name, handler)
      })
  process.once('exit', leave)
  return () => {
    process.off('exit', leave)
    for (const end of handlers) end()
  }
}
