import t from 'tap'
import { THE_REPORT } from '../consoles.ts'
import { messagesOf } from './collapsed.ts'

t.test('the report on one line, as an archive has it, is the report', async t => {
  const prose = 'I have bisected the following crash to the above commit:'
  const messages = messagesOf(
    `${prose} ${THE_REPORT.map(line => line.trim()).join(' ')} Reproducing it requires SATA`,
  )
  t.same(messages, [prose, ...THE_REPORT.map(line => line.trim()), 'Reproducing it requires SATA'])
})

t.test('joined pairs', async t => {
  const pairs = [
    [
      'dd invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER), order=0',
      'CPU: 1 PID: 66 Comm: dd Not tainted 6.1.0 #1',
    ],
    ['ravb e6800000.ethernet ethernet: failed to switch device to config mode', 'Mem abort info:'],
    [
      '[0000000000000018] *pgd=00000006962a7003',
      'Internal error: Oops: 96000046 [#1] PREEMPT SMP',
      'Modules linked in:',
    ],
    [
      'PC is at f+0x10/0x20',
      'LR is at g+0x4/0x8 [mod]',
      'pc : [<ffff0000084d6324>] lr : [<ffff0000084d622c>] pstate: 600001c5',
    ],
    [
      '[<ffff0000084d6324>] f+0x138/0x5a0',
      '[<ffff000008699d60>] g+0xa8/0x24c [8021q]',
      'Exception stack(0xffff000027dd3ec0 to 0xffff000027dd4000)',
    ],
    [
      'Code: d37d7c01 d37d7c02 f90037a1 f9445f01 (f822683b)',
      '---[ end trace eabda93d178d5bcb ]---',
      'Kernel panic - not syncing: Fatal exception in interrupt',
    ],
    ['3fe0: 0000000000000000 0000000000000000', '[<ffff0000080832c0>] el0_svc_naked+0x34/0x38'],
    [
      'Call trace:',
      'show_stack (arch/arm64/kernel/stacktrace.c:501) (C)',
      'print_report (mm/kasan/report.c:379 mm/kasan/report.c:482)',
    ],
    [
      'sata_rcar ee300000.sata: Unable to initialize IPMMU context',
      'iommu: Failed to add device ee300000.sata to group 0: -22',
    ],
    [
      'x29: ffff000009c9b990 x28: 0000000000000000',
      'x27: ffff000008dff000 x26: 0000000000000000',
      'x25: ffff000008dff000',
    ],
  ]
  for (const pair of pairs) t.same(messagesOf(pair.join(' ')), pair)
  t.same(
    messagesOf('Mem abort info: > ESR = 0x96000004'),
    ['Mem abort info:', 'ESR = 0x96000004'],
    'a quote mark between',
  )
})

const whole = [
  ...THE_REPORT,
  'pc : [<ffff0000084d6324>] lr : [<ffff0000084d622c>] pstate: 600001c5',
  'x29: ffff800081e23bd0 x28: ffff800080e2d240 x27: ffff0004402d8bc0',
  'WARNING: CPU: 5 PID: 38 at kernel/dma/debug.c:1233 debug_dma_map_sg+0x298/0x300',
  '---[ end Kernel panic - not syncing: Fatal exception in interrupt ]---',
  '#0: ffff00004002a138 ((wq_completion)events){+.+.}-{0:0}, at: process_one_work+0x76c/0x1af8',
  'unwind_backtrace from show_stack+0x10/0x14',
  'I see an Internal error: Oops and a Call trace: what is that?',
  'It says Unable to handle kernel NULL pointer dereference at virtual address 0000000000000038 now',
  'print_report (mm/kasan/report.c:379 mm/kasan/report.c:482)',
  'platform ee300000.sata: Fixed dependency cycle with e67b0000.iommu',
  'The BUG: Bad page state in process is a WARNING: possible recursive locking, says INFO: task hung',
  'I read BUG: sleeping function called from invalid context and scheduling while atomic, with Mem-Info and rcu: INFO',
  'UBSAN: array-index-out-of-bounds in some file, then Out of memory: Killed something',
  'Allocated by task and Freed by task are what KASAN prints after Read of size and the buggy address',
  'Unhandled fault: and Oops: are heads; a watchdog: BUG: soft lockup is, too',
  'rcu: Preemptible hierarchical RCU implementation. rcu: RCU restricting CPUs',
  '==== a title ====',
  'Modules linked in: btusb btrtl btmtk btintel btbcm bluetooth',
]
for (const line of whole) t.test(`one line: ${line}`, async t => t.equal(messagesOf(line), null))
