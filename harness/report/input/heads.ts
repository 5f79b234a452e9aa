import { head, whole, type Anchor } from './anchor.ts'

const TAINT = '(?:Not tainted|Tainted: [A-Z ]{1,40})'
const TASK = '\\S{1,40}[:/]\\d{1,8}'

/**
 * The first lines of crashes, as harness/report/crash/families knows them, with a word more: two of them in one line, or
 * one and a line of its body, are a log that was made one line of. All versions from 4.4 on unless said otherwise.
 */
export const HEADS: readonly Anchor[] = [
  // kernel/sched/core.c, __might_resched(), __cant_sleep(), __cant_migrate(), __schedule_bug()
  whole('BUG: s', 'BUG: sleeping function called from invalid context at \\S{1,200}:\\d{1,6}'),
  whole('BUG: s', 'BUG: scheduling while atomic: \\S{1,40}/\\d{1,8}/0x[0-9a-f]{8}'),
  head('BUG: assuming ', '(?:atomic|non migratable) context at \\S'),
  whole('bad: scheduling from', 'bad: scheduling from the idle thread!'),
  // kernel/locking/spinlock_debug.c
  whole('BUG: ', `BUG: (?:spin|rw)lock [a-z -]{3,40} on CPU#\\d{1,4}, ${TASK}`),
  // kernel/watchdog.c; `NMI watchdog: ` until 4.12; watchdog_hld.c, and the buddy since 6.5
  whole('BUG: soft lockup', `BUG: soft lockup - CPU#\\d{1,4} stuck for \\d{1,6}s! \\[[^\\]]{1,40}\\]`),
  whole('watchdog: BUG', `watchdog: BUG: soft lockup - CPU#\\d{1,4} stuck for \\d{1,6}s! \\[[^\\]]{1,40}\\]`),
  whole(
    'NMI watchdog: BUG',
    `NMI watchdog: BUG: soft lockup - CPU#\\d{1,4} stuck for \\d{1,6}s! \\[[^\\]]{1,40}\\]`,
  ),
  whole('Watchdog detected', 'Watchdog detected hard LOCKUP on cpu \\d{1,4}'),
  whole('watchdog: ', 'watchdog: (?:CPU\\d{1,4}: )?Watchdog detected hard LOCKUP on cpu \\d{1,4}'),
  whole('NMI watchdog: W', 'NMI watchdog: Watchdog detected hard LOCKUP on cpu \\d{1,4}'),
  // kernel/rcu/tree_stall.h (tree.c until 5.1), tree_exp.h, tasks.h; `rcu: ` since 4.20
  head('INFO: rcu', '\\w{0,40} (?:self-)?detected (?:expedited )?stalls?'),
  head('rcu: INFO: rcu', '\\w{0,40} (?:self-)?detected (?:expedited )?stalls?'),
  // kernel/hung_task.c, check_hung_task()
  whole(
    'INFO: task ',
    `INFO: task \\S{1,40}:\\d{1,8} (?:blocked|can't die|blocked in I/O wait) for more than \\d{1,8} seconds\\.`,
  ),
  // kernel/workqueue.c
  head('BUG: workqueue ', '(?:lockup - pool|leaked )'),
  head('BUG: workqueue: ', '\\S{1,80} leaked '),
  // kernel/locking/lockdep.c: the middle line of its boxes, `[ BUG: … ]` and `[ INFO: … ]` in brackets
  ...['WARNING: ', 'INFO: ', 'BUG: ', '[ BUG: ', '[ INFO: '].map(mark =>
    head(
      mark,
      '(?:possible (?:circular|recursive) locking|possible irq lock inversion|inconsistent lock state|bad unlock balance|' +
        'bad contention|Nested lock was not|held lock freed|lock held (?:at|when)|Invalid wait context|suspicious RCU usage|' +
        '(?:HARD|SOFT)IRQ-(?:READ-)?safe ->|\\S{1,40} still has locks held|trying to register non-static|circular locking deadlock)',
    ),
  ),
  head('BUG: MAX_', '[A-Z_]{4,30} too low!'),
  // mm: bad_page(), print_bad_pte(), unaccount_page_cache_page(); check_mm(); warn_alloc(), oom_kill.c, without the comm
  whole(
    'BUG: Bad page',
    'BUG: Bad page (?:state|map|cache) in process \\S{1,40} {1,2}p(?:fn|te):[0-9a-f]{1,16}',
  ),
  head('BUG: Bad rss-counter state', ' mm:'),
  head('BUG: non-zero ', '\\w{4,40} on freeing mm'),
  head('BUG: memory leak', '(?= unreferenced object 0x)'),
  head('Out of memory: Kill', '(?:ed)? process \\d'),
  head('Memory cgroup out of memory: Kill', '(?:ed)? process \\d'),
  // mm/slub.c, slab_bug(); mm/slab.c until 6.7; mm/page_poison.c, check_poison_mem(), mostly without what is behind it
  head('BUG ', `\\S{1,64} \\(${TAINT}\\): `),
  head('slab error in ', '\\w{3,60}\\(\\): cache'),
  head('pagealloc: ', '(?:memory corruption|single bit error)'),
  // mm/usercopy.c, usercopy_abort(); lib/string_helpers.c, __fortify_panic(): their BUG comes below
  head('usercopy: Kernel memory ', '(?:exposure|overwrite) attempt detected '),
  whole('detected buffer overflow', 'detected buffer overflow in \\w{3,40}'),
  // lib/ubsan.c, ubsan_prologue(); lib/smp_processor_id.c; fs/dcache.c; net/core/dev.c
  whole('UBSAN: ', 'UBSAN: [\\w -]{4,60} in \\S{1,200}:\\d{1,6}(?::\\d{1,6})?'),
  head('BUG: using ', '\\S{3,60} in preemptible'),
  head('BUG: Dentry ', '\\S{1,40}\\{'),
  head('unregister_netdevice: waiting for ', '\\S{1,64} to become free'),
  // arch/arm64: mm/fault.c, do_sea(), do_mem_abort(); kernel/traps.c; entry-common.c, __panic_unhandled() since 5.13
  head('Synchronous External Abort: ', '[a-z (),0-9-]{4,60}\\(0x[0-9a-f]{8,16}\\)'),
  head('Unhandled fault: ', '[a-zA-Z (),0-9-]{4,60}\\(0x[0-9a-f]{3,16}\\)'),
  head('Unhandled ', '(?:32|64)-bit el\\d\\w? \\w{3,8} exception on CPU\\d'),
  head('Unhandled prefetch abort: ', '[a-z (),0-9-]{4,60}\\(0x'),
  whole('Insufficient stack', 'Insufficient stack space to handle exception!'),
  // arch/x86, arch/powerpc, arch/riscv
  head('BUG: kernel NULL pointer dereference', ', address: [0-9a-f]{8}'),
  head('BUG: Kernel NULL pointer dereference', ' (?:on|at) '),
  head('BUG: unable to handle ', '(?:kernel|page fault)[a-zA-Z ]{1,50}(?: at|: )'),
  head('BUG: Unable to handle kernel ', '[a-zA-Z ]{4,60} at 0x'),
  head('BUG: ', '(?:IRQ |TASK )?stack guard page was hit at '),
  head('PANIC: double fault', ', error_code: 0x'),
  head('traps: PANIC: double fault', ', error_code: 0x'),
  head('general protection fault', '[^[]{0,120}\\[#\\d'),
  head('invalid opcode: ', '\\d{4} \\[#\\d'),
  head('Oops', '(?::|:? -)? ?[\\w ,:-]{0,100}\\[#\\d'),
  head('Kernel BUG ', '(?:\\[#\\d|at [^\\s!]{1,200})'),
]
