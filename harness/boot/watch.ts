import { readLine } from '../report/input/line.ts'
import { MarkerReader } from '../report/marker.ts'
import { OopsReader } from '../report/crash/reader.ts'
import { DiskHealth, type Ailment } from '../report/disk/health.ts'
import type { BootEnd } from '../types.ts'

/** How a boot ended, and that in words. */
export interface Verdict {
  end: BootEnd
  reason: string
}

export interface WatchOptions {
  nonce: string
  /** Deadline of the boot in seconds. */
  timeout: number
  /** How long the guest may print nothing, in seconds. */
  silence: number
  /** By how much the guest may be slower than usual: a disk that failed has so much more time to come up. */
  slower?: number | undefined
  /** An oops, a panic and a dead disk don't end the boot: what comes after them is wanted, too. */
  pastOopses?: boolean | undefined
}

/**
 * An oops and a panic are over when the guest is quiet for `quiet` seconds, but waited for no longer than `most`.
 * After an oops there may be a panic line, or nothing at all; after a panic the machine resets.
 */
const GRACE = {
  oops: { quiet: 0.03, most: 0.05 },
  panic: { quiet: 0.3, most: 1 },
} as const

/**
 * Decides when a boot's answer is known. Pure: it is told lines and the time (seconds since QEMU's start), and asked
 * for its verdict and for when it wants to be told the time next.
 */
export class Watch {
  readonly #options: WatchOptions
  readonly #marker: MarkerReader
  readonly #oopses = new OopsReader()
  #verdict: Verdict | null = null
  #ending: { end: 'oops' | 'panic'; at: number } | null = null
  readonly #disk = new DiskHealth()
  #dying: { ailment: Ailment; at: number } | null = null
  #heard = 0
  #lines = 0

  constructor(options: WatchOptions) {
    this.#options = options
    this.#marker = new MarkerReader(options.nonce)
  }

  get verdict(): Verdict | null {
    return this.#verdict
  }

  /** When tick() may settle something, if nothing is printed before. */
  get wakeAt(): number {
    if (this.#ending) return Math.min(this.#heard + this.#grace.quiet, this.#ending.at + this.#grace.most)
    return Math.min(this.#options.timeout, this.#heard + this.#options.silence, this.#deadAt)
  }

  /** Bytes came, be they a line or not. */
  heard(at: number): void {
    this.#heard = at
  }

  line(text: string, at: number): void {
    this.heard(at)
    const line = readLine(text, ++this.#lines)
    const event = this.#options.pastOopses ? null : this.#oopses.line(line)
    if (event === 'oops-end') this.#ending ??= { end: 'oops', at }
    else if (event === 'panic' && this.#ending) this.#settle(this.#ending.end)
    else if (event === 'panic') this.#ending = { end: 'panic', at }
    else if (event === 'panic-end') this.#settle('panic')
    else if (!this.#ending && this.#marker.read(line) === 'done') this.#settle('marker')
    this.#disk.line(line)
    const { ailment } = this.#disk
    if (ailment !== (this.#dying?.ailment ?? null)) this.#dying = ailment && { ailment, at }
  }

  tick(at: number): void {
    if (at < this.wakeAt) return
    if (this.#ending) this.#settle(this.#ending.end)
    else if (at >= this.#deadAt) this.#settle('disk')
    else if (at >= this.#options.timeout) this.#settle('timeout')
    else this.#settle('silence')
  }

  /** QEMU is gone. */
  exited(): void {
    this.#settle(this.#ending?.end ?? 'exit')
  }

  /** The guest printed more than anyone will read. */
  overflowed(reason: string): void {
    this.#verdict ??= { end: 'timeout', reason: `the guest ${reason}` }
  }

  /** A board's own system is up, whose marker isn't ours. */
  reached(reason: string): void {
    this.#verdict ??= this.#ending ? null : { end: 'marker', reason }
  }

  /** A board was reset, which is what QEMU ends for. */
  reset(): void {
    this.exited()
  }

  /** When a disk that failed is dead, unless it comes up before. */
  get #deadAt(): number {
    if (!this.#dying || this.#options.pastOopses) return Infinity
    return this.#dying.at + this.#dying.ailment.patience * (this.#options.slower ?? 1)
  }

  get #grace() {
    return GRACE[this.#ending?.end ?? 'oops']
  }

  #settle(end: BootEnd): void {
    this.#verdict ??= { end, reason: this.#reason(end) }
  }

  #reason(end: BootEnd): string {
    switch (end) {
      case 'marker':
        return 'the init printed the marker'
      case 'oops':
        return 'an oops was printed to its end'
      case 'panic':
        return 'the kernel panicked'
      case 'exit':
        return 'the guest powered off or reset'
      case 'disk':
        return `the disk is dead: ${this.#dying?.ailment.why}`
      case 'silence':
        return `nothing was printed for ${this.#options.silence} s`
      case 'timeout':
        return `no marker in ${this.#options.timeout} s`
    }
  }
}
