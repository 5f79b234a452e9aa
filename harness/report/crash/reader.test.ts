import t from 'tap'
import { THE_REPORT } from '../consoles.ts'
import { readLine } from '../input/line.ts'
import { OopsReader } from './reader.ts'
import { parseConsole } from '../parse.ts'

const warning = [
  '------------[ cut here ]------------',
  'WARNING: CPU: 3 PID: 7 at drivers/x/y.c:12 x_probe+0x4/0x8',
  'CPU: 3 PID: 7 Comm: swapper/0 Tainted: G        W          6.1.192 #1',
  'Hardware name: board (DT)',
  'pc : x_probe+0x4/0x8',
  'Call trace:',
  ' x_probe+0x4/0x8',
  '---[ end trace 0000000000000000 ]---',
]

t.test('a warning is an entry, but ends no boot', async t => {
  const reader = new OopsReader()
  t.same(warning.map((line, i) => reader.line(readLine(line, i + 1))).filter(Boolean), [])
  t.match(reader.oopses(), [
    { kind: 'warning', title: 'warning in x_probe', line: 2, cpu: 3, pid: 7, tainted: 'G W', ended: true },
  ])
  t.equal(reader.oopses().length, 1)
})

t.test("7.0's warning", async t => {
  const [oops, ...others] = parseConsole([
    'WARNING: drivers/x/y.c:12 at x_probe+0x2c4/0x330 [mod], CPU#2: kworker/u16:5/63',
    'CPU: 2 UID: 0 PID: 63 Comm: kworker/u16:5 Kdump: loaded Tainted: G        W           7.0.0-rc3+ #1 PREEMPT(full)',
    'Tainted: [W]=WARN',
    '---[ end trace 0000000000000000 ]---',
  ]).oopses
  t.match(oops, {
    kind: 'warning',
    title: 'warning in x_probe',
    cpu: 2,
    pid: 63,
    comm: 'kworker/u16:5',
    tainted: 'G W',
  })
  t.same(others, [])
})

t.test('an oops ends at its end line, not at that of a warning inside it', async t => {
  const reader = new OopsReader()
  const lines = [...THE_REPORT.slice(0, -1), ...warning, ...THE_REPORT.slice(-1)]
  const events = lines.map((line, i) => reader.line(readLine(line, i + 1)))
  t.equal(events.indexOf('oops-end'), lines.length - 1)
  t.same(
    reader.oopses().map(oops => [oops.title, oops.ended]),
    [
      ['null-deref in ipmmu_domain_free', true],
      ['warning in x_probe', true],
    ],
  )
})

t.test('a warning that an oops cut short does not swallow its end', async t => {
  const reader = new OopsReader()
  const lines = [...warning.slice(0, 3), ...THE_REPORT]
  t.ok(lines.some((line, i) => reader.line(readLine(line, i + 1)) === 'oops-end'))
})

t.test('crashes of two tasks are told apart by their caller ids', async t => {
  const other = THE_REPORT.map(line => line.replaceAll('ipmmu_domain_free', 'other').replace('0038', '0040'))
  const lines = THE_REPORT.flatMap((line, i) => [
    `[    1.000000][   T51] ${line}`,
    `[    1.000000][    C2] ${other[i]}`,
  ])
  t.same(
    parseConsole(lines).oopses.map(oops => [oops.title, oops.address, oops.callTrace.length]),
    [
      ['null-deref in ipmmu_domain_free', 0x38n, 4],
      ['null-deref in other', 0x40n, 4],
    ],
  )
})

const kinds = [
  {
    line: 'Unable to handle kernel paging request at virtual address ffff8000deadbeef',
    kind: 'paging-fault',
  },
  {
    line: 'Unable to handle kernel write to read-only memory at virtual address ffff800008010000',
    kind: 'paging-fault',
  },
  { line: 'kernel BUG at lib/list_debug.c:32!', kind: 'bug' },
  { line: 'Internal error: Oops - BUG: 00000000f2000800 [#1] PREEMPT SMP', kind: 'bug' },
  {
    line: 'Internal error: Oops - Undefined instruction: 0000000002000000 [#1] SMP',
    kind: 'undefined-instruction',
  },
  { line: 'SError Interrupt on CPU2, code 0x00000000bf000002 -- SError', kind: 'serror' },
] as const
for (const { line, kind } of kinds) {
  t.test(line, async t => {
    const [oops, ...others] = parseConsole([
      line,
      'Internal error: Oops: 1 [#1] SMP',
      'pc : f+0x0/0x8',
    ]).oopses
    t.equal(oops?.kind, kind)
    t.equal(oops?.ended, false)
    // A second `Internal error:` is a second crash; after the fault's own line it is the same one.
    t.equal(others.length, line.startsWith('Internal') ? 1 : 0)
  })
}

t.test('two oopses are two entries', async t => {
  t.equal(parseConsole([...THE_REPORT, ...THE_REPORT]).oopses.length, 2)
})

t.test('a panic is an entry only if nothing crashed before', async t => {
  const panic = [
    'Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b',
    'CPU: 0 PID: 1 Comm: init Not tainted 6.1.192 #1',
    'Call trace:',
    ' panic+0x4/0x8',
    '---[ end Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b ]---',
  ]
  t.match(parseConsole(panic).oopses, [
    { kind: 'panic', title: 'panic: Attempted to kill init! exitcode=0x0000000b', pid: 1, ended: true },
  ])
  t.same(parseConsole(panic).oopses[0]?.callTrace.length, 1)
  const [oops, ...more] = parseConsole([...THE_REPORT, ...panic]).oopses
  t.same(more, [])
  t.match(oops, { kind: 'null-deref', panic: 'Attempted to kill init! exitcode=0x0000000b' })
})

t.test('where KASAN’s own check of NULL faults, the address is the one that was checked', async t => {
  const [oops, ...more] = parseConsole([
    'Unable to handle kernel paging request at virtual address dfffffc000000008',
    'KASAN: null-ptr-deref in range [0x0000000000000040-0x0000000000000047]',
    'Internal error: Oops: 0000000096000004 [#1] PREEMPT SMP',
    'pc : ipmmu_domain_free+0x4c/0x390',
    '---[ end trace 0000000000000000 ]---',
  ]).oopses
  t.match(oops, { kind: 'null-deref', title: 'null-deref in ipmmu_domain_free', address: 0x40n, ended: true })
  t.same(more, [])
})

t.test('what KASAN and lockdep find is a crash and a warning; both go on without an end line', async t => {
  const { oopses } = parseConsole([
    '==================================================================',
    'BUG: KASAN: use-after-free in ipmmu_unmap+0x20/0x48',
    'Read of size 8 at addr ffffff84c26a9000 by task sh/1',
    'CPU: 1 PID: 1 Comm: sh Not tainted 6.1.192 #1',
    'Call trace:',
    ' ipmmu_unmap+0x20/0x48',
    '======================================================',
    'WARNING: possible circular locking dependency detected',
    'BUG: sleeping function called from invalid context at mm/page_alloc.c:1',
  ])
  t.match(oopses, [
    {
      kind: 'kasan',
      title: 'kasan: use-after-free read in ipmmu_unmap',
      comm: 'sh',
      callTrace: [{ symbol: 'ipmmu_unmap' }],
    },
    { kind: 'lockdep', title: 'lockdep: possible circular locking dependency' },
    { kind: 'atomic-sleep', title: 'sleeping in atomic' },
  ])
})

const innocent = [
  'Unhandled fault: status 0x00001502 iova 0xfe000000',
  'ata1.00: exception Emask 0x0 SAct 0x0 SErr 0x0 action 0x6 frozen',
  'WARNING: the mand mount option is deprecated',
  'systemd[1]: Internal error',
  'debug: kernel BUG at home',
  '---[ end trace 0000000000000000 ]---',
  'EXT4-fs: Unable to handle kernel',
]
t.test('words like BUG and Oops in innocent lines are no crash', async t => {
  t.same(parseConsole(innocent.map((line, i) => `[    0.00000${i}] ${line}`)).oopses, [])
})

t.test('old formats: PC is at, frames with addresses', async t => {
  const [oops] = parseConsole([
    'Unable to handle kernel NULL pointer dereference at virtual address 00000008',
    'Internal error: Oops: 96000006 [#1] PREEMPT SMP',
    'PC is at f+0x10/0x20',
    'LR is at g+0x4/0x8 [mod]',
    'Call trace:',
    '[<ffffff80081234>] f+0x10/0x20',
    '[<ffffff80081238>] ? h.isra.3+0x10/0x20 [mod]',
    '---[ end trace b6ba7bdc9a2cd8bf ]---',
  ]).oopses
  t.match(oops, { title: 'null-deref in f', address: 8n, lr: { symbol: 'g' }, ended: true })
  t.same(
    oops?.callTrace.map(frame => frame.symbol),
    ['f', 'h.isra.3'],
  )
})
