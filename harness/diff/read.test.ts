import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { QUIET } from './excerpts.ts'
import { readSide } from './read.ts'
import { cellOf, reportJson, runOf, testOf } from './sample.ts'

const REPORT = reportJson(QUIET)
// The console as a UART prints it.
const CONSOLE = QUIET.console.trim().replaceAll('\n', '\r\n') + '\r\n'

const bootFiles = { 'report.json': REPORT, 'console.log': CONSOLE }

function runFolder(t: Test, over: Record<string, unknown> = {}): string {
  const cells = [cellOf('6.1', 'report'), cellOf('6.12', 'report')]
  return t.testdir({
    'results.json': JSON.stringify({ ...runOf(cells), dmaspec: '9', more: { than: 'this knows' }, ...over }),
    boots: { a: bootFiles },
  })
}

t.test('a boot: its folder, or its report.json', async t => {
  const folder = t.testdir(bootFiles)
  for (const path of [folder, join(folder, 'report.json')]) {
    const side = await readSide(path)
    if (side.is !== 'boot') throw new Error('it is a boot')
    t.match(side.what, 'linux 6.1, on salvator-xs, no overlays, 4096 MiB, 2 cpus (6.1.192-2)')
    t.equal(side.boot.console?.[2], '[    0.000000]   DMA      [mem 0x0000000048000000-0x000000007fffffff]')
    t.equal(side.boot.report.pageTables[0]?.phys, 0x50015b000n)
  }
})

t.test('a boot without its console', async t => {
  const side = await readSide(t.testdir({ 'report.json': REPORT }))
  t.match(side, { is: 'boot', boot: { console: null } })
})

t.test('a run, one kernel of it, and a kernel of the run that the other side names', async t => {
  const folder = runFolder(t)
  for (const [argument, other, cells, path] of [
    [folder, undefined, ['6.1/report', '6.12/report'], folder],
    [join(folder, 'results.json'), undefined, ['6.1/report', '6.12/report'], join(folder, 'results.json')],
    [`${folder}:6.12`, undefined, ['6.12/report'], `${folder}:6.12`],
    [':6.12', folder, ['6.12/report'], `${folder}:6.12`],
    [':6.12', `${folder}:6.1`, ['6.12/report'], `${folder}:6.12`],
  ] as const) {
    const side = await readSide(argument, other)
    if (side.is !== 'run') throw new Error('it is a run')
    t.same(
      side.cells.map(({ id }) => id),
      cells,
      argument,
    )
    t.equal(side.path, path)
  }
})

t.test('a folder may have a colon in its name', async t => {
  const folder = join(t.testdir({}), 'a:6.1')
  mkdirSync(folder)
  writeFileSync(join(folder, 'report.json'), REPORT)
  t.match(await readSide(folder), { is: 'boot' })
})

t.test("a run's boots: read when they are asked for, and never from outside of its folder", async t => {
  const side = await readSide(runFolder(t))
  if (side.is !== 'run') throw new Error('it is a run')
  const [boot] = testOf().boots
  if (!boot) throw new Error('it has a boot')
  t.match(await side.load(boot), { complete: true })
  t.equal(await side.load({ ...boot, folder: 'boots/none' }), 'report.json is not there')
  for (const folder of ['..', '../..', 'boots/../../x', '/etc'])
    t.equal(await side.load({ ...boot, folder }), 'its folder is not below that of results.json')
})

const damaged: Record<string, [string, RegExp]> = {
  'cut short': [REPORT.slice(0, -100), /report\.json is no JSON: .*Make it again$/],
  empty: ['', /report\.json is no JSON/],
  'something else': ['{"a": 1}', /report\.json is no report of 'dmaspec boot': cell: /],
  'an array': ['[]', /report\.json is no report of 'dmaspec boot': the whole of it: /],
  'a number for an address': [
    REPORT.replace('"phys": "0x50015b000"', '"phys": 1'),
    /report\.pageTables\.0\.phys: /,
  ],
  'a word for an address': [
    REPORT.replace('"phys": "0x50015b000"', '"phys": "\\u001b[31mnone"'),
    /report\.pageTables\.0\.phys: is no address/,
  ],
}
for (const [name, [text, message]] of Object.entries(damaged)) {
  t.test(`a report that is ${name}`, async t => {
    await t.rejects(readSide(t.testdir({ 'report.json': text })), { name: 'CellError', message })
  })
}

t.test('what is no side at all', async t => {
  const run = runFolder(t)
  for (const [argument, message] of [
    [join(run, 'none'), /there is no .*none: give a folder/],
    [join(run, 'boots'), /has neither results\.json .* nor report\.json/],
    [join(run, 'boots/a/console.log'), /is neither results\.json nor report\.json/],
    [`${run}:5.10`, /has no kernel '5\.10'; there are: 6\.1, 6\.12$/],
    [`${run}:`, /names no kernel after its colon/],
    [':6.1', /names no run/],
    [`${join(run, 'boots/a')}:6.1`, /is one boot, and has one kernel/],
  ] as const)
    await t.rejects(readSide(argument), { name: 'CellError', message })
  await t.rejects(readSide(runFolder(t, { format: 'dmaspec-results/9' })), {
    name: 'CellError',
    message: /results\.json is of format 'dmaspec-results\/9'/,
  })
})
