import type { Oops } from '../report.ts'
import type { Family } from './family.ts'

/** Panics that come of a crash before them, by the start of their reason: kernel/panic.c's callers. */
const OF_A_CRASH = [
  // arch/arm64/kernel/traps.c, die(); arm32, x86: `Fatal exception in interrupt`; `Oops: Fatal exception` and `Oops - BUG: …` since 6.0
  'Fatal exception',
  'Fatal hardware error',
  'Oops',
  'Kernel BUG',
  // kernel/panic.c, check_panic_on_warn(); `kernel: panic_on_warn set`, `KASAN: panic_on_warn set`, `kasan.fault=panic set`
  'panic_on_warn set',
  'kasan.fault=panic set',
  // arch/arm64/kernel/traps.c
  'Asynchronous SError Interrupt',
  'Unhandled exception',
  'bad mode',
  'kernel stack overflow',
  'Unrecoverable',
  // kernel/exit.c: init died of it
  'Attempted to kill init!',
  'Attempted to kill the idle task!',
  // kernel/watchdog.c, hung_task.c, rcu
  'softlockup: hung tasks',
  'Hard LOCKUP',
  'Watchdog detected hard LOCKUP',
  'hung_task: blocked tasks',
  'RCU Stall',
  'kernel: panic',
  // mm/oom_kill.c
  'System is deadlocked on memory',
  'Out of memory',
] as const

/** arch/arm64/kernel/traps.c, panic_bad_stack(); kernel/sched/core.c, schedule_debug() */
const OVERFLOWS = ['kernel stack overflow', 'corrupted stack end detected inside scheduler']

const MARK = 'anic - not syncing'

/** What panics mean: of a crash before, or one by itself. */
export class PanicReader {
  reasonOf(message: string): string {
    const reason = message.slice(message.indexOf(MARK) + MARK.length).replace(/^: ?/, '')
    return reason.trimEnd()
  }

  /** The crash that the kernel panics of: the open one, or the last fatal one of this boot. */
  causeOf(message: string, open: Oops | null, last: Oops | null, boot: number): Oops | null {
    const candidates = [open, last].filter(
      oops => oops !== null && oops.boot === boot && oops.kind !== 'panic',
    )
    const fatal = candidates.find(oops => oops?.fatal)
    if (fatal) return fatal
    const reason = this.reasonOf(message)
    return OF_A_CRASH.some(start => reason.includes(start)) ? (candidates[0] ?? null) : null
  }

  /** Why a panic of a crash stands alone. */
  missingCause(message: string): string | null {
    const reason = this.reasonOf(message)
    const [fatal, warn] = ['Fatal exception', 'panic_on_warn set']
    return reason.includes(fatal) || reason.includes(warn)
      ? 'the crash that it comes of is not in the log'
      : null
  }

  familyOf(message: string): Family {
    const name = `panic: ${stable(this.reasonOf(message))}`
    const kind = OVERFLOWS.some(start => this.reasonOf(message).startsWith(start))
      ? 'stack-overflow'
      : 'panic'
    return { prefix: message, kind, name, symbol: 'none', fatal: true, bare: true }
  }
}

/** A reason without what is of one build or one machine: `Kernel stack is corrupted in: foo+0x1/0x2`. */
function stable(reason: string): string {
  return reason.replace(/\+0x[0-9a-f]{1,16}\/0x[0-9a-f]{1,16}/gi, '').replace(/0x[0-9a-f]{9,16}/gi, 'ADDRESS')
}
