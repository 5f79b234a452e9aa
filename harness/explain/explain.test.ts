import t from 'tap'
import { OOPS_KINDS, type KernelReport } from '../report/report.ts'
import { explain, type ExplainOptions } from './explain.ts'
import { FAMILIES } from './kinds.ts'
import { pageMarkdown } from './markdown.ts'
import { fact, fault, reportOf, theCrash, theMail } from './sample.ts'
import { pageText } from './text.ts'

const shown = (report: KernelReport, options?: ExplainOptions) =>
  pageText(explain(report, options), { width: 100, color: false })

t.test('the report of 2018 comes out as the story that it is', async t => {
  const page = shown(theMail())
  const inOrder = [
    'null-deref in ipmmu_domain_free',
    "In short: a page of an IOMMU's page tables was bounced, and so refused; what had failed was undone",
    'In ipmmu_domain_free+0x1c/0xa0.',
    'Called from iommu_group_release, from kobject_del.part.0',
    'NULL + 0x38, as of a member 56 bytes into a structure whose pointer was NULL',
    'ldr x0, [x1, #56] with x1 = 0: NULL + 0x38',
    'What came before',
    'Cannot accommodate DMA translation for IOMMU page tables',
    'Unable to initialize IPMMU context',
    '-22 is EINVAL',
    'What that says',
    'phys 0x73882b000, but its DMA address is 0x74009000',
    'dma ≠ phys: the page was bounced',
    'above the bus',
    '0xffffffff (32 bits, and the address needs 35: 3 too few)',
    '0xffffffffff (40 bits) reaches it',
    'ipmmu_domain_free runs, below iommu_group_release, to take down a domain',
    'Look at next',
    'Call trace',
  ]
  const flat = page.replace(/\s+/g, ' ')
  let at = 0
  for (const words of inOrder) {
    const found = flat.indexOf(words, at)
    t.ok(found >= at, words, { flat: flat.slice(at) })
    at = Math.max(at, found)
  }
})

t.test('that it was bounced is not said without the two addresses', async t => {
  const mail = theMail()
  const page = shown({ ...mail, dma: [] }).replace(/\s+/g, ' ')
  t.match(page, 'The log does not print the two addresses')
  t.notMatch(page, 'was bounced,')
  t.notMatch(page, '≠')
})

t.test('every kind of crash has its page', async t => {
  for (const kind of OOPS_KINDS) {
    const page = shown(
      reportOf({ oopses: [theCrash({ kind, title: `${kind} in f`, code: null, esr: null })] }),
    )
    t.match(page, `${kind} in f\n`)
    t.match(page.replace(/\s+/g, ' '), FAMILIES[kind].means.replace(/\s+/g, ' '), kind)
    t.match(page, /^Look at next\n {2}- /m)
  }
})

t.test('a crash of which the log has next to nothing', async t => {
  const bare = theCrash({
    ...{ pc: null, lr: null, callTrace: [], cpu: null, pid: null, comm: null, workqueue: null, code: null },
    ...{ hardware: null, kernel: null, taints: [], tainted: null, address: null, esr: null, registers: {} },
    ...{ corrupted: true, damage: ['cut off before its call trace'] },
  })
  const page = shown(reportOf({ oopses: [bare] }))
  t.match(page, 'Its lines are not whole: cut off before its call trace.')
  t.notMatch(page, /null(?!-)|undefined|none/)
})

t.test('what follows is in short; what is fatal is told in full, too', async t => {
  const crash = (line: number, title: string, fatal: boolean) =>
    theCrash({
      line,
      lastLine: line + 5,
      title,
      fatal,
      consequence: line > 10,
      kind: fatal ? 'null-deref' : 'warning',
    })
  const oopses = [
    crash(10, 'warning in a', false),
    crash(100, 'warning in b', false),
    crash(200, 'warning in b', false),
    crash(300, 'null-deref in c', true),
    crash(400, 'null-deref in d', true),
  ]
  const page = shown(reportOf({ oopses }))
  t.match(page, /^warning in a\n/)
  t.match(page, '  - line 100: warning in b (2 times, perhaps a consequence)\n')
  t.match(page, '  - line 400: null-deref in d (fatal, perhaps a consequence)\n')
  t.match(page, /^null-deref in c\nlines 300 to 305\nIt came after another crash/m)
  t.notMatch(page, /^null-deref in d$/m)
})

t.test('boots stand apart', async t => {
  const boots = [1, 50, 90].map((line, i) => ({ line, kernel: `6.${i}`, machine: null }))
  const oopses = [theCrash({ boot: 1, line: 60, consequence: false })]
  const faults = [fault(95, 0x1000n, { boot: 2 })]
  const page = shown(reportOf({ oopses, faults, more: { boots } }))
  t.match(page, /^3 boots, 1 crash\n/)
  t.match(page, /^Boot 1 of 3: no crash\nfrom line 1, linux 6\.0\n\nBoot 2 of 3\n/m)
  t.match(page, /^Boot 3 of 3: no crash\nfrom line 90, linux 6\.2\n\nNo crash, but 1 IOMMU fault\n/m)
})

t.test('without a crash, faults are said first', async t => {
  const report = reportOf({
    faults: [
      fault(3, 0x8010003f6000n),
      fault(4, 0x8010002ee000n),
      fault(9, 0x1n, { reason: 'permission fault' }),
    ],
    facts: [fact(20, 'ipmmu-sync-timeout', 'TLB sync timed out -- MMU may be deadlocked')],
    more: { boots: [{ line: 1, kernel: '6.1.0', machine: 'A board' }] },
  })
  const page = shown(report)
  t.match(page, /^No crash, but 3 IOMMU faults and 1 complaint of DMA or IOMMUs\n/)
  t.match(page, 'lines 3 to 4, 2 times')
  t.match(page, 'febd0000.iommu refused 2 transfers (reading) at iovas from 0x8010002ee000 to 0x8010003f6000')
  t.match(page.replace(/\s+/g, ' '), 'permission fault. It is mapped, but not for this')
  t.match(page, 'linux 6.1.0 on A board')
})

t.test('nothing happened', async t => {
  t.equal(shown(reportOf({})), 'No crash\nAs far as this log goes: what it does not have, it can not tell.\n')
})

t.test('what a process printed is not believed, and that is said', async t => {
  const spoofs = [{ title: 'null-deref in f', line: 7, why: 'the line has no time stamp' }]
  const page = shown(reportOf({ more: { spoofs, omitted: { oopses: 3, facts: 0 } } }))
  t.match(
    page,
    'Not believed\n  line 7: null-deref in f was not printed by the kernel: the line has no time stamp.',
  )
  t.match(page, '3 more crashes than are kept')
})

t.test('places in the source, and the line itself', async t => {
  const crash = theCrash()
  const source = [
    { file: 'drivers/a.c', line: 4, inlined: 'destroy_context' },
    { file: 'drivers/a.c', line: 14 },
  ]
  if (crash.pc) crash.pc.source = source
  if (crash.callTrace[0]) crash.callTrace[0].source = source
  const page = shown(reportOf({ oopses: [crash] }), {
    source: new Map([[crash, ['drivers/a.c:4', '> 4  return mmu[14];']]]),
    warnings: ['vmlinux is of another kernel'],
  })
  t.match(page, 'In ipmmu_domain_free+0x1c/0xa0, drivers/a.c:4 (destroy_context, inlined).')
  t.match(page, '    > 4  return mmu[14];\n')
  t.match(
    page,
    'ipmmu_domain_free+0x1c/0xa0  drivers/a.c:4 (destroy_context, inlined)\n          drivers/a.c:14\n',
  )
  t.match(page, /^Warnings\n {2}vmlinux is of another kernel$/m)
})

t.test('a guest can write neither escape codes nor Markdown', async t => {
  const bad = '\x1b[2J`</code>**x**\n# y'
  const crash = theCrash({
    title: bad,
    header: bad,
    comm: bad,
    message: bad,
    die: bad,
    kernel: bad,
    workqueue: bad,
  })
  const report = reportOf({
    oopses: [crash],
    facts: [fact(3, 'x', bad)],
    more: { spoofs: [{ title: bad, line: 1, why: 'w' }], boots: [{ line: 1, kernel: bad, machine: bad }] },
  })
  // eslint-disable-next-line no-control-regex
  t.notMatch(shown(report), /\x1b|^# y/m)
  // eslint-disable-next-line no-control-regex
  t.notMatch(pageMarkdown(explain(report)), /\x1b|^# y/m)
})

t.test('a mail in one line has its story, too', async t => {
  const mail = theMail()
  const oneLine = <T extends { line: number }>(list: readonly T[]) =>
    list.map(entry => ({ ...entry, line: 1 }))
  const facts = oneLine(mail.iommu.facts)
  const page = shown({
    ...mail,
    oopses: oneLine(mail.oopses),
    dma: oneLine(mail.dma),
    iommu: { ...mail.iommu, facts },
  })
  t.match(page, 'In short: a page of an IOMMU')
  t.match(page, 'What came before\n  line 1\n')
  t.match(page, 'ipmmu_domain_free runs, below iommu_group_release')
})

t.test('where it is, is what the title names, and not what found or printed it', async t => {
  const { callTrace, pc } = theCrash()
  const names = ['dump_stack', 'do_raw_spin_lock', 'uart_add_one_port', 'sci_probe']
  const trace = callTrace.map((frame, i) => ({ ...frame, symbol: names[i] ?? '', inexact: i === 2 }))
  const page = (title: string) => shown(reportOf({ oopses: [theCrash({ title, callTrace: trace, pc })] }))
  t.match(
    page('bug: spinlock bad magic in uart_add_one_port'),
    'In uart_add_one_port+0x3c/0x50. The CPU was in ipmmu_domain_free+0x1c/0xa0.\n  Called from sci_probe\n',
  )
  t.match(page('bug: spinlock bad magic in uart_add_one_port'), '    > ? uart_add_one_port')
  t.match(page('hung-task'), 'In ipmmu_domain_free+0x1c/0xa0.\n')
})
