import { setTimeout as delay } from 'node:timers/promises'
import type { PreparedBoot } from '../boot/prepare.ts'
import { GuestError, type InfraError } from '../errors.ts'
import type { BootResult, ConsoleLine } from '../types.ts'
import { killer, marked, quote } from './command.ts'
import type { Connections } from './connections.ts'
import { crashIn } from './crash.ts'
import { type KernelMessage, readMessages } from './kmsg.ts'
import { execute, type Feed, interact, type Output } from './ssh.ts'
import type { Terminal } from './terminal.ts'

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

/** What a session needs to know of whatever it is into: QEMU, or a board. */
export interface GuestMachine {
  readonly lines: readonly ConsoleLine[]
  /** Settles when an oops was printed after the marker. The guest may live on. */
  readonly crashed: Promise<void>
  /** Settles when there is no guest any more, after the marker. Says why. */
  readonly gone: Promise<string>
  /** Why there is no guest any more, though nobody asked it to end; null as long as there is one. */
  readonly end: string | null
  /** Types at the console. */
  type(text: string): void
}

export interface GuestParts {
  boot: Pick<PreparedBoot, 'cell' | 'folder'>
  machine: GuestMachine
  connections: Connections
  /** Of sshd, where this host reaches it. */
  port: number
  mayOops: boolean
  /** Ends the guest, and says what came of it all. */
  conclude: () => Promise<BootResult>
}

/** A guest that is up. What it printed, and what its devices saw, is there once it is stopped. */
export class Guest implements AsyncDisposable {
  /** Of the host's loopback: QEMU forwards it to the guest's sshd. */
  readonly port: number
  readonly #boot: GuestParts['boot']
  readonly #machine: GuestMachine
  readonly #connections: Connections
  readonly #conclude: () => Promise<BootResult>
  readonly #mayOops: boolean
  #stopped: Promise<BootResult> | null = null
  #commands = 0

  constructor({ boot, machine, connections, port, mayOops, conclude }: GuestParts) {
    this.port = port
    this.#boot = boot
    this.#machine = machine
    this.#connections = connections
    this.#conclude = conclude
    this.#mayOops = mayOops
  }

  /** The kernel printed an oops: what it was. With `mayOops` the guest lives on, if it can. */
  get crashed(): Promise<string> {
    return this.#machine.crashed.then(() => crashIn(this.#machine.lines) ?? 'the kernel crashed')
  }

  /** Why the guest is no more, though nobody stopped it; null as long as it is up, or if it was stopped. */
  get end(): string | null {
    return this.#machine.end === null ? null : (crashIn(this.#machine.lines) ?? this.#machine.end)
  }

  /** Runs a command with the guest's shell. A GuestError if the guest dies under it, or it takes too long. */
  async exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    const { stdout, stderr, ...end } = await this.#run(command, options)
    return { stdout: stdout.toString(), stderr: stderr.toString(), ...end }
  }

  /** A shell on a terminal, until it ends. Its exit status; null if a signal ended it. */
  shell(terminal: Terminal): Promise<number | null> {
    return this.#alive(
      'the shell',
      this.#connections.use(client => interact(client, terminal)),
    )
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
  async *dmesg(): AsyncGenerator<KernelMessage, void> {
    const leave = new AbortController()
    try {
      yield* readMessages(onOutput => {
        const reading = this.#execute('cat /dev/kmsg', { onOutput, signal: leave.signal })
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
    // Who stopped it was told what went wrong.
    if (this.#stopped) await this.#stopped.catch(() => undefined)
    else await this.stop()
  }

  #stop(): Promise<BootResult> {
    this.#connections.end()
    return this.#conclude()
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
      const late = () => give(this.#error(`'${command}' took longer than ${timeout} s`))
      const timer = setTimeout(late, timeout * 1000)
      const abort = () => give(signal?.reason as Error)
      signal?.addEventListener('abort', abort)
      over.signal.addEventListener('abort', () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', abort)
      })
    })
    given.catch(() => undefined)
    const running = this.#execute(marked(command, id), { input, onOutput, signal: over.signal })
    try {
      const output = await Promise.race([this.#alive(command, running.then(this.#unlessCrashed)), given])
      // It may have been killed by us, and say so before we do.
      return why === null ? output : await given
    } finally {
      over.abort()
    }
  }

  /** What a signal ended may have been ended by an oops, which the console is about to tell of. */
  #unlessCrashed = async (output: Output): Promise<Output> => {
    const isKilled = output.signal !== null || (output.status ?? 0) > 128
    if (isKilled) await delay(this.#mayOops ? 0 : OOPS_MS)
    return output
  }

  /** Ends all that a command started; a guest that doesn't answer is not waited for. */
  async #kill(id: string): Promise<void> {
    const killing = this.#execute(killer(id)).catch(() => undefined)
    await Promise.race([killing, delay(GRACE_MS, undefined, { ref: false })])
  }

  #execute(command: string, feed: Feed = {}): Promise<Output> {
    return this.#connections.use(client => execute(client, command, feed))
  }

  /** What a session comes to; if the guest dies under it, why it died. */
  async #alive<T>(what: string, session: Promise<T>): Promise<T> {
    const { crashed, gone } = this.#machine
    const oops = this.#mayOops
      ? new Promise<never>(() => undefined)
      : crashed.then(() => 'the kernel crashed')
    const dead = Promise.race([gone, oops]).then(why => {
      throw this.#error(`the guest died under '${what}': ${crashIn(this.#machine.lines) ?? why}`)
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

/** How long the console may be behind the network, in milliseconds: to tell why a session ended, or a process. */
const GRACE_MS = 2000
const OOPS_MS = 300
