/** A board that stays up, with a session into it: what a guest of the emulator is, as far as a board can be one. */
import type { Target } from '../config/target.ts'
import { InfraError, UnavailableError } from '../errors.ts'
import { Connections } from '../guest/connections.ts'
import { Guest, type GuestMachine } from '../guest/guest.ts'
import { OopsReader } from '../report/crash/reader.ts'
import { readLine } from '../report/input/line.ts'
import type { CellInput } from '../types.ts'
import { guarded } from '../unobserved.ts'
import { conclude, type TargetBootOptions } from './boot.ts'
import type { BoardConsole } from './console.ts'
import { FIRST } from './kernel.ts'
import { leave, prepareTarget } from './prepare.ts'
import { startRun, type BoardRun } from './run.ts'
import { login } from './ssh.ts'
import { isBootLoader } from './uboot-errors.ts'

export type TargetGuestOptions = TargetBootOptions & {
  /** An oops does not end what is going on. */
  mayOops?: boolean | undefined
}

/**
 * Boots a board to its own system, and leaves it up, with a session into it over its own ssh. Whoever calls has the
 * board's lock until the guest is stopped. Throws what bootOnTarget() throws; an UnavailableError if this target can't be
 * worked in.
 */
export async function startOnTarget(
  target: Target,
  input: CellInput,
  options: TargetGuestOptions = {},
): Promise<Guest> {
  const started = performance.now()
  const { ssh, name } = target
  if (target.boot.kind === 'uboot')
    throw new UnavailableError(
      `target ${name} boots our initramfs, which has no network on a board: to work in it wants boot.own and ssh`,
    )
  if (!ssh) throw new UnavailableError(`to work in target ${name} wants its ssh (docs/board.md)`)
  const boot = await prepareTarget(target, input, options)
  let run: BoardRun | undefined
  try {
    const up = (run = await startRun(target, boot, options))
    // Throws: a kernel that crashed on its way leaves nobody to work in.
    if (up.verdict.end !== 'marker') {
      const result = await conclude(target, boot, await up.end(), started)
      throw new InfraError(`target ${name} did not come up: ${result.reason}`, {
        cell: boot.cell,
        artifacts: result.artifacts,
        console: up.console.lines,
      })
    }
    const patience = { seconds: target.timeouts.command, signal: options.signal }
    const enter = () => login(ssh, patience)
    const connections = new Connections(await enter(), enter)
    const machine = new BoardMachine(up.console)
    return new Guest({
      ...{ boot, machine, connections, port: ssh.port },
      mayOops: options.mayOops ?? false,
      async conclude() {
        machine.leave()
        try {
          return guarded(await conclude(target, boot, await up.end(), started))
        } finally {
          await leave(boot, undefined)
        }
      },
    })
  } catch (error) {
    const why = run ? await run.failed(error) : error
    await leave(boot, options.signal)
    throw why
  }
}

/** A board that is up, as its console tells. */
class BoardMachine implements GuestMachine {
  readonly #console: BoardConsole
  readonly #oopses = new OopsReader()
  readonly #over = new AbortController()
  #next: number
  #end: string | null = null
  #crash: () => void = () => undefined
  #go: (why: string) => void = () => undefined
  readonly crashed = new Promise<void>(resolve => (this.#crash = resolve))
  readonly gone = new Promise<string>(resolve => (this.#go = resolve))

  constructor(console: BoardConsole) {
    this.#console = console
    this.#next = console.lines.length
    void this.#follow()
  }

  get lines() {
    return this.#console.lines
  }

  get end(): string | null {
    return this.#end
  }

  type(text: string): void {
    this.#console.write(text)
  }

  /** Somebody ends it: what comes now is no surprise. */
  leave(): void {
    this.#over.abort()
  }

  async #follow(): Promise<void> {
    try {
      while (this.#end === null) {
        this.#look()
        this.#console.throwIfGone()
        await this.#console.wait(1, this.#over.signal)
      }
    } catch (error) {
      if (!this.#over.signal.aborted) this.#lost((error as Error).message)
    }
  }

  #look(): void {
    const { lines } = this.#console
    for (; this.#next < lines.length; this.#next++) {
      const { text } = lines[this.#next]!
      if (isBootLoader(text) || FIRST.test(text)) this.#lost('the board was reset')
      const event = this.#oopses.line(readLine(text, this.#next + 1))
      if (event === 'oops-end') this.#crash()
      else if (event !== null) this.#lost('the kernel panicked')
    }
  }

  #lost(why: string): void {
    this.#end ??= why
    this.#go(why)
  }
}
