import { bootError, conclude } from '../boot/boot.ts'
import { type PreparedBoot, prepareBoot, type PrepareOptions } from '../boot/prepare.ts'
import { GuestError, InfraError } from '../errors.ts'
import { cpio } from '../images/cpio.ts'
import { parseConsole } from '../report/parse.ts'
import type { BootResult, CellInput, ConsoleLine } from '../types.ts'
import { type KernelMessage, readMessages } from './kmsg.ts'
import { makeKeys } from './keys.ts'
import { Machine } from './machine.ts'
import { Qmp } from '../boot/qmp.ts'
import { connect, execute, interact, type Output } from './ssh.ts'
import type { Terminal } from './terminal.ts'
import { setTimeout as delay } from 'node:timers/promises'

/** What a command in the guest came to. Its exit status is data: it fails nobody. */
export interface ExecResult {
  stdout: string
  stderr: string
  /** Null if a signal ended it. */
  status: number | null
  /** `KILL`, if one did. */
  signal: string | null
}

export interface ExecOptions {
  /** Seconds that it may take, 60 if not given; then it is killed, and that is a GuestError. */
  timeout?: number
  /** What it reads. */
  input?: Buffer | string
  /** Told as it comes. */
  onOutput?: (text: string, from: 'stdout' | 'stderr') => void
  /** Ends it: the promise rejects with the signal's reason. */
  signal?: AbortSignal
}

export interface CopyOptions {
  /** Seconds that it may take: of a put a minute and what the size asks for, of a get ten minutes. */
  timeout?: number
}

export interface GuestOptions extends Omit<PrepareOptions, 'live'> {
  /** How long the guest may print nothing before the marker, in seconds. */
  silence?: number | undefined
  /** Ends the boot: the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** An oops does not end what is going on: the guest may live on. */
  mayOops?: boolean | undefined
  /** Told of each line of the console. */
  onLine?: ((line: ConsoleLine) => void) | undefined
}

/**
 * Boots a cell to its marker, and leaves it up, with a session into it. Its network is a virtio device of ours
 * (dts/network.dtso) that reaches nothing but a port on this host's loopback. Throws what a boot throws.
 */
export async function startGuest(input: CellInput, options: GuestOptions = {}): Promise<Guest> {
  const started = performance.now()
  const keys = makeKeys()
  const overlays = [...new Set([...(input.overlays ?? []), 'network'])]
  const live = { monitorFd: 3, files: cpio(keys.files) }
  const boot = await prepareBoot({ ...input, overlays }, { ...options, live })
  let machine: Machine | undefined
  try {
    machine = new Machine(boot, options.silence)
    if (options.onLine) machine.follow(options.onLine)
    const qmp = new Qmp(machine.monitor)
    const verdict = await machine.booted(options.signal)
    if (verdict.end !== 'marker') {
      const run = await machine.stop()
      // A kernel that crashed on its way is a result elsewhere; here there is no guest to hand out.
      throw bootError(boot, run.log, await conclude(boot, run, started))
    }
    const client = await connect(await sshPort(qmp), keys)
    return new Guest(boot, machine, client, started, options.mayOops ?? false)
  } catch (error) {
    await machine?.stop()
    if (!(error instanceof GuestError) && options.signal?.aborted) await boot.folder.discard()
    else await boot.folder.tidy()
    throw error
  }
}

/** A guest that is up. What it printed, and what its devices saw, is there once it is stopped. */
export class Guest implements AsyncDisposable {
  readonly #boot: PreparedBoot
  readonly #machine: Machine
  readonly #client: Awaited<ReturnType<typeof connect>>
  readonly #started: number
  readonly #mayOops: boolean
  #stopped: Promise<BootResult> | null = null
  #commands = 0

  constructor(
    boot: PreparedBoot,
    machine: Machine,
    client: Awaited<ReturnType<typeof connect>>,
    started: number,
    mayOops: boolean,
  ) {
    this.#boot = boot
    this.#machine = machine
    this.#client = client
    this.#started = started
    this.#mayOops = mayOops
  }

  /** The kernel printed an oops: what it was. With `mayOops` the guest lives on, if it can. */
  get crashed(): Promise<string> {
    return this.#machine.crashed.then(() => this.#crash() ?? 'the kernel crashed')
  }

  /** Why the guest is no more, though nobody stopped it; null as long as it is up, or if it was stopped. */
  get end(): string | null {
    return this.#machine.end === null ? null : (this.#crash() ?? this.#machine.end)
  }

  /** Runs a command with the guest's shell. A GuestError if the guest dies under it, or it takes too long. */
  async exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    const { stdout, stderr, ...end } = await this.#run(command, options)
    return { stdout: stdout.toString(), stderr: stderr.toString(), ...end }
  }

  /** A shell on a terminal, until it ends. Its exit status; null if the connection or a signal ended it. */
  shell(terminal: Terminal): Promise<number | null> {
    return this.#alive('the shell', interact(this.#client, terminal))
  }

  /** Types at the guest's console, where its init has a shell. A key there wakes a guest that sleeps, if it may. */
  type(text: string): void {
    this.#machine.type(text)
  }

  /** Writes a file of the guest. */
  async put(content: Buffer | string, path: string, { timeout }: CopyOptions = {}): Promise<void> {
    const seconds = timeout ?? PATIENCE + Buffer.byteLength(content) / SLOWEST
    const { status, stderr } = await this.#run(`cat > ${quote(path)}`, { input: content, timeout: seconds })
    if (status !== 0) throw this.#error(`can't write ${path} in the guest: ${stderr.toString().trim()}`)
  }

  /** Reads a file of the guest. */
  async get(path: string, { timeout = 10 * PATIENCE }: CopyOptions = {}): Promise<Buffer> {
    const { status, stdout, stderr } = await this.#run(`cat ${quote(path)}`, { timeout })
    if (status !== 0) throw this.#error(`can't read ${path} in the guest: ${stderr.toString().trim()}`)
    return stdout
  }

  /**
   * The kernel's messages, from the first one on, and on as they come: until the loop is left. A GuestError if the guest
   * dies, after its last words.
   */
  async *dmesg(): AsyncGenerator<KernelMessage> {
    const leave = new AbortController()
    try {
      yield* readMessages(onOutput => {
        const reading = execute(this.#client, 'cat /dev/kmsg', { onOutput, signal: leave.signal })
        return this.#alive('cat /dev/kmsg', reading)
      })
    } finally {
      leave.abort()
    }
  }

  /** Ends the guest. What came of it all: everything that it printed, the device trace, the disk. */
  stop(): Promise<BootResult> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #stop(): Promise<BootResult> {
    this.#client.end()
    return conclude(this.#boot, await this.#machine.stop(), this.#started)
  }

  async #run(command: string, { timeout = PATIENCE, input, onOutput, signal }: ExecOptions): Promise<Output> {
    signal?.throwIfAborted()
    const over = new AbortController()
    const id = `${++this.#commands}.`
    let why: Error | null = null
    const given = new Promise<never>((_, reject) => {
      const give = (error: Error) => {
        why = error
        void this.#kill(id).then(() => reject(error))
      }
      const late = this.#error(`'${command}' took longer than ${timeout} s`)
      const timer = setTimeout(() => give(late), timeout * 1000)
      const abort = () => give(signal?.reason as Error)
      signal?.addEventListener('abort', abort)
      over.signal.addEventListener('abort', () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', abort)
      })
    })
    given.catch(() => undefined)
    const running = execute(this.#client, marked(command, id), { input, onOutput, signal: over.signal })
    try {
      const output = await Promise.race([this.#alive(command, running), given])
      // It may have been killed by us, and say so before we do.
      return why === null ? output : await given
    } finally {
      over.abort()
    }
  }

  /** Ends all that a command started; a guest that doesn't answer is not waited for. */
  async #kill(id: string): Promise<void> {
    const killing = execute(this.#client, killer(id)).catch(() => undefined)
    await Promise.race([killing, delay(GRACE_MS, undefined, { ref: false })])
  }

  /** What a session comes to; if the guest dies under it, why it died. */
  async #alive<T>(what: string, session: Promise<T>): Promise<T> {
    const { crashed, gone } = this.#machine
    const oops = this.#mayOops
      ? new Promise<never>(() => undefined)
      : crashed.then(() => 'the kernel crashed')
    const dead = Promise.race([gone, oops]).then(why => {
      throw this.#error(`the guest died under '${what}': ${this.#crash() ?? why}`)
    })
    const told = session.catch(async (error: unknown) => {
      // The connection may end a moment before the console says why.
      await Promise.race([dead, delay(GRACE_MS, undefined, { ref: false })])
      const { shortMessage = String(error) } = error as Partial<InfraError>
      throw this.#error(`no end of '${what}' was seen: ${shortMessage}, and the guest goes on`, error)
    })
    dead.catch(() => undefined)
    told.catch(() => undefined)
    return Promise.race([told, dead])
  }

  /** The crash that the console tells of: the one that ended it, or the last. */
  #crash(): string | null {
    const { oopses } = parseConsole([...this.#machine.lines])
    const last = oopses.find(({ fatal }) => fatal) ?? oopses.at(-1)
    return last ? `${last.title} (line ${last.line} of the console)` : null
  }

  #error(reason: string, cause?: unknown): GuestError {
    const { cell, folder } = this.#boot
    const { artifacts } = folder
    const console = this.#machine.lines
    return new GuestError(reason, { cell, artifacts, console, ...(cause === undefined ? {} : { cause }) })
  }
}

/** How long a command may take if nobody says, in seconds. */
const PATIENCE = 60

/** The slowest connection that a copy waits for, in bytes a second: of a debug kernel on a busy host. */
const SLOWEST = 256 * 1024

/** How long the console may be behind the network, in milliseconds. */
const GRACE_MS = 2000

/** The port of the loopback that QEMU forwards to the guest's sshd (net/slirp.c, hmp_info_usernet()). */
async function sshPort(qmp: Qmp): Promise<number> {
  const told = await qmp.human('info usernet')
  const port = /TCP\[HOST_FORWARD\]\s+\S+\s+127\.0\.0\.1\s+(\d+)\s+\S+\s+22\b/.exec(told)?.[1]
  if (port === undefined) throw new InfraError(`qemu forwards no port to the guest's sshd: ${told.trim()}`)
  return Number(port)
}

/** Dropbear would end the shell alone, and not what that started. So all of it carries a mark. */
const MARK = 'DMASPEC_COMMAND'

/** A command whose processes can be found again. */
function marked(command: string, id: string): string {
  return `export ${MARK}=${id}; ${command}`
}

/** Kills them, and those that they start meanwhile; the marked shell itself has the mark in its words alone. */
function killer(id: string): string {
  const mark = `${MARK}=${id.replace('.', '[.]')}`
  const find = `grep -ls '${mark}' /proc/[0-9]*/environ /proc/[0-9]*/cmdline`
  return `for i in 1 2 3 4 5; do found=$(${find} | cut -d/ -f3) && kill -9 $found 2>/dev/null || break; done`
}

/** A word for the guest's shell. */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
