import t from 'tap'
import { readRegisters } from './registers.ts'
import { takesLinearTime } from '../../linear.ts'

const rows: [string, [string, bigint][] | null][] = [
  // arm64
  [
    'x29: ffff80001234fd10 x28: 0000000000000000 ',
    [
      ['x29', 0xffff80001234fd10n],
      ['x28', 0n],
    ],
  ],
  [
    'x2 : 0000000000000001 x1 : ffff000012340000 x0 : 0000000000000003',
    [
      ['x2', 1n],
      ['x1', 0xffff000012340000n],
      ['x0', 3n],
    ],
  ],
  [' x1 : 0000000000000003 ', [['x1', 3n]]],
  ['sp : ffff80001234fd10', [['sp', 0xffff80001234fd10n]]],
  ['pstate: 60000005 (nZCv daif -PAN -UAO -TCO -DIT -SSBS BTYPE=--)', [['pstate', 0x60000005n]]],
  ['pmr_save: 000000e0', [['pmr_save', 0xe0n]]],
  [
    'pc : [<ffff0000084d6324>] lr : [<ffff0000084d62f8>] pstate: 60000145',
    [
      ['pc', 0xffff0000084d6324n],
      ['lr', 0xffff0000084d62f8n],
      ['pstate', 0x60000145n],
    ],
  ],
  ['lr :           (null)', [['lr', 0n]]],
  ['pc : 0xffff00008340a200', [['pc', 0xffff00008340a200n]]],
  ['lr : 0x0', [['lr', 0n]]],
  ['pc : (____ptrval____) lr : (ptrval) pstate: 20000005', [['pstate', 0x20000005n]]],
  ['pc : ipmmu_domain_free+0x1c/0xa0', null],
  ['lr : (____ptrval____)', null],
  // Cut short, or run into another line
  ['x29: ffff80001234fd10 x28: 00000000', [['x29', 0xffff80001234fd10n]]],
  ['x29: ffff80001234fd10 x28:', [['x29', 0xffff80001234fd10n]]],
  ['x29: ffff80001234fd1', null],
  ['x29: ffff80001234fd100', null],
  ['x29: ffff80001234fd10z', null],
  ['x29: ffff80001234fd10 Call trace:', [['x29', 0xffff80001234fd10n]]],
  // arm32
  [
    'pc : [<c0123456>]    lr : [<c0123400>]    psr: 600f0013',
    [
      ['pc', 0xc0123456n],
      ['lr', 0xc0123400n],
      ['psr', 0x600f0013n],
    ],
  ],
  [
    'sp : df95dd80  ip : 00000000  fp : df95dd9c',
    [
      ['sp', 0xdf95dd80n],
      ['ip', 0n],
      ['fp', 0xdf95dd9cn],
    ],
  ],
  [
    'r10: c1004e48  r9 : 00000000  r8 : df95ddf8',
    [
      ['r10', 0xc1004e48n],
      ['r9', 0n],
      ['r8', 0xdf95ddf8n],
    ],
  ],
  [' r10:8336a068 r9:00000000 r8:83369b00 r7:00000013', null],
  // x86
  [
    'RAX: 0000000000000000 RBX: ffff8801d96f3800 RCX: 1ffffffff10ea5ed',
    [
      ['RAX', 0n],
      ['RBX', 0xffff8801d96f3800n],
      ['RCX', 0x1ffffffff10ea5edn],
    ],
  ],
  [
    'RSP: 002b:00007ffdf746b148 EFLAGS: 00000217 ORIG_RAX: 00000000000000e9',
    [
      ['RSP', 0x7ffdf746b148n],
      ['EFLAGS', 0x217n],
      ['ORIG_RAX', 0xe9n],
    ],
  ],
  [
    'FS:  00007f734d9f66c0(0000) GS:ffff88806a900000(0063) knlGS:0000000000000000',
    [
      ['FS', 0x7f734d9f66c0n],
      ['GS', 0xffff88806a900000n],
      ['knlGS', 0n],
    ],
  ],
  [
    'CS:  0010 DS: 002b ES: 002b CR0: 0000000080050033',
    [
      ['CS', 0x10n],
      ['DS', 0x2bn],
      ['ES', 0x2bn],
      ['CR0', 0x80050033n],
    ],
  ],
  [
    'CR2: ffffffffffffffd6 CR3: 00000001b5858000 CR4: 00000000001406e0',
    [
      ['CR2', 0xffffffffffffffd6n],
      ['CR3', 0x1b5858000n],
      ['CR4', 0x1406e0n],
    ],
  ],
  [
    'EAX: c1234567 EBX: 00000000 ECX: 00000001 EDX: f5a3c000',
    [
      ['EAX', 0xc1234567n],
      ['EBX', 0n],
      ['ECX', 1n],
      ['EDX', 0xf5a3c000n],
    ],
  ],
  ['RIP: 0010:          (null)', [['RIP', 0n]]],
  ['RIP: 0033:0x46bfff', [['RIP', 0x46bfffn]]],
  ['RIP: 0010:[<ffffffff81234567>]  [<ffffffff81234567>] foo+0x1/0x2', [['RIP', 0xffffffff81234567n]]],
  ['RIP: 0010:foo+0x1c/0xa0', null],
  // No registers
  ['', null],
  ['   ', null],
  ['x31: 0000000000000000', null],
  ['x1', null],
  ['x1 0000000000000000', null],
  ['CPU: 0 PID: 1 Comm: swapper', null],
  ['sp: 1', null],
  ['constructor: 0000000000000000', null],
]
for (const [text, registers] of rows) {
  t.test(JSON.stringify(text), async t => t.same(readRegisters(text), registers))
}

t.test('nonsense costs no time', async t => {
  for (const part of [' ', 'x1: ', 'x1 : 0000000000000000 ', '0', '[<', 'x', ':', 'RSP: 0018:']) {
    const read = (length: number) => {
      readRegisters(part.repeat(length / part.length))
      readRegisters(`x1: ${part.repeat(length / part.length)}`)
    }
    takesLinearTime(t, part, read, 2e5)
  }
  t.equal(readRegisters('x1 : 0000000000000000 '.repeat(1e4))?.length, 32, 'as many as are kept')
})
