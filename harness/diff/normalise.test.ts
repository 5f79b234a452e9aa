import t from 'tap'
import { stableLines, stableMessage } from './normalise.ts'
import { takesLinearTime } from '../linear.ts'

/** Two messages of kernels that did the same. */
const same: [string, string][] = [
  ['init (44): drop_caches: 3', 'init (1050): drop_caches: 3'],
  ['udevd[12]: starting', 'udevd[13]: starting'],
  [
    'CPU: 0 PID: 8 Comm: kworker/u4:0 Not tainted 6.1.192 #1',
    'CPU: 1 PID: 19 Comm: kworker/1:2H Not tainted 6.1.192 #1',
  ],
  [
    'e6e88000.serial: ttySC0 at MMIO 0xe6e88000 (irq = 15, base_baud = 0)',
    'e6e88000.serial: ttySC0 at MMIO 0xe6e88000 (irq = 23, base_baud = 0)',
  ],
  ['Memory: 3910268K/4063232K available', 'Memory: 3910716K/4063232K available'],
  ['Freeing unused kernel memory: 640K', 'Freeing unused kernel memory: 1024K'],
  ['iommu: Default domain type: Translated ', 'iommu: Default domain type: Translated'],
  ['stack limit = 0x(____ptrval____)', 'stack limit = 0x(____ptrval____)'],
  ['queue at 00000000a1b2c3d4', 'queue at 00000000deadbeef'],
  ['table ffffff84c0148000', 'table ffff0004c0084000'],
  [
    'Calibrating delay loop (skipped).. 125.00 BogoMIPS (lpj=250000)',
    'Calibrating delay loop (skipped).. 48.12 BogoMIPS (lpj=96240)',
  ],
  ['dmaspec: 583fd5a29cea259183d54c6a051f1f12 done', 'dmaspec: 9162482991660ac534c8a91d44d56213 done'],
  ['Linux version 6.1.192 (a@b) #1', 'Linux version 6.12.117 (c@d) #2'],
  ['a buffer at 0x500148000', 'a buffer at 0x0000000500c31000'],
  ['a buffer at 0x7bfff000', 'a buffer at 0x48900000'],
  [
    'I/O error, dev sda, sector 0 phys_seg 2 prio class 2',
    'I/O error, dev sda, sector 0 phys_seg 28 prio class 2',
  ],
  ['done after 12 ms', 'done after 1.5 ms'],
]
for (const [a, b] of same) t.test(a, async t => t.equal(stableMessage(a), stableMessage(b)))

/** Two messages that a reviewer must not take for the same. */
const different: [string, string][] = [
  ['a buffer at 0x500148000', 'a buffer at 0x7bfff000'],
  [
    '  DMA      [mem 0x0000000048000000-0x000000007fffffff]',
    '  DMA      [mem 0x0000000048000000-0x00000000ffffffff]',
  ],
  ['ttySC0 at MMIO 0xe6e88000', 'ttySC0 at MMIO 0xe6550000'],
  ['DMA mask 0xffffffff', 'DMA mask 0x7fffffff'],
  ['overflow (mask ffffffff, bus limit 0)', 'overflow (mask 7fffffff, bus limit 0)'],
  [
    'Unhandled fault: status 0x00002402 iova 0xffffe000',
    'Unhandled fault: status 0x00002401 iova 0xffffe000',
  ],
  ['at virtual address 0000000000000040', 'at virtual address 0000000000000038'],
  ['CPU1: Booted secondary processor', 'CPU2: Booted secondary processor'],
  [
    'ata1: SATA link up 3.0 Gbps (SStatus 123 SControl 300)',
    'ata1: SATA link up 1.5 Gbps (SStatus 113 SControl 310)',
  ],
  [
    'sata_rcar ee300000.sata: Adding to iommu group 0',
    'sata_rcar ee300000.sata: Removing from iommu group 0',
  ],
]
for (const [a, b] of different)
  t.test(`${a} and another`, async t => t.not(stableMessage(a), stableMessage(b)))

t.test('a stable message is its own stable message', async t => {
  for (const message of [...same, ...different].flat())
    t.equal(stableMessage(stableMessage(message)), stableMessage(message))
})

t.test('time stamps and caller ids go; a busy host says nothing of a kernel', async t => {
  const stable = (raw: string) => stableLines(raw).map(line => line.stable)
  t.same(stable('[    0.485112][    T1] iommu: one'), stable('<6>[   12.000001] iommu: one'))
  t.same(stable('[    1.646971] hrtimer: interrupt took 28325712 ns'), [])
  t.same(stable('[    1.0] '), [])
  t.same(stable('printed by [    1.000000] a kernel'), ['printed by', 'a kernel'])
})

t.test('what a guest prints takes linear time', async t => {
  const pieces = [
    '0x',
    'f',
    'ffff',
    '0x1',
    'pid ',
    'kworker/',
    '12 ',
    '1.',
    '(1',
    'a(',
    '[mem ',
    'CPU#1',
    '____ptrval',
    'mask ',
  ]
  for (const piece of pieces) {
    const read = (length: number) => stableLines(piece.repeat(length / piece.length))
    takesLinearTime(t, JSON.stringify(piece), read, 125_000)
  }
})
