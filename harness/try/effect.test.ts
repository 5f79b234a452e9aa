import t from 'tap'
import { cellOf, recordOf, testOf } from '../diff/sample.ts'
import type { TestResult } from '../results/result.ts'
import { answerOf, effectOf } from './effect.ts'

const OOPS = 'null-deref in ipmmu_domain_free'
const assertion = (title: string, ok = false) => ({ ok, title, diagnostics: null, directive: null })
const passed = (...titles: string[]) => testOf({ assertions: titles.map(title => assertion(title, true)) })
const failed = (titles: string[], over: Partial<TestResult> = {}) =>
  testOf({ verdict: 'failed', assertions: titles.map(title => assertion(title)), ...over })
const crashed = (oops = OOPS) =>
  failed([oops], { boots: [recordOf('boots/a', { end: 'oops', oopses: [oops] })] })
const skipped = testOf({ verdict: 'skipped', reason: 'the fault does not apply', boots: [] })

const run = (...tests: TestResult[]) => ({ cells: [cellOf('6.1', 'a', { tests })] })
const names = (failures: { failure: string }[]) => failures.map(({ failure }) => failure)

interface Row {
  before: TestResult
  after: TestResult
  answer: ReturnType<typeof answerOf>
  fixed?: string[]
  broken?: string[]
  uncovered?: string[]
  remaining?: string[]
}

const ONE = 'a › it works › one'
const TWO = 'a › it works › two'
const rows: Record<string, Row> = {
  'an oops is gone': { before: crashed(), after: passed('one'), answer: 'fixes', fixed: [OOPS] },
  'an oops is new': { before: passed('one'), after: crashed(), answer: 'breaks', broken: [OOPS] },
  'an assertion that held fails': {
    before: passed('one'),
    after: failed(['one']),
    answer: 'breaks',
    broken: [ONE],
  },
  'one assertion for another that held': {
    before: testOf({ verdict: 'failed', assertions: [assertion('one'), assertion('two', true)] }),
    after: testOf({ verdict: 'failed', assertions: [assertion('one', true), assertion('two')] }),
    answer: 'fixes-and-breaks',
    fixed: [ONE],
    broken: [TWO],
  },
  'what an oops hid': {
    before: crashed(),
    after: failed(['two']),
    answer: 'fixes',
    fixed: [OOPS],
    uncovered: [TWO],
  },
  'an oops behind an oops': {
    before: crashed(),
    after: crashed('bug in b'),
    answer: 'fixes',
    fixed: [OOPS],
    uncovered: ['bug in b'],
  },
  'an oops in a boot that came to its end': {
    before: failed(['one']),
    after: crashed(),
    answer: 'fixes-and-breaks',
    fixed: [ONE],
    broken: [OOPS],
  },
  'one of two is left': {
    before: failed(['one', 'two']),
    after: failed(['two']),
    answer: 'fixes',
    fixed: [ONE],
    remaining: [TWO],
  },
  'the same failure': { before: crashed(), after: crashed(), answer: 'no-difference', remaining: [OOPS] },
  'a failure with no name': {
    before: testOf({ verdict: 'error', reason: 'it hung' }),
    after: passed('one'),
    answer: 'fixes',
    fixed: ['it hung'],
  },
  'what is skipped is not fixed': { before: crashed(), after: skipped, answer: 'changes' },
}
for (const [name, { before, after, answer, fixed, broken, uncovered, remaining }] of Object.entries(rows)) {
  t.test(name, async t => {
    const effect = effectOf(run(before), run(after))
    t.equal(answerOf(effect, false), answer)
    t.same(names(effect.fixed), fixed ?? [])
    t.same(names(effect.broken), broken ?? [])
    t.same(names(effect.uncovered), uncovered ?? [])
    t.same(names(effect.remaining), remaining ?? [])
  })
}

t.test('where it is, and what only one side has', async t => {
  const titled = (title: string, test: TestResult) => ({ ...test, path: [title] })
  const effect = effectOf(
    run(titled('x', crashed()), titled('y', crashed()), titled('z', crashed())),
    run(titled('x', passed()), titled('y', skipped), titled('w', passed())),
  )
  t.same(effect.fixed, [{ failure: OOPS, tests: ['6.1/a › x'] }])
  t.same(effect.unasked, [
    '6.1/a › z: only without it',
    '6.1/a › w: only with it',
    '6.1/a › y: skipped with it: the fault does not apply',
  ])
})

t.test('no failure on either side: what the kernel did counts', async t => {
  const effect = effectOf(run(passed('one')), run(passed('one')))
  t.equal(answerOf(effect, false), 'no-difference')
  t.equal(answerOf(effect, true), 'changes')
})
