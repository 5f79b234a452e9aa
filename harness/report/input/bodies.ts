import { head, whole, type Anchor } from './anchor.ts'

const ADDRESS = '(?:(?:0x)?[0-9a-f]{8,16}|(?:0x)?\\(_{4}ptrval_{4}\\))'

/** What stands below the first line of those crashes. */
export const BODIES: readonly Anchor[] = [
  // The boxes of KASAN, KCSAN, KFENCE, lockdep, slub
  whole('====================', '={20,120}(?= |$)'),
  whole('--------------------', '-{20,120}(?= |$)'),
  // mm/kasan/report.c
  whole('Allocated by task ', 'Allocated by task \\d{1,8}(?: on cpu \\d{1,4} at \\d{1,10}\\.\\d{6}s)?:'),
  whole('Freed by task ', 'Freed by task \\d{1,8}(?: on cpu \\d{1,4} at \\d{1,10}\\.\\d{6}s)?:'),
  head('The buggy address ', '(?:belongs to|is located) [a-z\\d]'),
  whole('Memory state around', 'Memory state around the buggy address:'),
  head('Last potentially related', ' work creation:'),
  // mm/kfence/report.c: the access, and the object's stacks
  whole('Use-after-free ', `Use-after-free (?:read|write) at ${ADDRESS} \\(in kfence-#\\d{1,6}\\):`),
  whole('Out-of-bounds ', `Out-of-bounds (?:read|write) at ${ADDRESS} \\([^()]{4,60} kfence-#\\d{1,6}\\):`),
  head('Corrupted memory at ', ADDRESS),
  whole('Invalid ', `Invalid (?:read|write|free) (?:at|of) ${ADDRESS}(?: \\(in kfence-#\\d{1,6}\\))?:`),
  head('kfence-#', `\\d{1,6}: ${ADDRESS}-`),
  whole(
    'allocated by task ',
    'allocated by task \\d{1,8} on cpu \\d{1,4} at \\d{1,10}\\.\\d{6}s(?: \\([^()]{1,40}\\))?:',
  ),
  whole(
    'freed by task ',
    'freed by task \\d{1,8} on cpu \\d{1,4} at \\d{1,10}\\.\\d{6}s(?: \\([^()]{1,40}\\))?:',
  ),
  // mm/debug.c, __dump_page()
  head('page: ', '(?:refcount:|[0-9a-f]{16} refcount:|[0-9a-f]{16} count:)'),
  head('page:', '[0-9a-f]{16} (?:ref)?count:'),
  head('flags: 0x', '[0-9a-f]{4,16}\\('),
  whole('raw: ', 'raw: [0-9a-f]{16}(?: [0-9a-f]{16}){0,3}'),
  head('page dumped because: ', '\\S'),
  // mm/slub.c
  head('Slab 0x', '[0-9a-f]{8,16} objects=\\d'),
  head('Object 0x', '[0-9a-f]{8,16} @offset='),
  head('FIX ', '\\S{1,64}: [A-Z][a-z]'),
  head('Allocated in ', '\\S{1,200} age='),
  head('Freed in ', '\\S{1,200} age='),
  // lib/hexdump.c
  head('Redzone ', ` ?${ADDRESS}: [0-9a-f]{2} `),
  head('Object ', ` {0,2}${ADDRESS}: [0-9a-f]{2} `),
  head('Padding ', ` ?${ADDRESS}: [0-9a-f]{2} `),
  head('Bytes b4 ', `${ADDRESS}: [0-9a-f]{2} `),
  head('(____ptrval____): ', '[0-9a-f]{2} [0-9a-f]{2} '),
  // kernel/sched/core.c, __might_resched(), sched_show_task(); lib/nmi_backtrace.c
  head('in_atomic(): ', '\\d, irqs_disabled\\(\\): \\d'),
  whole('preempt_count: ', 'preempt_count: [0-9a-f]{1,8}, expected: [0-9a-f]{1,8}'),
  whole('RCU nest depth: ', 'RCU nest depth: \\d{1,4}, expected: \\d{1,4}'),
  head('Preemption disabled at', ':'),
  head('task:', '\\S{1,24} {1,16}state:[A-Z]'),
  head('NMI backtrace for cpu ', '\\d'),
  head('Sending NMI from CPU ', '\\d{1,4} to CPUs '),
  head('Task dump for CPU ', '\\d{1,4}:'),
  whole('"echo 0 > /proc/sys', '"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message\\.'),
  // kernel/rcu/tree_stall.h: `rcu: \t0-...!: (1 GPs behind)`, `rcu: \t(t=5250 jiffies g=1 q=2)`
  head(
    'rcu: ',
    '(?:\\t| {1,8}|Tasks)?(?:\\d{1,4}-[.!?0-9]{2,16}:|\\((?:t=|detected by )|rcu_\\w{3,20} kthread |blocking rcu_)',
  ),
  head('rcu: RCU grace-period kthread stack', ' dump:'),
  // kernel/workqueue.c, show_workqueue_state()
  head('Showing ', '(?:busy workqueues|backtraces of running|all locks held)'),
  head('workqueue ', '\\S{1,40}: flags=0x'),
  head('pwq ', '\\d{1,6}: cpus='),
  head('pending: ', '[\\w.]{3,80}(?: |$)'),
  head('in-flight: ', '\\d{1,8}[:(]'),
  // mm/oom_kill.c, lib/show_mem.c (mm/page_alloc.c until 6.5)
  whole('Mem-Info:', 'Mem-Info:'),
  head('active_anon:', '\\d{1,12} inactive_anon:'),
  head('Node ', '\\d{1,4} (?:active_anon:|DMA|Normal|Movable|hugepages_)'),
  head('Tasks state ', '\\(memory values in pages\\):'),
  head('oom-kill:', 'constraint='),
  head('oom_reaper: ', 'reaped process \\d'),
  // kernel/locking/lockdep.c
  head('irq event stamp: ', '\\d'),
  head('hardirqs last ', ' ?(?:en|dis)abled at \\(\\d'),
  head('softirqs last ', ' ?(?:en|dis)abled at \\(\\d'),
  whole('INFO: lockdep is', 'INFO: lockdep is turned off\\.'),
  // kernel/exit.c, kernel/panic.c, add_taint()
  whole('note: ', 'note: \\S{1,24}\\[\\d{1,8}\\] exited with (?:preempt_count \\d{1,6}|irqs disabled)'),
  whole('Disabling lock', 'Disabling lock debugging due to kernel taint'),
]
