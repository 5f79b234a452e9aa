import { numberAfter } from '../text.ts'

/** A line after which another stack comes than the crash's own. */
interface StackTitle {
  prefix: string
  /** Must be in the line too. */
  with?: string
  /** Must not be. */
  without?: string
  /** Frames follow at once; else after `Call trace:`. */
  at: 'once' | 'call-trace'
  /** It is the crash's own stack if it has none yet. */
  own?: true
}

const TITLES: readonly StackTitle[] = [
  // mm/kasan/report.c, print_track(); report_generic.c; kfence/report.c, kfence_print_stack()
  { prefix: 'Allocated by task ', at: 'once' },
  { prefix: 'Freed by task ', at: 'once' },
  { prefix: 'allocated by task ', at: 'once' },
  { prefix: 'freed by task ', at: 'once' },
  { prefix: 'rcu_freeing by task ', at: 'once' },
  { prefix: 'Last potentially related work creation:', at: 'once' },
  { prefix: 'Second to last potentially related work creation:', at: 'once' },
  { prefix: 'Last call_rcu():', at: 'once' },
  { prefix: 'Second to last call_rcu():', at: 'once' },
  // mm/slub.c, print_track()
  { prefix: 'Allocated in ', at: 'once' },
  { prefix: 'Freed in ', at: 'once' },
  // mm/page_owner.c
  { prefix: 'page last allocated via ', at: 'once' },
  { prefix: 'page last free ', at: 'once' },
  { prefix: 'page_owner tracks the page as ', at: 'once' },
  // mm/kfence/report.c, kfence_report_error(): the access itself
  { prefix: 'Use-after-free ', with: 'kfence', at: 'once', own: true },
  { prefix: 'Out-of-bounds ', with: 'kfence', at: 'once', own: true },
  { prefix: 'Corrupted memory at ', at: 'once', own: true },
  { prefix: 'Invalid free of ', at: 'once', own: true },
  { prefix: 'Invalid read ', at: 'once', own: true },
  { prefix: 'Invalid write ', at: 'once', own: true },
  // kernel/kcsan/report.c: both sides of a race; the first is taken for the crash's own
  { prefix: 'write', with: ' by ', at: 'once', own: true },
  { prefix: 'read', with: ' by ', at: 'once', own: true },
  { prefix: 'assert no ', with: ' by ', at: 'once', own: true },
  { prefix: 'race at unknown origin', at: 'once', own: true },
  // mm/kmemleak.c: `backtrace (crc 0):` since 6.8
  { prefix: 'backtrace:', at: 'once', own: true },
  { prefix: 'backtrace (crc', at: 'once', own: true },
  // mm/kmsan/report.c
  { prefix: 'Uninit was ', at: 'once' },
  { prefix: 'Local variable ', with: ' created at', at: 'once' },
  // kernel/locking/lockdep.c: the chain, and where locks were taken
  { prefix: '-> #', at: 'once' },
  { prefix: '... key ', at: 'once' },
  { prefix: '... acquired at:', at: 'once' },
  { prefix: '{', with: '-W} state was registered at:', at: 'once' },
  { prefix: '{', with: 'state was registered at:', at: 'once' },
  { prefix: '... which became ', at: 'once' },
  // lib/nmi_backtrace.c, nmi_cpu_backtrace(); kernel/sched/core.c, dump_cpu_task(), sched_show_task() since 5.9 or so
  { prefix: 'NMI backtrace for cpu ', without: ' skipped', at: 'call-trace', own: true },
  { prefix: 'Task dump for CPU ', at: 'call-trace', own: true },
  { prefix: 'task:', with: 'state:', at: 'call-trace', own: true },
  { prefix: 'rcu: RCU grace-period kthread stack dump:', at: 'call-trace' },
  { prefix: 'RCU grace-period kthread stack dump:', at: 'call-trace' },
  { prefix: 'rcu: Stack dump where RCU GP kthread last ran:', at: 'call-trace' },
  { prefix: 'Showing backtraces of running workers', at: 'call-trace' },
]

/** The title that a line is; null for most. */
export function stackTitle(message: string): StackTitle | null {
  const first = message.charCodeAt(0)
  if (!FIRST.has(first)) return null
  return (
    TITLES.find(
      title =>
        message.startsWith(title.prefix) &&
        (title.with === undefined || message.includes(title.with)) &&
        (title.without === undefined || !message.includes(title.without)),
    ) ?? null
  )
}

/** Which CPU and task a title names. */
export function stackOwner(title: string): { cpu: number | null; pid: number | null } {
  return {
    cpu: numberAfter(title.toLowerCase(), ' cpu '),
    pid: numberAfter(title, ' by task ') ?? numberAfter(title.replace(/: {1,8}/g, ':'), ' pid:'),
  }
}

const FIRST = new Set(TITLES.map(({ prefix }) => prefix.charCodeAt(0)))
