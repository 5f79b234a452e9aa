import t from 'tap'
import { addressOf, reportCells } from './cases.ts'
import { counted, exitStatus, missingCells, OUTCOMES, problemsOf, rank, worst } from './outcome.ts'
import type { CellResult } from './result.ts'
import { SAMPLE_CELLS, sampleCell, sampleRun, sampleTest } from './sample.ts'

const cell = (verdict: 'passed' | 'failed' | 'error' | 'flaky' | 'skipped') =>
  sampleCell('6.1', verdict, { verdict })

t.test('what is not passed is never said to be', async t => {
  for (const [outcome, row] of Object.entries(OUTCOMES)) {
    const good = outcome === 'passed' || outcome === 'skipped'
    t.equal(row.ktap.ok, good, outcome)
    t.equal(row.exit === 0, good, outcome)
    t.equal(row.kcidb === 'PASS', outcome === 'passed', outcome)
    t.equal(row.junit === null, outcome === 'passed', outcome)
  }
})

t.test('the worst', async t => {
  t.equal(worst(['passed', 'flaky', 'skipped']), 'flaky')
  t.equal(worst(['failed', 'error']), 'error')
  t.equal(worst([]), null)
  t.ok(rank('passed') < rank('skipped'), 'a test that is skipped does not hide that others ran')
})

t.test('exit status', async t => {
  t.equal(exitStatus(sampleRun([cell('passed'), cell('skipped')])), 0)
  t.equal(exitStatus(sampleRun([cell('passed'), cell('flaky')])), 1)
  t.equal(exitStatus(sampleRun([cell('failed')])), 1)
  t.equal(exitStatus(sampleRun([cell('failed'), cell('error')])), 2)
  t.equal(exitStatus(sampleRun([cell('passed')], { matrix: ['6.1/passed', '6.1/gone'] })), 1, 'missing')
})

t.test('a run that was ended misses cells, a shard does not', async t => {
  const matrix = ['6.1/passed', '6.1/gone']
  const run = sampleRun([cell('passed')], { matrix })
  t.same(missingCells(run), ['6.1/gone'])
  t.same(problemsOf(run), ['missing: 6.1/gone'])
  t.same(counted(run), [
    ['missing', 1],
    ['passed', 1],
  ])
  t.same(missingCells({ ...run, shard: { index: 1, count: 2 } }), [])
})

t.test('a cell that its tests do not explain has a line of its own', async t => {
  const cases = reportCells(sampleRun(SAMPLE_CELLS)).map(({ id, cases }) => [
    id,
    ...cases.map(({ path, outcome, message }) => `${path.join('/') || 'whole'}: ${outcome}: ${message}`),
  ])
  const passed = 'a 32-bit bus refuses page tables above 4 GiB: passed: '
  t.same(cases, [
    ['6.1/passes', passed],
    ['6.1/fails', passed, 'outer/an unlimited bus takes them as they are: failed: and not bounced'],
    ['6.1/crashes', 'the report of 2018: failed: null-deref in ipmmu_domain_free'],
    ['6.1/hangs', 'it hangs: error: no marker: nothing was printed for 20 s'],
    ['6.1/throws', passed, 'whole: error: the spec threw: x is not a function'],
    ['6.1/wavers', passed, 'whole: flaky: came out differently in 3 attempts'],
    ['5.10/passes', 'whole: skipped: needs linux 5.15'],
    ['5.10/fails', 'whole: error: linux 5.10 is not built'],
  ])
})

t.test('a cell whose tests explain it has no line of its own', async t => {
  const failed = sampleTest({ path: ['f'], verdict: 'failed' })
  const error = sampleTest({ path: ['e'], verdict: 'error', reason: 'nothing was heard' })
  const paths = (over: Partial<CellResult>) =>
    reportCells(sampleRun([sampleCell('6.1', 'a', over)])).flatMap(({ cases }) =>
      cases.map(({ path }) => path),
    )
  t.same(paths({ verdict: 'error', tests: [failed, error] }), [['f'], ['e']])
  t.same(paths({ verdict: 'error', tests: [error], reason: 'nothing was heard' }), [['e']])
  const skipped = sampleTest({ path: ['s'], verdict: 'skipped', reason: 'a' })
  t.same(paths({ verdict: 'skipped', tests: [skipped], reason: 'a; b' }), [['s']])
  t.same(paths({ verdict: 'error', tests: [error], reason: 'it threw' }), [['e'], []], 'what is not said yet')
})

t.test('a crash is told from an assertion, and a boot that never ended from both', async t => {
  const bad = reportCells(sampleRun(SAMPLE_CELLS)).flatMap(({ cases }) => cases)
  t.same(
    bad.filter(({ crashed }) => crashed).map(({ message }) => message),
    ['null-deref in ipmmu_domain_free'],
  )
  t.same(
    bad.filter(({ timedOut }) => timedOut).map(({ path }) => path),
    [['it hangs']],
  )
})

t.test('the first address of a cell', async t => {
  const address = (titles: [boolean, string][]) => {
    const assertions = titles.map(([ok, title]) => ({ ok, title, diagnostics: null, directive: null }))
    const run = sampleRun([sampleCell('6.1', 'a', { tests: [sampleTest({ assertions })] })])
    const [first] = reportCells(run)
    return first && addressOf(first)
  }
  t.equal(address([[true, 'page table at 0x5009d9000, dma 0x7bfff000']]), '0x5009d9000')
  t.equal(
    address([
      [false, 'not 0xdead000'],
      [true, 'but 0x7bfff000'],
    ]),
    '0x7bfff000',
  )
  t.equal(address([[true, 'NULL + 0x40']]), null)
  t.equal(address([]), null)
})
