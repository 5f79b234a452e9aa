import t from 'tap'
import { SAMPLE_CELLS, sampleBoot, sampleCell, sampleRun, sampleTest } from '../results/sample.ts'
import { hopeless, unbootable, unbuildable } from './verdict.ts'

const thrown = (name: string, boots = [sampleBoot()]) =>
  sampleRun([
    sampleCell('6.1', 'ok'),
    sampleCell('6.1', 'spec', {
      verdict: 'error',
      tests: [
        sampleTest({
          verdict: 'error',
          boots,
          assertions: [{ ok: false, title: 'it says why', diagnostics: `name: ${name}`, directive: null }],
        }),
      ],
    }),
  ])

t.test('what no kernel causes ends it, and says which cell and why', async t => {
  t.equal(hopeless(thrown('InfraError')), '6.1/spec: it says why')
  t.equal(hopeless(thrown('ImageError')), '6.1/spec: it says why')
  t.equal(hopeless(thrown('BootError')), null)
  t.equal(hopeless(thrown('TypeError')), null, 'a kernel that says too little may cause that')
  t.equal(hopeless(sampleRun(SAMPLE_CELLS.slice(0, 4))), null)
  const unloadable = sampleCell('6.1', 'spec', { verdict: 'error', reason: 'no module x', tests: [] })
  t.equal(hopeless(sampleRun([unloadable])), "6.1/spec: the spec can't be run: no module x")
})

t.test('a fault that cannot be compiled is the fault of the sources', async t => {
  const run = thrown('UnbuildableError', [])
  t.equal(hopeless(run), null)
  t.equal(unbuildable(run), 'it says why')
  t.equal(unbuildable(thrown('BootError')), null)
})

t.test('a kernel of which no boot came to an answer does not boot', async t => {
  const boots = (...all: Parameters<typeof sampleBoot>[0][]) =>
    sampleRun([sampleCell('6.1', 'spec', { tests: [sampleTest({ boots: all.map(sampleBoot) })] })])
  const silent = { end: 'silence', reason: 'nothing was printed for 20 s', folder: 'boots/a' } as const
  t.same(unbootable(boots(silent, silent), '/out'), { why: silent.reason, log: '/out/boots/a/console.log' })
  t.equal(unbootable(boots(silent, {}), '/out'), null, 'another boot did')
  t.equal(unbootable(boots({ ...silent, end: 'panic', oopses: ['null-deref in f'] }), '/out'), null)
  t.equal(unbootable(boots(), '/out'), null, 'nothing was booted')
})
