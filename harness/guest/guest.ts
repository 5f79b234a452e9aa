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

  /** Runs a command with the guest's shell. A GuestError if the guest dies under it, or it takes too long. */
  async exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    const { stdout, stderr, ...end } = await this.#run(command, options)
    return { stdout: stdout.toString(), stderr: stderr.toString(), ...end }
  }

  /** A shell on a terminal, until it ends. Its exit status; null if the connection or a signal ended it. */
  async shell(terminal: Terminal): Promise<number | null> {
    const dead = this.#machine.died.then(why => {
      throw this.#died('the shell', why)
    })
    return Promise.race([interact(this.#client, terminal), dead])
  }

  /** Writes a file of the guest. */
  async put(content: Buffer | string, path: string): Promise<void> {
    const { status, stderr } = await this.#run(`cat > ${quote(path)}`, { input: content })
    if (status !== 0) throw new GuestError(`can't write ${path} in the guest: ${stderr.toString().trim()}`)
  }

  /** Reads a file of the guest. */
  async get(path: string): Promise<Buffer> {
    const { status, stdout, stderr } = await this.#run(`cat ${quote(path)}`, {})
    if (status !== 0) throw new GuestError(`can't read ${path} in the guest: ${stderr.toString().trim()}`)
    return stdout
  }

  /** The kernel's messages, from the first one on, and on as they come: until the loop is left, or the guest ends. */
  async *dmesg(): AsyncGenerator<KernelMessage> {
    const leave = new AbortController()
    try {
      yield* readMessages(onOutput =>
        execute(this.#client, 'cat /dev/kmsg', { onOutput, signal: leave.signal }),
      )
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

  async #run(command: string, { timeout = 60, input, onOutput }: ExecOptions): Promise<Output> {
    const over = new AbortController()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(this.#error(`'${command}' took longer than ${timeout} s`)),
        timeout * 1000,
      )
    })
    const dead = this.#machine.died.then(why => {
      if (this.#mayOops && why !== 'QEMU ended') return new Promise<never>(() => undefined)
      throw this.#died(command, why)
    })
    const running = execute(this.#client, command, { input, onOutput, signal: over.signal })
    // The connection may end a moment before the console says why.
    const told = running.catch((error: unknown) => {
      const grace = new Promise<never>((_, reject) => setTimeout(() => reject(error as Error), GRACE_MS))
      return Promise.race([dead, grace])
    })
    try {
      return await Promise.race([told, dead, late])
    } finally {
      clearTimeout(timer)
      over.abort()
      dead.catch(() => undefined)
      told.catch(() => undefined)
    }
  }

  /** The guest is gone: the crash that its console tells of is the reason, if there is one. */
  #died(command: string, why: string): GuestError {
    const { oopses } = parseConsole([...this.#machine.lines])
    const last = oopses.find(({ fatal }) => fatal) ?? oopses.at(-1)
    const what = last ? `${last.title} (line ${last.line} of the console)` : why
    return this.#error(`the guest died under '${command}': ${what}`)
  }

  #error(reason: string): GuestError {
    const { cell, folder } = this.#boot
    return new GuestError(reason, { cell, artifacts: folder.artifacts, console: this.#machine.lines })
  }
}

/** How long the console may be behind the network, in milliseconds. */
const GRACE_MS = 2000

/** The port of the loopback that QEMU forwards to the guest's sshd (net/slirp.c, hmp_info_usernet()). */
async function sshPort(qmp: Qmp): Promise<number> {
  const told = await qmp.human('info usernet')
  const port = /TCP\[HOST_FORWARD\]\s+\S+\s+127\.0\.0\.1\s+(\d+)\s+\S+\s+22\b/.exec(told)?.[1]
  if (port === undefined) throw new InfraError(`qemu forwards no port to the guest's sshd: ${told.trim()}`)
  return Number(port)
}

/** A word for the guest's shell. */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
