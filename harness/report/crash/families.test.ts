import t from 'tap'
import { parseConsole } from '../parse.ts'
import { OOPS_KINDS, type OopsKind } from '../report.ts'
import { FAMILIES, familyOf } from './families.ts'

const TRACE = ['Call trace:', ' dump_stack+0x1/0x8', ' culprit+0x10/0x20', ' ret_from_fork+0x10/0x20']
const DEATH = [
  'CPU: 1 PID: 7 Comm: sh Not tainted 6.1.192 #1',
  'pc : culprit+0x10/0x20',
  'lr : caller+0x4/0x8',
  ...TRACE,
  'Code: aa0003f3 97ffeb1a d1002274 f85f8261 (f9401c20)',
  '---[ end trace 0000000000000000 ]---',
]

/** First lines as the kernel prints them, and what is said of them; ` in culprit` where a symbol is named. */
const HEADS: readonly [OopsKind, title: string, ...lines: string[]][] = [
  [
    'null-deref',
    'null-deref in culprit',
    'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000038',
  ],
  ['null-deref', 'null-deref in culprit', 'BUG: kernel NULL pointer dereference, address: 0000000000000038'],
  [
    'null-deref',
    'null-deref in culprit',
    'BUG: unable to handle kernel NULL pointer dereference at           (null)',
  ],
  [
    'paging-fault',
    'paging-fault in culprit',
    'Unable to handle kernel paging request at virtual address ffff8000deadbeef',
  ],
  [
    'paging-fault',
    'paging-fault in culprit',
    'Unable to handle kernel write to read-only memory at virtual address ffff800008010000',
  ],
  [
    'paging-fault',
    'paging-fault in culprit',
    'Unable to handle kernel execute from non-executable memory at virtual address ffff800008010000',
  ],
  [
    'paging-fault',
    'paging-fault in culprit',
    'Unable to handle kernel access to user memory outside uaccess routines at virtual address 0000ffff91a3e000',
  ],
  [
    'paging-fault',
    'paging-fault in culprit',
    'BUG: unable to handle page fault for address: ffffed1021a3e000',
  ],
  [
    'alignment',
    'alignment in culprit',
    'Unhandled fault: alignment fault (0x96000021) at 0xffff80000a3e0001',
  ],
  [
    'external-abort',
    'external-abort in culprit',
    'Unhandled fault: imprecise external abort (0x1406) at 0x00000000',
  ],
  [
    'external-abort',
    'external-abort in culprit',
    'Internal error: synchronous external abort: 0000000096000210 [#1] PREEMPT SMP',
  ],
  ['serror', 'serror in culprit', 'SError Interrupt on CPU2, code 0x00000000bf000002 -- SError'],
  ['serror', 'serror in culprit', 'Bad mode in Error handler detected on CPU1, code 0xbf000000 -- SError'],
  [
    'internal-error',
    'unhandled exception in culprit',
    'Unhandled 64-bit el1h sync exception on CPU0, ESR 0x0000000002000000 -- Unknown/Uncategorized',
  ],
  [
    'undefined-instruction',
    'undefined-instruction in culprit',
    'Internal error: Oops - Undefined instruction: 0000000002000000 [#1] PREEMPT SMP',
  ],
  ['bti', 'bti in culprit', 'Internal error: Oops - BTI: 0000000036000001 [#1] PREEMPT SMP'],
  ['bti', 'fpac in culprit', 'Internal error: Oops - FPAC: 0000000072000000 [#1] PREEMPT SMP'],
  [
    'ubsan',
    'ubsan: array index out of bounds in culprit',
    'Internal error: UBSAN: array index out of bounds: 00000000f2005512 [#1] SMP',
  ],
  ['other', 'cfi failure in culprit', 'Internal error: Oops - CFI: 00000000f2008232 [#1] SMP'],
  [
    'internal-error',
    'general protection fault in culprit',
    'general protection fault, probably for non-canonical address 0xdffffc0000000001: 0000 [#1] SMP KASAN',
  ],
  ['bug', 'bug in culprit', 'kernel BUG at lib/list_debug.c:32!'],
  [
    'bug',
    'bug: list_add corruption in culprit',
    'list_add corruption. prev->next should be next',
    '------------[ cut here ]------------',
    'kernel BUG at lib/list_debug.c:32!',
  ],
  ['warning', 'warning in culprit', 'WARNING: CPU: 1 PID: 7 at mm/a.c:12 culprit+0x10/0x20'],
  [
    'warning',
    'warning: refcount bug in culprit',
    '------------[ cut here ]------------',
    'refcount_t: underflow; use-after-free.',
    'WARNING: CPU: 1 PID: 7 at lib/refcount.c:28 refcount_warn_saturate+0xa0/0x144',
  ],
  [
    'warning',
    'warning: refcount bug in culprit',
    'WARNING: lib/refcount.c:28 at refcount_warn_saturate+0xa0/0x144, CPU#1: kworker/u16:5/63',
    'refcount_t: underflow; use-after-free.',
  ],
  [
    'kasan',
    'kasan: slab-out-of-bounds write in culprit',
    'BUG: KASAN: slab-out-of-bounds in culprit+0x10/0x20',
    'Write of size 8 at addr ffffff84c26a9000 by task sh/7',
  ],
  [
    'kasan',
    'kasan: use-after-free read in culprit',
    'BUG: KASAN: use-after-free in memcpy+0x10/0x20',
    'Read of size 8 at addr ffffff84c26a9000 by task sh/7',
  ],
  ['kasan', 'kasan: double-free in culprit', 'BUG: KASAN: double-free in kfree+0x10/0x20'],
  [
    'kfence',
    'kfence: use-after-free read in culprit',
    'BUG: KFENCE: use-after-free read in culprit+0x10/0x20',
  ],
  [
    'kcsan',
    'kcsan: data-race in culprit / other',
    'BUG: KCSAN: data-race in culprit+0x1/0x2 / other+0x3/0x4',
  ],
  ['ubsan', 'ubsan: shift-out-of-bounds in culprit', 'UBSAN: shift-out-of-bounds in drivers/a.c:12:3'],
  [
    'lockdep',
    'lockdep: possible circular locking dependency in culprit',
    'WARNING: possible circular locking dependency detected',
  ],
  [
    'lockdep',
    'lockdep: possible recursive locking in culprit',
    '[ INFO: possible recursive locking detected ]',
  ],
  ['lockdep', 'lockdep: invalid wait context in culprit', '[ BUG: Invalid wait context ]'],
  ['lockdep', 'lockdep: locks still held in culprit', 'WARNING: init/1 still has locks held!'],
  [
    'atomic-sleep',
    'sleeping in atomic in culprit',
    'BUG: sleeping function called from invalid context at mm/slab.h:494',
  ],
  ['atomic-sleep', 'scheduling while atomic in culprit', 'BUG: scheduling while atomic: sh/7/0x00000002'],
  ['soft-lockup', 'soft-lockup in culprit', 'watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [sh:7]'],
  ['hard-lockup', 'hard-lockup in culprit', 'watchdog: CPU0: Watchdog detected hard LOCKUP on cpu 1'],
  ['rcu-stall', 'rcu-stall: self-detected in culprit', 'rcu: INFO: rcu_preempt self-detected stall on CPU'],
  [
    'rcu-stall',
    'rcu-stall: detected in culprit',
    'INFO: rcu_sched detected stalls on CPUs/tasks: { 1} (detected by 0, t=2102 jiffies, g=84543, c=84542, q=6)',
  ],
  [
    'rcu-stall',
    'rcu-stall: expedited in culprit',
    'rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 1-.... } 21 jiffies s: 57 root: 0x2/.',
  ],
  ['hung-task', 'hung-task in culprit', 'INFO: task kworker/u8:0:7 blocked for more than 143 seconds.'],
  [
    'workqueue-stall',
    'workqueue-stall',
    'BUG: workqueue lockup - pool cpus=1 node=0 flags=0x0 nice=0 stuck for 30s!',
  ],
  ['corruption', 'corruption: bad page state in culprit', 'BUG: Bad page state in process sh  pfn:1b317b'],
  [
    'corruption',
    'corruption: Poison overwritten in culprit',
    'BUG kmalloc-64 (Not tainted): Poison overwritten',
  ],
  [
    'oom',
    'oom: out of memory',
    'sh invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO), order=0, oom_score_adj=0',
  ],
  [
    'oom',
    'oom: page allocation failure in culprit',
    'sh: page allocation failure: order:4, mode:0x40cc0(GFP_KERNEL|__GFP_COMP), nodemask=(null)',
  ],
  ['stack-overflow', 'stack-overflow in culprit', 'Insufficient stack space to handle exception!'],
  [
    'panic',
    'panic: VFS: Unable to mount root fs on unknown-block(0,0)',
    'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
  ],
  [
    'panic',
    'panic: stack-protector: Kernel stack is corrupted in: culprit',
    'Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: culprit+0x10/0x20',
  ],
]

for (const [kind, title, ...lines] of HEADS) {
  t.test(lines.at(-1)?.slice(0, 60) ?? '', async t => {
    const { oopses } = parseConsole([...lines, ...DEATH])
    t.same(
      oopses.map(({ kind, title, damage }) => ({ kind, title, damage })),
      [{ kind, title, damage: [] }],
    )
  })
}

t.test('every kind but one has an example', async t => {
  const shown = new Set(HEADS.map(([kind]) => kind))
  // `reboot` is no line that a kernel prints
  t.same(
    OOPS_KINDS.filter(kind => !shown.has(kind)),
    ['reboot'],
  )
})

t.test('no row hides another one that has the same prefix', async t => {
  for (const [i, row] of FAMILIES.entries()) {
    const earlier = FAMILIES.slice(0, i).find(
      other => row.prefix.startsWith(other.prefix) && other.with === undefined && other.without === undefined,
    )
    t.equal(earlier?.prefix, undefined, row.prefix)
  }
})

const innocent = [
  'INFO: lockdep is turned off.',
  'INFO: NMI handler (perf_event_nmi_handler) took too long to run: 1.768 msecs',
  'WARNING: the mand mount option is being deprecated and will be removed',
  'EXT4-fs: Warning: mounting with an experimental mount option',
  'traps: a.out[123] general protection fault ip:55d0 sp:7ffc error:0 in a.out[55d0+1000]',
  'a.out[123]: unhandled level 2 translation fault (11) at 0x00000000, esr 0x92000006, in a.out[400000+1000]',
  'watchdog: CPU0: enabled',
  'Oops: no such file',
  'BUG: see the documentation',
  'rcu: INFO: rcu_tasks grace period is 4 jiffies',
  'Unhandled fault: status 0x00001502 iova 0xfe000000',
  'Internal error: disk full',
  'kfence: initialized - using 2097152 bytes for 255 objects',
  'SError: card did not answer',
]
for (const line of innocent) t.test(line.slice(0, 60), async t => t.equal(familyOf(line), null))
