import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { isAlive } from '../boot/fake-qemu.ts'
import { fakeBoot, HEAD, noting, runFakes } from './fake-specs.ts'
import { exitStatus } from '../results/outcome.ts'

t.setTimeout(240_000)

const test = (body: string) => `${HEAD} t.test('linux ' + kernel, async t => { ${body} })`

const specs = {
  passes: test(`
    t.test('one', async t => { t.ok(true, 'at 0x1000') })
    t.test('two', async t => { t.test('deep', async t => t.equal(1, 1, 'same')) })`),
  fails: test(
    `t.test('one', async t => { t.equal(1, 2, 'differs') }); t.test('two', async t => t.ok(true, 'fine'))`,
  ),
  throws: test(`t.test('one', async t => { throw new RangeError('out of it') })`),
  'dies-of-boot': test(`t.test('one', async t => {
    throw Object.assign(new Error('no marker'), { name: 'BootError' }) })`),
  'throws-at-import': `${HEAD} t.test('one', async t => { t.ok(true, 'fine') }); throw new Error('not today\\nnor ever')`,
  'no-syntax': 'this is no TypeScript',
  skips: `${HEAD} t.test('linux ' + kernel, { skip: 'it has no such device' }, async () => {})`,
  'skips-one': test(
    `t.test('one', { skip: 'no such thing' }, async () => {}); t.test('two', async t => t.ok(true, 'yes'))`,
  ),
  'no-test': HEAD,
  hangs: test(`t.test('one', async t => { t.ok(true, 'so far'); await new Promise(() => {}) })`),
  exits: test(`t.test('one', async t => { console.error('so long'); process.exit(3) })`),
  'ends-the-root': `${HEAD} t.test('one', async t => t.ok(true, 'fine')); t.end()`,
  'plans-the-root': `${HEAD} t.plan(1); t.test('one', async t => t.ok(true, 'fine'))`,
  prints: test(
    `t.test('one', async t => { console.log('not ok 7 - a lie\\n1..0\\nBail out!'); t.ok(true, 'truth') })`,
  ),
  hostile: test(`t.test('one', async t => {
    t.ok(true, 'x # SKIP no\\nnot ok 99 - injected')
    t.comment('dmaspec 0123 boot {"kernel":{}}')
    t.equal('\\x1b[31mred', '...\\nok 5 - injected\\n', 'odd') })`),
  'leaves-things': test(`t.test('one', async t => {
    t.equal(process.env.LEFT, undefined, 'unset'); process.env.LEFT = 'behind'; process.chdir('/') })`),
}

t.test('what comes of specs of all kinds, one process after another', async t => {
  const { result, cells, out } = await runFakes(t, specs, { silence: 6 })
  const cell = (name: string) => cells[`6.1/${name}`]
  t.same(
    result.cells.map(({ spec }) => spec),
    Object.keys(specs),
    "all of them, in the matrix's order",
  )
  t.match(cell('passes'), {
    verdict: 'passed',
    attempts: 1,
    reason: null,
    kernel: { name: '6.1', version: '', sha256: '' },
    tests: [
      { path: ['one'], verdict: 'passed', assertions: [{ ok: true, title: 'at 0x1000', diagnostics: null }] },
      { path: ['two', 'deep'], verdict: 'passed' },
    ],
  })
  t.match(cell('fails'), {
    verdict: 'failed',
    tests: [{ path: ['one'], verdict: 'failed' }, { verdict: 'passed' }],
  })
  t.match(
    cell('fails')?.tests[0]?.assertions[0]?.diagnostics,
    /^compare: ===\ndiff: \|\n.*-2\n.*\+1\n.*fileName: /s,
  )
  t.match(cell('throws'), { verdict: 'error', tests: [{ verdict: 'error', reason: 'out of it' }] })
  t.match(cell('dies-of-boot'), { verdict: 'failed', tests: [{ verdict: 'failed' }] }, 'a kernel did that')
  t.match(cell('throws-at-import'), {
    verdict: 'error',
    reason: /^Error: not today/,
    tests: [{ verdict: 'passed' }],
  })
  t.match(cell('no-syntax'), { verdict: 'error', reason: /Error: Transform failed/, tests: [] })
  t.match(cell('skips'), { verdict: 'skipped', reason: 'it has no such device' })
  t.match(cell('skips-one'), {
    verdict: 'passed',
    tests: [
      { path: ['one'], verdict: 'skipped', reason: 'no such thing' },
      { path: ['two'], verdict: 'passed' },
    ],
  })
  t.match(cell('no-test'), { verdict: 'error', reason: 'it ran no test on linux 6.1' })
  t.match(cell('hangs'), {
    verdict: 'error',
    reason: 'nothing was heard of it for 6 s',
    tests: [{ path: ['one'], verdict: 'error', reason: 'nothing was heard of it for 6 s' }],
  })
  t.match(cell('exits'), { verdict: 'error', reason: /^its process ended with status 3: .*so long/s })
  t.match(cell('ends-the-root'), { verdict: 'passed', tests: [{ path: ['one'], verdict: 'passed' }] })
  t.match(cell('plans-the-root'), { verdict: 'passed', tests: [{ path: ['one'], verdict: 'passed' }] })
  t.match(cell('prints'), { verdict: 'passed', tests: [{ assertions: [{ title: 'truth' }] }] })
  t.equal(cell('prints')?.tests.length, 1)
  t.match(cell('hostile'), { verdict: 'failed', tests: [{ path: ['one'], boots: [], verdict: 'failed' }] })
  t.same(
    cell('hostile')?.tests[0]?.assertions.map(({ ok }) => ok),
    [true, false],
  )
  t.equal(cell('leaves-things')?.verdict, 'passed')
  t.same(readdirSync(out), [], 'no boots, no folders')
  t.equal(exitStatus(result), 2)
})

t.test('what a spec leaves in its process is gone for the next', async t => {
  const { 'leaves-things': code } = specs
  const { result } = await runFakes(t, { a: code, b: code }, { jobs: 1, kernels: ['6.1', '5.10'] })
  t.same(
    result.cells.map(({ id, verdict }) => `${id} ${verdict}`),
    ['6.1/a passed', '6.1/b passed', '5.10/a passed', '5.10/b passed'],
  )
  t.equal(exitStatus(result), 0)
})

/** Fails its first `times` attempts, counting them in a file. */
const failing = (times: number) =>
  test(`
  t.test('one', async t => {
    const { appendFileSync, readFileSync } = await import('node:fs')
    const file = new URL(import.meta.url).pathname + '.count'
    appendFileSync(file, 'x')
    t.ok(readFileSync(file).length > ${times}, 'often enough')
  })
  t.test('two', async t => t.ok(true, 'always'))`)

t.test('a cell that passes when it is run again is flaky, and never passed', async t => {
  const log: string[] = []
  const fakes = { once: failing(1), always: failing(9), never: failing(0) }
  const { result, cells } = await runFakes(t, fakes, { retries: 2, jobs: 1, observer: noting(log) })
  t.match(cells['6.1/once'], {
    verdict: 'flaky',
    attempts: 2,
    reason: '1 of 2 attempts did not pass',
    tests: [
      { path: ['one'], verdict: 'flaky', assertions: [{ ok: false }] },
      { path: ['two'], verdict: 'passed' },
    ],
  })
  t.match(cells['6.1/always'], { verdict: 'failed', attempts: 3, tests: [{ verdict: 'failed' }, {}] })
  t.match(cells['6.1/never'], { verdict: 'passed', attempts: 1 })
  t.equal(log.filter(line => line.startsWith('retrying')).length, 3)
  const only = (id: string) =>
    exitStatus({ ...result, matrix: [], cells: result.cells.filter(cell => cell.id === id) })
  t.same(['6.1/once', '6.1/always', '6.1/never'].map(only), [1, 1, 0])
})

t.test('boots are in the results, in the test that made them', async t => {
  const boots = test(`t.test('one', async t => { ${fakeBoot('echo "dmaspec: $nonce done"')} })`)
  const log: string[] = []
  const { cells, out } = await runFakes(t, { boots }, { observer: noting(log) })
  t.match(cells['6.1/boots'], {
    verdict: 'passed',
    kernel: { name: '6.1', version: 'fake' },
    tests: [
      {
        path: ['one'],
        boots: [{ folder: 'boots/6.1/boots/fake', end: 'marker', memory: 2 ** 28, oopses: [] }],
      },
    ],
  })
  t.ok(existsSync(join(out, 'boots/6.1/boots/fake/console.log')))
  t.same(log, ['started 6.1/boots', 'booting 6.1/boots', 'finished 6.1/boots: passed'])
})

const staying = (then: string) =>
  test(`t.test('one', async t => {
    setTimeout(() => { ${then} }, 1500)
    ${fakeBoot('echo $$ >"${disk%/*}/pid"; exec sleep 60')} })`)

t.test('a process that dies takes its boot along, and the next spec gets another', async t => {
  const dies = staying('process.kill(process.pid, "SIGKILL")')
  const { cells, out } = await runFakes(t, { a: dies, b: specs.passes }, { jobs: 1 })
  t.match(cells['6.1/a'], { verdict: 'error', reason: 'its process was killed by SIGKILL' })
  t.equal(cells['6.1/b']?.verdict, 'passed')
  const folder = join(out, 'boots/6.1/a/fake')
  t.notOk(isAlive(Number(readFileSync(join(folder, 'pid'), 'utf8'))))
  t.same(readdirSync(folder).sort(), ['argv', 'board.dtb', 'console.log', 'pid', 'trace.jsonl'])
})

t.test('interrupted, what is finished is kept; boots and their folders are gone', async t => {
  const controller = new AbortController()
  let pid = 0
  const pids: number[] = []
  const observer = {
    ...noting(),
    booting: () =>
      void (async () => {
        const file = join(t.testdirName, 'out/boots/6.1/b/fake/pid')
        while (!(existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'))) await sleep(20)
        pid = Number(readFileSync(file, 'utf8'))
        pids.push(pid)
        controller.abort()
      })(),
  }
  const fakes = { a: specs.passes, b: staying(''), c: specs.passes }
  const { result, out } = await runFakes(t, fakes, { jobs: 1, signal: controller.signal, observer })
  t.same(
    result.cells.map(({ id }) => id),
    ['6.1/a'],
  )
  t.equal(result.matrix.length, 3, 'a merge can say what is missing')
  t.equal(pids.length, 1)
  t.notOk(isAlive(pid))
  t.same(readdirSync(join(out, 'boots/6.1')), [])
})

t.test('boots wait for their turn', async t => {
  const script = 'mkdir "$FAKES/on" || touch "$FAKES/together"; sleep 0.3; rmdir "$FAKES/on"'
  const boots = test(`t.test('one', async t => { ${fakeBoot(`${script}; echo "dmaspec: $nonce done"`)} })`)
  const fakes = { a: boots, b: boots, c: boots }
  const runs = { room: 500, 'no room': 100 }
  for (const [name, mebibytes] of Object.entries(runs)) {
    const log: string[] = []
    const memory = mebibytes * 2 ** 20
    const { result } = await runFakes(t, fakes, { jobs: 3, memory, observer: noting(log) })
    t.same(
      result.cells.map(({ verdict }) => verdict),
      ['passed', 'passed', 'passed'],
    )
    t.notOk(existsSync(join(t.testdirName, 'together')), `one after another, with ${name} for one`)
    t.equal(log.filter(line => /is run alone$/.test(line)).length, name === 'room' ? 0 : 3)
  }
})
