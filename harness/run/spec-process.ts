import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { Readable } from 'node:stream'
import { guarded } from '../boot/qemu.ts'
import { moduleUrl } from '../project.ts'
import { NONCE_VARIABLE, TAP_FD, type FromWorker, type ToWorker } from './messages.ts'
import { QEMU_BYTES } from './machine.ts'
import type { Slots } from './slots.ts'
import { TapReader, type Level } from './tap.ts'

const WORKER = fileURLToPath(moduleUrl('./worker', import.meta.url))
/** What is kept of what specs print, and of node's last words. */
const KEPT_OUTPUT = 8 * 1024
/** What node, tsx and tap may take to start on a machine that has other things to do. */
const START_SECONDS = 120
/** A spec that asks for no limit gets an hour. */
const MOST_SECONDS = 3600

/** A cell to run in a process, and what to tell of it. */
export interface Job {
  kernel: string
  spec: string
  /** Absolute path of the spec. */
  file: string
  /** Folder of the run. */
  out: string
  /** Where its boots ask for a turn. */
  slots: Slots
  /** Seconds without a word after which it is hung, if it waits for no boot. */
  silence: number
  onBoot(folder: string, alone: boolean): void
}

/** How a job ended: `cut` says why it did before its end; null if it did not. */
export interface Finished {
  root: Level
  cut: string | null
}

interface Running {
  job: Job
  resolve(finished: Finished): void
}

/**
 * A process that runs specs, seen from outside. It can't outlive us, nor its boots it. It is spent once a spec has
 * ended tap's root test, or the process: the next job needs a new one.
 */
export class SpecProcess {
  readonly #child: ChildProcess
  readonly #reader: TapReader
  readonly #boots = new Map<number, () => void>()
  #deadlines = new Map<number, number>()
  #running: Running | null = null
  /** Of the last job: what that left behind asks there, too. */
  #slots: Slots | null = null
  #silence = 0
  #timer: NodeJS.Timeout | undefined
  #allowed = 0
  #heard = 0
  #output = ''
  #jobs = 0
  #ready = false
  readonly #endings = new Set<'told' | 'stream'>()
  #spent = false
  readonly #gone: Promise<void>

  constructor() {
    const nonce = randomBytes(16).toString('hex')
    this.#reader = new TapReader(nonce, {
      onOver: root => this.#finish(root, null),
      onEnded: () => {
        this.#spent = true
        this.#finish(this.#reader.rest(), ENDED)
      },
    })
    this.#child = start(nonce)
    this.#gone = new Promise(resolve => this.#child.once('close', (...how) => resolve(this.#closed(...how))))
    this.#child.once('error', error => (this.#output += error.message))
    this.#child.on('message', message => this.#hear(message as FromWorker))
    const streams = this.#child.stdio as (Readable | null)[]
    for (const stream of streams.slice(1, 3)) {
      stream?.on(
        'data',
        (bytes: Buffer) => (this.#output = (this.#output + bytes.toString()).slice(-KEPT_OUTPUT)),
      )
    }
    streams[TAP_FD]?.on('data', (bytes: Buffer) => {
      this.#heard = performance.now()
      this.#reader.write(bytes)
    })
    streams[TAP_FD]?.on('end', () => this.#ended('stream'))
  }

  /** It takes no more jobs. */
  get spent(): boolean {
    return this.#spent
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** How many jobs it was given. */
  get jobs(): number {
    return this.#jobs
  }

  /** Runs a spec. One at a time. */
  run(job: Job): Promise<Finished> {
    this.#jobs++
    ;[this.#slots, this.#silence] = [job.slots, job.silence]
    this.#output = ''
    this.#heard = performance.now()
    this.#allowed = this.#ready ? this.#silence : START_SECONDS
    return new Promise(resolve => {
      this.#running = { job, resolve }
      if (this.#spent) return this.#finish(this.#reader.rest(), this.#lastWords('it is gone'))
      const { kernel, spec, file, out } = job
      this.#tell({ type: 'cell', kernel, spec, file, out, variables: ownVariables() })
      this.#watch()
    })
  }

  /** Ends the process, and with it its boots; returns when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#gone
  }

  #hear(message: FromWorker | { setTimeout: number }): void {
    this.#heard = performance.now()
    // What tap tells whoever runs it: the spec wants so many milliseconds; 0 for no limit, which a build may need.
    if ('setTimeout' in message)
      this.#allowed = Math.max(this.#allowed, message.setTimeout / 1000 || MOST_SECONDS)
    else if (message.type === 'ready') {
      this.#ready = true
      this.#allowed = this.#silence
    } else if (message.type === 'ended') this.#ended('told')
    else if (message.type === 'over') this.#release(message.boot)
    else if (message.type === 'ask') this.#ask(message)
  }

  /** tap's root test is over if the process says so. It ends its stream then; but so does one that dies. */
  #ended(how: 'told' | 'stream'): void {
    this.#endings.add(how)
    if (this.#endings.size === 2) this.#reader.end()
  }

  #ask({ boot, folder, memory, seconds }: Extract<FromWorker, { type: 'ask' }>): void {
    if (this.#slots === null) return
    this.#deadlines.set(boot, Infinity)
    const grant = (alone: boolean) => {
      this.#deadlines.set(boot, performance.now() + seconds * 1000)
      this.#tell({ type: 'turn', boot })
      this.#running?.job.onBoot(folder, alone)
    }
    this.#boots.set(boot, this.#slots.request(memory + QEMU_BYTES, grant))
  }

  #release(boot: number): void {
    this.#boots.get(boot)?.()
    this.#boots.delete(boot)
    this.#deadlines.delete(boot)
  }

  #tell(message: ToWorker): void {
    // If it is gone, #closed() says so.
    if (this.#child.connected) this.#child.send(message, () => {})
  }

  /** Ends the process when nothing is heard of it for too long. */
  #watch(): void {
    const left = Math.max(this.#heard + this.#allowed * 1000, ...this.#deadlines.values()) - performance.now()
    if (left <= 0) {
      this.#finish(this.#reader.rest(), `nothing was heard of it for ${Math.round(this.#allowed)} s`)
      void this.kill()
    } else this.#timer = setTimeout(() => this.#watch(), Math.min(left, 1000))
  }

  #closed(code: number | null, signal: string | null): void {
    this.#spent = true
    for (const boot of [...this.#boots.keys()]) this.#release(boot)
    const how = signal === null ? `ended with status ${code}` : `was killed by ${signal}`
    this.#finish(this.#reader.rest(), this.#lastWords(`its process ${how}`))
  }

  #lastWords(how: string): string {
    const words = this.#output.trim()
    return words === '' ? how : `${how}: ${words}`
  }

  #finish(root: Level, cut: string | null): void {
    clearTimeout(this.#timer)
    if (cut !== null) this.#spent = true
    const running = this.#running
    this.#running = null
    running?.resolve({ root, cut })
  }
}

/** Specs share a tap: one that ends it can only be run by itself. */
export const ENDED = "the spec ended tap's root test (t.end(), t.plan() or t.teardown() outside of any test)"

function start(nonce: string): ChildProcess {
  // A boot makes and drops some MiB of strings: what is young may grow before it is looked through.
  const argv = [
    process.execPath,
    '--max-semi-space-size=32',
    `--import=${import.meta.resolve('tsx')}`,
    WORKER,
  ]
  const [command, ...args] = guarded(argv)
  return spawn(command, args, {
    env: { ...ownVariables(), [NONCE_VARIABLE]: nonce },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
    // A group of its own: Ctrl-C is for the run to handle.
    detached: true,
  })
}

/** What this process has, but for tap's: a run may be a test of dmaspec's own, under another tap. */
function ownVariables(): Record<string, string | undefined> {
  const own = Object.entries(process.env).filter(([name]) => !/^_?TAP/.test(name))
  return { ...Object.fromEntries(own), TAP_TIMEOUT: '0' }
}
