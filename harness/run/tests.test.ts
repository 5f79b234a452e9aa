import t from 'tap'
import { lastOf, markOf } from './messages.ts'
import { attemptOf } from './outcome.ts'
import { TapReader, type Level } from './tap.ts'

const NONCE = 'c0ffee'
const naming = { kernel: '6.1', spec: 'spec' }

/** The levels of each cell in this TAP, and what was left of one that was not over. */
function read(lines: string[]): { cells: Level[]; rest: Level } {
  const cells: Level[] = []
  const reader = new TapReader(NONCE, { onOver: root => cells.push(root), onEnded: () => {} })
  for (const line of ['TAP version 14', ...lines]) reader.write(`${line}\n`)
  return { cells, rest: reader.rest() }
}

const over = [`ok 1 - ${lastOf(NONCE)}`, `ok 2 - dmaspec ${NONCE} next`]

/** What a whole cell of these lines comes to. */
function attempt(lines: string[]) {
  const [root] = read([...lines, ...over]).cells
  if (!root) throw new Error('it is not over')
  return attemptOf(root, naming, null, 1)
}

const subtest = (name: string, inside: string[], ok = true) => [
  `# Subtest: ${name}`,
  ...inside.map(line => `    ${line}`),
  `${ok ? 'ok' : 'not ok'} 1 - ${name} # time=12ms`,
]
const plan = (n: number) => `1..${n}`

t.test('a cell is what is between two ends', async t => {
  const lines = [
    ...subtest('a', ['ok 1 - x', plan(1)]),
    ...over,
    ...subtest('b', ['ok 1 - y', plan(1)]),
    ...over,
  ]
  const { cells } = read(lines)
  t.same(
    cells.map(root => attemptOf(root, naming, null, 1).tests.map(({ path }) => path)),
    [[['a']], [['b']]],
  )
})

t.test('the kernel is in no path; the order is that of the spec', async t => {
  const inside = [
    ...subtest('a', ['ok 1 - x', plan(1)]),
    'ok 2 - left out # SKIP no need',
    ...subtest('b', ['ok 1 - y', plan(1)]),
    plan(3),
  ]
  const { tests, verdict } = attempt(subtest('linux 6.1', inside))
  t.same(
    tests.map(({ path, verdict }) => [path.join('/'), verdict]),
    [
      ['a', 'passed'],
      ['left out', 'skipped'],
      ['b', 'passed'],
    ],
  )
  t.equal(verdict, 'passed')
  t.equal(tests[0]?.seconds, 0.012)
})

t.test('assertions beside tests are a test of their own', async t => {
  const { tests } = attempt([...subtest('a', ['ok 1 - x', plan(1)]), 'not ok 2 - beside'])
  t.match(tests, [
    { path: ['spec'], verdict: 'failed', assertions: [{ title: 'beside' }] },
    { path: ['a'], verdict: 'passed' },
  ])
})

t.test('what is to do is not held against a test', async t => {
  const { tests, verdict } = attempt(subtest('a', ['not ok 1 - x # TODO later', 'ok 2 - y', plan(2)]))
  t.equal(verdict, 'passed')
  t.match(tests[0]?.assertions, [{ ok: false, directive: '# TODO later' }, { directive: null }])
})

t.test('a test that skips itself is skipped; one that skips a part is not', async t => {
  const skips = ['# Subtest: a', '    1..0 # no such fault', 'ok 1 - a # SKIP no such fault']
  t.match(attempt(skips), {
    verdict: 'skipped',
    reason: 'no such fault',
    tests: [{ path: ['a'], verdict: 'skipped' }],
  })
  const all = attempt(subtest('a', ['ok 1 - no further # SKIP not built', plan(1)]))
  t.match(all.tests, [{ path: ['a'], verdict: 'skipped', reason: 'not built' }])
  const part = attempt(subtest('a', ['ok 1 - x', 'ok 2 - unseen # SKIP not observed', plan(2)]))
  t.match(part.tests, [{ verdict: 'passed', assertions: [{}, { directive: '# SKIP not observed' }] }])
})

t.test('a test that ends badly without a bad assertion has failed', async t => {
  t.match(attempt(subtest('a', ['ok 1 - x', plan(1)], false)), {
    verdict: 'failed',
    tests: [{ verdict: 'failed', reason: 'it did not do what its plan says' }],
  })
  const one = subtest('a', ['ok 1 - x', plan(1)])
  t.equal(
    attempt(subtest('linux 6.1', [...one, plan(2)], false)).verdict,
    'failed',
    'nor that of the tests in it',
  )
})

t.test('the first thing that went wrong decides', async t => {
  const bad = 'not ok 1 - differs'
  const thrown = [
    'not ok 2 - thrown',
    '  ---',
    '  tapCaught: returnedPromiseRejection',
    '  type: TypeError',
    '  ...',
  ]
  t.equal(attempt(subtest('a', [bad, ...thrown, plan(2)], false)).verdict, 'failed')
  t.equal(attempt(subtest('a', [...thrown, bad, plan(2)], false)).verdict, 'error')
  const died = thrown.map(line => line.replace('TypeError', 'BootError'))
  t.equal(attempt(subtest('a', [...died, plan(1)], false)).verdict, 'failed', 'the kernel did that')
})

t.test('what was running when it was cut short is an error; what was over is as it was', async t => {
  const { rest } = read([
    ...subtest('a', ['ok 1 - x', plan(1)]),
    '# Subtest: b',
    '    ok 1 - y',
    '    ok 2 - z',
  ])
  const { verdict, reason, tests } = attemptOf(rest, naming, 'it died', 1)
  t.same([verdict, reason], ['error', 'it died'])
  t.match(tests, [
    { path: ['a'], verdict: 'passed' },
    { path: ['b'], verdict: 'error', reason: 'it died', assertions: [{ title: 'y' }] },
  ])
})

t.test('a boot is the test’s that made it; only ours are believed', async t => {
  const boot = { folder: 'f', end: 'marker', reason: '', seconds: 1, memory: 1, oopses: [] }
  const note = (version: string, plain: boolean) => ({
    kernel: { name: '6.1', version, sha256: 'x' },
    plain,
    boot,
  })
  const { kernel, tests } = attempt([
    ...subtest('a', [`# ${markOf(NONCE, 'boot', note('faulty', false))}`, 'ok 1 - x', plan(1)]),
    ...subtest('b', [`# ${markOf(NONCE, 'boot', note('plain', true))}`, 'ok 1 - x', plan(1)]),
    ...subtest('c', [`# ${markOf('decade', 'boot', note('forged', true))}`, 'ok 1 - x', plan(1)]),
  ])
  t.equal(kernel.version, 'plain', 'the kernel as it is')
  t.same(
    tests.map(({ boots }) => boots.length),
    [1, 1, 0],
  )
})

t.test('nothing is no pass', async t => {
  t.match(attempt([]), { verdict: 'error', reason: 'it ran no test on linux 6.1' })
  t.match(attempt(['ok 1 - linux 6.1 # SKIP no such device']), {
    verdict: 'skipped',
    reason: 'no such device',
  })
  t.match(attempt([`# ${markOf(NONCE, 'threw', { title: 'Error: no', details: '' })}`]), {
    verdict: 'error',
    reason: 'Error: no',
  })
})
