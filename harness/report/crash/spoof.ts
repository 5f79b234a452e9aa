import type { Line } from '../input/line.ts'
import { LIMITS } from '../limits.ts'
import type { Spoof } from '../report.ts'
import type { Open } from './open.ts'

/**
 * Tells what a process printed. In a console whose kernel lines are stamped, a process's are not; where dmesg or
 * journalctl name who printed a line, it says so itself. What a process wrote to /dev/kmsg looks like the kernel's own
 * on a console, and can only be told where the kernel prints who called.
 */
export class SpoofJudge {
  readonly #spoofs: Spoof[] = []
  /** Of the last lines that were not blank, one bit each, the last one lowest: stamped or not. */
  #recent = 0
  #lines = 0
  #stamped = 0
  /** The last stamped line, and the one before it, if line() was told it. */
  #last: Line | null = null
  #before: Line | null = null
  /** Crashes that are over, until the line after them tells whose they are. */
  #waiting: Open[] = []

  /** Something of the next line is awaited: whose a crash before it is. */
  get waits(): boolean {
    return this.#waiting.length > 0
  }

  /** Tells of a line; the crashes that it shows to be no kernel's are given back. */
  line(line: Line): { open: Open; why: string }[] {
    const { stamped } = line
    this.#lines++
    this.#recent = (this.#recent << 1) | (stamped ? 1 : 0)
    const waiting = this.#waiting
    if (waiting.length > 0) this.#waiting = []
    if (stamped) {
      this.#stamped++
      this.#before = this.#last
      this.#last = line
    }
    return waiting.length === 0 ? NONE : waiting.flatMap(open => this.#verdict(open, stamped, line.time))
  }

  /** Tells of so many stamped lines at once, the last of which is this; none is awaited. */
  pass(many: number, last: Line): void {
    this.#lines += many
    this.#stamped += many
    this.#recent = many > RECENT ? -1 : (this.#recent << many) | ~(-1 << many)
    this.#last = last
  }

  /** True if this line, which was told last, is unstamped, and those before it are stamped. */
  isAmongStamped({ stamped }: Line): boolean {
    if (stamped || this.#stamped < MIN_STAMPED) return false
    const before = Math.min(RECENT, this.#lines - 1)
    return (this.#recent & 2) !== 0 || bits(this.#recent >>> 1) / Math.max(1, before) >= 0.75
  }

  /** The time of the last stamped line before this one, which was told last. */
  timeBefore({ stamped }: Line): number | null {
    return (stamped ? this.#before : this.#last)?.time ?? null
  }

  /** A crash is over: why it is not the kernel's, if that is known by now; the lines after it may tell yet. */
  judge(open: Open): string | null {
    const other = otherCaller(open)
    if (other !== null) return other
    if (open.among && (this.#last?.number ?? 0) > open.oops.lastLine) return UNSTAMPED
    this.#waiting.push(open)
    return null
  }

  #verdict(open: Open, stamped: boolean, next: number | null): { open: Open; why: string }[] {
    // A second log may follow a first in a mail: after a process's print, the kernel's stamped lines go on.
    if (open.among) return stamped ? [{ open, why: UNSTAMPED }] : []
    const { oops, timeBefore } = open
    if (next === null || oops.time === null || timeBefore === null) return []
    return next >= timeBefore && next < oops.time - APART ? [{ open, why: OTHER_TIMES }] : []
  }

  add(spoof: Spoof): void {
    if (this.#spoofs.length < LIMITS.facts) this.#spoofs.push(spoof)
  }

  spoofs(): Spoof[] {
    return this.#spoofs
  }
}

/** 32 bits, less the line itself. */
const RECENT = 31
const NONE: never[] = []
/** Seconds by which the kernel's stamps never go back. */
const APART = 1
const UNSTAMPED = "its lines have no time stamp, and the kernel's have"
const OTHER_TIMES = 'its time stamps are far from those before and after it'
const MIN_STAMPED = 10

/**
 * kernel/printk/printk.c, printk_caller_id(): `T` and the pid of the task that prints, or `C` and the CPU. A task that
 * dies prints that itself; who wrote the lines to /dev/kmsg is another one.
 */
function otherCaller({ caller, oops, died }: Open): string | null {
  const [, letter, number = ''] = /^([TC])(\d{1,9})$/.exec(caller) ?? []
  const own = letter === 'T' ? oops.pid : letter === 'C' ? oops.cpu : null
  if (!died || own === null || Number(number) === own) return null
  return `${caller} printed it, and it says that ${letter === 'T' ? `task ${own}` : `CPU ${own}`} did`
}

function bits(word: number): number {
  let count = 0
  for (let rest = word; rest !== 0; rest &= rest - 1) count++
  return count
}
