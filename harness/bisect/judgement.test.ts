import t from 'tap'
import { formatSignature, parseSignature, signaturesOf } from '../judge/signature.ts'
import { SAMPLE_CELLS, sampleCell, sampleRun, sampleTest } from '../results/sample.ts'
import { judgementOf, verdictOf } from './judgement.ts'
import { judgement } from './sample.ts'

const OOPS = 'null-deref in ipmmu_domain_free'
const NOT = 'spec › a test › not bounced'
const once = (wanted: string) => ({ wanted: parseSignature(wanted), runs: 1, badOf: 1 })
const seconds = { build: 1, specs: 1 }

t.test('bad is the same failure, good is none, and anything else is no answer', async t => {
  const cases = [
    [{ signatures: [OOPS] }, 'bad', OOPS],
    [{ signatures: ['warning in f', `${OOPS}`] }, 'bad', OOPS],
    [{}, 'good', 'passed'],
    [{ signatures: ['warning in f'] }, 'skip', 'fails otherwise: warning in f'],
    [{ failed: true }, 'skip', 'fails otherwise'],
    [{ status: 'unbootable', why: 'silence' }, 'skip', 'does not boot: silence'],
    [
      { status: 'unbuildable', why: 'linux: make exited 2\n  x.c:1:1: error: y' },
      'skip',
      'does not build: x.c:1:1: error: y',
    ],
  ] as const
  for (const [over, mark, why] of cases)
    t.same(
      verdictOf(
        [judgement({ ...over, signatures: [...('signatures' in over ? over.signatures : [])] })],
        once(OOPS),
      ),
      { mark, why },
      why,
    )
})

t.test('what was not looked at is not good', async t => {
  const tests = (...rows: [string[], string | null][]) => ({
    tests: rows.map(([path, unasked]) => ({ path, unasked })),
  })
  const verdict = (wanted: string, over: ReturnType<typeof tests>) =>
    verdictOf([judgement(over)], once(wanted))
  const unseen = tests([['spec', 'a test'], 'observe.patch does not apply'])
  t.match(verdict(NOT, unseen), { mark: 'skip', why: 'not asked: observe.patch does not apply' })
  t.match(verdict(OOPS, unseen), { mark: 'skip' })
  t.match(verdict(OOPS, tests([['spec', 'a'], 'no'], [['spec', 'b'], null])), { mark: 'good' })
  t.match(verdict(NOT, tests([['spec', 'b'], null])), {
    mark: 'skip',
    why: 'not asked: the test was not run',
  })
  t.match(verdict(NOT, tests([['spec', 'a test'], null], [['spec', 'b'], 'no'])), { mark: 'good' })
})

t.test('several runs: as often as asked, and no more than it takes', async t => {
  const [bad, good, other] = [
    judgement({ signatures: [OOPS] }),
    judgement(),
    judgement({ signatures: ['x in y'] }),
  ]
  const of = (badOf: number, ...runs: (typeof bad)[]) =>
    verdictOf(runs, { wanted: parseSignature(OOPS), runs: 3, badOf })
  t.match(of(1, bad), { mark: 'bad', why: `${OOPS} in 1 of 1 runs` })
  t.equal(of(1, good), null)
  t.equal(of(1, good, good), null)
  t.match(of(1, good, good, good), { mark: 'good' })
  t.match(of(1, good, good, bad), { mark: 'bad' })
  t.equal(of(2, bad), null)
  t.match(of(2, bad, good, good), { mark: 'good', why: `${OOPS} in 1 of 3 runs only` })
  t.match(of(2, good, good), { mark: 'good' }, 'twice of the one that is left cannot be')
  t.match(of(1, good, other, good), { mark: 'skip' })
  t.match(of(1, other, judgement({ status: 'unbuildable', why: 'x' })), {
    mark: 'skip',
    why: 'does not build: x',
  })
})

t.test('what a run came to', async t => {
  const result = sampleRun([
    ...SAMPLE_CELLS.slice(0, 3),
    sampleCell('6.1', 'some', {
      tests: [
        sampleTest({
          assertions: [{ ok: true, title: 'x', diagnostics: null, directive: '# SKIP no patch' }],
        }),
      ],
    }),
  ])
  const judged = judgementOf(
    { status: 'judged', kernel: '6.1', result, signatures: signaturesOf(result), seconds },
    '/out',
  )
  t.match(judged, { failed: true, out: '/out', signatures: signaturesOf(result).map(formatSignature) })
  t.same(judged.tests.at(-1)?.unasked, 'no patch')
  t.equal(judged.tests[0]?.unasked, null)
  t.match(judgementOf({ status: 'unbuildable', why: 'w', log: 'l', seconds }, '/out'), {
    out: null,
    why: 'w',
    log: 'l',
  })
})
