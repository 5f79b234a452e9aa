import t from 'tap'
import { diffBoots } from './diff.ts'
import { CRASHED, QUIET, REFUSED } from './excerpts.ts'
import { diffMarkdown } from './markdown.ts'
import { bootOf } from './sample.ts'
import { diffText } from './text.ts'

const side = (boot: ReturnType<typeof bootOf>, what = 'linux 6.1') => ({ path: 'out/a', what, boot })
const plain = { width: 120, color: false, lines: 15 }

const HOSTILE = 'x \x1b[31mred\x9b2J \x07 \u202eturned ``` ```` **b** <script> | [a](b) @all \r\r'
const hostile = () => {
  const boot = bootOf(REFUSED)
  boot.reason = boot.end = HOSTILE
  boot.report.iommu.errors.push({ device: HOSTILE, message: HOSTILE })
  boot.report.oopses.push({
    kind: 'bug',
    title: HOSTILE,
    line: 1,
    address: null,
    callTrace: [{ symbol: HOSTILE }],
  })
  boot.trace.transfers.push(...boot.trace.transfers.map(x => ({ ...x, master: HOSTILE })))
  boot.console = [...(boot.console ?? []).slice(0, 5), ...HOSTILE.split('\r'), '~~~', '```', '`'.repeat(9)]
  return side(boot, HOSTILE)
}

t.test('nothing changed, and so it says', async t => {
  const diff = diffBoots(side(bootOf(QUIET)), side(bootOf(QUIET)))
  t.equal(diff.behaviourChanged, false)
  t.match(diffText(diff, plain), /\n\nNo difference\.\n$/)
  t.equal(diffText(diff, plain).match(/\n\n/g)?.length, 1)
})

t.test('behaviour is what changes the answer; what was not reached is only named', async t => {
  const diff = diffBoots(side(bootOf(QUIET)), side(bootOf(CRASHED)))
  t.equal(diff.behaviourChanged, true)
  const text = diffText(diff, plain)
  t.match(text, /^Behaviour changed: 5 differences\.$/m)
  t.match(text, /^not reached by a boot that ended early\n {2}transfers: ee300000\.sata data\n/m)
  t.match(text, / {2}\+ ipmmu-vmsa e67b0000\.iommu: Cannot accommodate/)
})

t.test('messages alone are no change of behaviour', async t => {
  const other = bootOf(QUIET)
  other.console = [...(other.console ?? []).slice(0, 8), 'a new message', ...(other.console ?? []).slice(8)]
  const diff = diffBoots(side(bootOf(QUIET)), side(other))
  t.equal(diff.behaviourChanged, false)
  t.match(diffText(diff, plain), /Behaviour is the same; what the kernel printed is not\./)
  t.match(diffText(diff, plain), /^dmesg: 1 message new, 0 gone\n {2}\+ a new message\n/m)
})

t.test('no line is wider than the terminal, but for messages', async t => {
  const diff = diffBoots(side(bootOf(QUIET)), side(bootOf(REFUSED)))
  for (const width of [60, 80, 200]) {
    const [table = ''] = diffText(diff, { ...plain, width }).split('dmesg:')
    t.ok(
      table.split('\n').every(line => line.length <= width),
      `${width}`,
    )
  }
  t.ok(diffText(diff, { ...plain, width: 1 }).length > 0)
})

t.test('colors are there if wanted, and only then', async t => {
  const diff = diffBoots(side(bootOf(QUIET)), side(bootOf(REFUSED)))
  t.match(diffText(diff, { ...plain, color: true }), '\x1b[32m')
  t.notMatch(diffText(diff, plain), '\x1b')
})

t.test('--lines', async t => {
  const diff = diffBoots(side(bootOf(QUIET)), side(bootOf(REFUSED)))
  t.match(diffText(diff, { ...plain, lines: 1 }), /… and 2 more: --lines 0 shows all/)
  t.notMatch(diffText(diff, { ...plain, lines: 0 }), /more: --lines/)
})

t.test('hostile text clobbers no terminal', async t => {
  const text = diffText(diffBoots(side(bootOf(QUIET)), hostile()), plain)
  // eslint-disable-next-line no-control-regex
  t.notMatch(text, /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/)
})

t.test('hostile text stays in its fence', async t => {
  const diff = diffBoots(side(bootOf(QUIET)), hostile())
  const cell = { cell: '```` <script>', before: 'passed', after: 'failed', differences: 1 }
  const markdown = diffMarkdown({ ...diff, cells: [cell] }, 0)
  // As CommonMark has it: a fence ends at a line of as many backticks or more, and nothing else.
  let fence = 0
  let tooLong = 0
  const outside: string[] = []
  for (const line of markdown.split('\n')) {
    const [, ticks = '', info = ''] = /^ {0,3}(`{3,})(.*)$/.exec(line) ?? []
    if (fence === 0 && ticks !== '') fence = ticks.length
    else if (fence > 0 && ticks.length >= fence && info.trim() === '') fence = 0
    else if (fence === 0) outside.push(line)
    else tooLong += (line.match(/`+/g) ?? []).filter(run => run.length >= fence).length
  }
  t.equal(fence, 0)
  t.equal(
    tooLong,
    0,
    'nor is there a run of backticks in one as long as its own: not every reader is CommonMark',
  )
  t.same(
    outside.filter(line => /script|turned|red/.test(line)),
    [],
  )
  t.ok(outside.includes('**What the kernel did**'))
})
