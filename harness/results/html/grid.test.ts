import t from 'tap'
import { gridOf } from './grid.ts'
import { sampleCell, sampleRun, sampleTest } from './sample-run.ts'

const cell = sampleCell

t.test('kernels across, specs and their tests down, in the order of the matrix', async t => {
  const run = sampleRun([
    cell('5.10', 'report', [sampleTest('a'), sampleTest('c')]),
    cell('6.1', 'report', [sampleTest('a'), sampleTest('b'), sampleTest('c', 'failed')]),
    cell('my/tree', 'bus-limit', []),
  ])
  const { kernels, specs, missing, doubled } = gridOf(run)
  t.same(
    kernels.map(({ name }) => name),
    ['5.10', '6.1', 'my/tree'],
  )
  t.same(
    specs.map(({ spec, tests }) => [spec, tests.map(({ path }) => path[0])]),
    [
      ['report', ['a', 'b', 'c']],
      ['bus-limit', []],
    ],
  )
  const verdicts = specs[0]?.tests.map(({ cells }) => cells.map(({ verdict }) => verdict))
  t.same(verdicts, [
    ['passed', 'passed', 'none'],
    ['none', 'passed', 'none'],
    ['passed', 'failed', 'none'],
  ])
  t.same([missing, doubled], [[], []])
})

t.test('what was planned and never came is missing', async t => {
  const run = sampleRun([cell('6.1', 'report', [sampleTest('a')])], { matrix: ['6.1/report', '7.2/report'] })
  const { missing, specs } = gridOf(run)
  t.same(missing, ['7.2/report'])
  t.equal(specs[0]?.cells[1]?.verdict, 'missing')
  t.equal(specs[0]?.tests[0]?.cells[1]?.verdict, 'missing')
})

t.test('a shard misses nothing: the rest is elsewhere', async t => {
  const changes = { matrix: ['6.1/report', '7.2/report'], shard: { index: 1, count: 2 } }
  const { missing, specs } = gridOf(sampleRun([cell('6.1', 'report', [])], changes))
  t.same(missing, [])
  t.equal(specs[0]?.cells[1]?.verdict, 'elsewhere')
})

t.test('of a cell that was reported twice the worse result is shown', async t => {
  const good = cell('6.1', 'report', [sampleTest('a')])
  const bad = cell('6.1', 'report', [sampleTest('a', 'failed')])
  for (const cells of [
    [good, bad],
    [bad, good],
  ]) {
    const { doubled, specs } = gridOf(sampleRun(cells))
    t.same(doubled, ['6.1/report'])
    t.equal(specs[0]?.cells[0]?.verdict, 'failed')
    t.equal(specs[0]?.tests[0]?.cells[0]?.verdict, 'failed')
  }
})

t.test('a kernel that is not the same in all cells has two versions', async t => {
  const old = cell('6.1', 'report', [])
  const other = { ...cell('6.1', 'fault', []), kernel: { ...old.kernel, version: '6.1.190-1' } }
  t.same(gridOf(sampleRun([old, other])).kernels[0]?.versions, ['6.1.192-2', '6.1.190-1'])
})
