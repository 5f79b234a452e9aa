import type { Oops } from '../../report.ts'
import { after, numberAfter } from '../../text.ts'
import type { Family } from '../family.ts'

/** `[swapper/0:1]` and `comm:pid blocked for`: the pid is after the last colon. */
const commPid = (text: string, oops: Oops) => {
  const colon = text.lastIndexOf(':')
  if (colon <= 0) return
  oops.comm ??= text.slice(0, colon)
  oops.pid ??= numberAfter(text.slice(colon), ':')
}

const softLockup = (message: string, oops: Oops) => {
  oops.cpu = numberAfter(message, 'CPU#')
  const task = after(message, '! [') ?? ''
  commPid(task.slice(0, task.lastIndexOf(']')), oops)
}

const hardLockup = (message: string, oops: Oops) => {
  oops.cpu = numberAfter(message, ' on cpu ') ?? numberAfter(message, ' on CPU ')
}

const hungTask = (message: string, oops: Oops) => {
  const task = after(message, ' task ') ?? ''
  const words = [' blocked ', " can't die "].map(word => task.indexOf(word)).filter(at => at > 0)
  if (words.length > 0) commPid(task.slice(0, Math.min(...words)), oops)
}

const rcu = (message: string) => {
  if (message.includes('self-detected')) return 'rcu-stall: self-detected'
  return message.includes('expedited') ? 'rcu-stall: expedited' : 'rcu-stall: detected'
}

/** Something waits for too long. */
export const STALLS: readonly Family[] = [
  // kernel/watchdog.c, watchdog_timer_fn(): `NMI watchdog: ` until 4.12, `watchdog: ` since
  ...['', 'watchdog: ', 'NMI watchdog: '].map((who): Family => ({
    ...{ prefix: `${who}BUG: soft lockup - CPU#`, kind: 'soft-lockup', symbol: 'pc', read: softLockup },
  })),
  // kernel/watchdog_hld.c, watchdog_overflow_callback(); kernel/watchdog.c, watchdog_hardlockup_check() since 6.5; its
  // buddy prints `watchdog: CPU0: Watchdog detected hard LOCKUP on cpu 1`. Without NMIs, there is no trace.
  ...[
    'Watchdog detected',
    'watchdog: Watchdog detected',
    'NMI watchdog: Watchdog detected',
    'watchdog: CPU',
  ].map((prefix): Family => ({
    ...{
      prefix,
      with: 'hard LOCKUP on cpu ',
      kind: 'hard-lockup',
      symbol: 'pc',
      bare: true,
      read: hardLockup,
    },
  })),
  // A CPU that idles has no trace.
  // kernel/rcu/tree_stall.h (tree.c until 5.1), print_cpu_stall(), print_other_cpu_stall(); tree_exp.h for expedited
  // ones; tasks.h for rcu_tasks. `rcu: ` since 4.20.
  ...['', 'rcu: '].map((who): Family => ({
    ...{
      prefix: `${who}INFO: rcu`,
      with: 'stall',
      kind: 'rcu-stall',
      nameOf: rcu,
      symbol: 'trace',
      bare: true,
    },
  })),
  // kernel/hung_task.c, check_hung_task(); `can't die` was a patch of linux-next's
  {
    ...{ prefix: 'INFO: task ', with: ' blocked ', kind: 'hung-task', symbol: 'trace', read: hungTask },
    without: 'is blocked on',
  },
  { prefix: 'INFO: task ', with: " can't die ", kind: 'hung-task', symbol: 'trace', read: hungTask },
  // kernel/workqueue.c, wq_watchdog_timer_fn(): since 4.5
  {
    prefix: 'BUG: workqueue lockup - ',
    kind: 'workqueue-stall',
    name: 'workqueue-stall',
    symbol: 'none',
    bare: true,
  },
]
