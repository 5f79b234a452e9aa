import type { Line } from '../input/line.ts'
import { LIMITS } from '../limits.ts'
import type { Spoof } from '../report.ts'
import type { Open } from './open.ts'

/**
 * Tells what a process printed. In a console whose kernel lines are stamped, a process's are not; where dmesg or
 * journalctl name who printed a line, it says so itself. What a process wrote to /dev/kmsg looks like the kernel's own
 * on a console, and can't be told.
 */
export class SpoofJudge {
  readonly #spoofs: Spoof[] = []
  /** Of the last lines that were not blank, one bit each, the last one lowest: stamped or not. */
  #recent = 0
  #lines = 0
  #stamped = 0
  #resumed = 0

  line({ stamped, number }: Line, message: string): void {
    if (message === '') return
    this.#lines++
    this.#recent = (this.#recent << 1) | (stamped ? 1 : 0)
    if (!stamped) return
    this.#stamped++
    this.#resumed = number
  }

  /** True if this line, which was told last, is unstamped, and those before it are stamped. */
  isAmongStamped({ stamped }: Line): boolean {
    if (stamped || this.#stamped < MIN_STAMPED) return false
    const before = Math.min(RECENT, this.#lines - 1)
    return (this.#recent & 2) !== 0 || bits(this.#recent >>> 1) / Math.max(1, before) >= 0.75
  }

  /** Why a crash is not the kernel's; null if it is, as far as one can tell. */
  judge({ oops, among, stamped }: Open): string | null {
    if (stamped || !among) return null
    // A second log may follow a first in a mail: after a process's print, the kernel's stamped lines go on.
    if (this.#resumed <= oops.lastLine) return null
    return "its lines have no time stamp, and the kernel's have"
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
const MIN_STAMPED = 10

function bits(word: number): number {
  let count = 0
  for (let rest = word; rest !== 0; rest &= rest - 1) count++
  return count
}
