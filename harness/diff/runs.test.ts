import t from 'tap'
import type { KeptBoot } from './boot.ts'
import { CRASHED, QUIET, REFUSED } from './excerpts.ts'
import type { CellResult } from '../results/result.ts'
import { diffRuns, type RunSide } from './runs.ts'
import { bootOf, cellOf, recordOf, testOf } from './sample.ts'
import { diffText } from './text.ts'

/** Boots by their folders' names. */
const KEPT: Record<string, KeptBoot> = {
  quiet: bootOf(QUIET),
  refused: bootOf(REFUSED),
  crashed: bootOf(CRASHED),
}

const side = (cells: CellResult[], path = 'out/run'): RunSide => ({
  path,
  what: 'linux',
  cells,
  load: async ({ folder }) => KEPT[folder] ?? 'report.json is not there',
})

const report = (kernel: string, ...folders: string[]) =>
  cellOf(kernel, 'report', { tests: [testOf({ boots: folders.map(folder => recordOf(folder)) })] })

t.test('the same run: nothing', async t => {
  const run = side([report('6.1', 'quiet', 'refused'), cellOf('6.12', 'report')])
  const diff = await diffRuns(run, run)
  t.match(diff, { behaviourChanged: false, cells: [], differences: [], onlyBefore: [], onlyAfter: [] })
  t.same(diff.compared, { cells: 2, tests: 2, boots: 3 })
})

t.test('the same difference in many places is one, with all of them', async t => {
  const before = side([
    report('6.1', 'quiet', 'quiet'),
    cellOf('6.1', 'bus', { tests: [testOf({ boots: [recordOf('quiet')] })] }),
  ])
  const after = side([
    report('6.1', 'refused', 'refused'),
    cellOf('6.1', 'bus', { tests: [testOf({ boots: [recordOf('refused')] })] }),
  ])
  const { differences, cells, dmesg } = await diffRuns(before, after)
  const places = ['6.1/report › it works, boot 1', '6.1/report › it works, boot 2', '6.1/bus › it works']
  t.match(
    differences.find(({ subject }) => subject === 'page tables'),
    { places },
  )
  t.same(
    cells.map(({ cell, differences }) => [cell, differences]),
    [
      ['6.1/report', 14],
      ['6.1/bus', 7],
    ],
  )
  t.same(dmesg.new[0]?.places, places)
})

t.test('two kernels are held together by spec, two runs of several by kernel and spec', async t => {
  const across = await diffRuns(side([report('6.1', 'quiet')]), side([report('6.12', 'refused')]))
  t.match(across, { cells: [{ cell: 'report' }], onlyBefore: [], onlyAfter: [] })
  const more = [cellOf('5.10', 'report'), report('6.12', 'quiet')]
  const several = await diffRuns(side([report('6.1', 'quiet'), report('6.12', 'quiet')]), side(more))
  t.match(several, { cells: [], onlyBefore: ['6.1/report'], onlyAfter: ['5.10/report'] })
})

t.test('nothing in common is an error that says how to name the kernels', async t => {
  const [a, b] = [side([report('6.1', 'quiet')]), side([report('5.10', 'quiet'), report('6.12', 'quiet')])]
  await t.rejects(diffRuns(a, b), { name: 'CellError', message: /no cell in common.*out\/run:<kernel>/s })
})

t.test('a verdict that changed, with the assertion that failed, by what is stable in its title', async t => {
  const assertion = (ok: boolean, title: string) => ({ ok, title, diagnostics: null, directive: null })
  const cell = (verdict: 'passed' | 'failed', ...assertions: ReturnType<typeof assertion>[]) =>
    side([cellOf('6.1', 'report', { verdict, tests: [testOf({ verdict, assertions, boots: [] })] })])
  const { differences, behaviourChanged } = await diffRuns(
    cell('passed', assertion(true, 'page table at 0x500148000'), assertion(true, 'no oops')),
    cell('failed', assertion(false, 'page table at 0x5009d9000'), assertion(false, 'null-deref in f')),
  )
  t.ok(behaviourChanged)
  t.match(
    differences.map(({ subject, before, after }) => [subject, before.text, after.text]),
    [
      ['verdict', 'passed', 'failed'],
      ['assertion', 'not made', 'fails: null-deref in f'],
      ['assertion', 'holds: page table at 0x500148000', 'fails: page table at 0x5009d9000'],
    ],
  )
  t.same(differences[0]?.places, ['6.1/report › it works'], 'the spec does not say it again')
})

t.test('a spec that broke before its tests says so once', async t => {
  const broken = cellOf('6.1', 'report', { verdict: 'error', reason: 'linux 6.1 is not built', tests: [] })
  const diff = await diffRuns(side([report('6.1', 'quiet')]), side([broken]))
  t.match(diff.differences, [
    { subject: 'verdict', after: { text: 'error: linux 6.1 is not built' }, places: ['6.1/report'] },
  ])
  t.same(diff.onlyBefore, ['6.1/report › it works'])
})

t.test('boots on one side only, and tests of the same name, are told apart', async t => {
  const tests = [
    testOf({ boots: [recordOf('quiet')] }),
    testOf({ boots: [recordOf('quiet'), recordOf('quiet')] }),
  ]
  const one = [testOf({ boots: [recordOf('quiet')] }), testOf({ boots: [recordOf('quiet')] })]
  const diff = await diffRuns(
    side([cellOf('6.1', 'report', { tests })]),
    side([cellOf('6.1', 'report', { tests: one })]),
  )
  t.same(diff.onlyBefore, ['6.1/report › it works (2), boot (2)'])
  t.equal(diff.behaviourChanged, false)
})

t.test(
  'boots whose folders are gone: their oopses are known from the results, and the rest is not claimed',
  async t => {
    const lost = recordOf('lost', { end: 'oops', reason: 'an oops', oopses: ['null-deref in f'] })
    const before = side([cellOf('6.1', 'report', { tests: [testOf({ boots: [recordOf('quiet')] })] })])
    const after = side([cellOf('6.1', 'report', { tests: [testOf({ boots: [lost] })] })])
    const diff = await diffRuns(before, after)
    t.same(
      diff.differences.map(({ subject }) => subject),
      ['end of boot', 'oops'],
    )
    t.match(diff.notCompared, [
      { what: /after: report\.json is not there/, places: ['6.1/report › it works'] },
    ])
    t.match(diffText(diff, { width: 100, color: false, lines: 5 }), /^not compared\n/m)
  },
)

t.test('progress: each pair, and how many there are', async t => {
  const seen: string[] = []
  const run = side([report('6.1', 'quiet', 'quiet'), report('6.12', 'quiet')])
  await diffRuns(run, run, (done, of) => seen.push(`${done}/${of}`))
  t.same(seen, ['0/3', '1/3', '2/3'])
})
