import t from 'tap'
import { join } from 'node:path'
import { CellError } from '../errors.ts'
import { FORMAT, type CellResult } from '../results/result.ts'
import { estimates, readDurations, recorded } from './durations.ts'

const run = { format: FORMAT, cells: [{ id: '6.1/a', seconds: 6, attempts: 2 }], more: true }

t.test('durations are read from a table, a run, or its folder', async t => {
  const dir = t.testdir({
    'table.json': '{"6.1/a": 2.5}',
    run: { 'results.json': JSON.stringify(run) },
  })
  t.same([...readDurations(join(dir, 'table.json'))], [['6.1/a', 2.5]])
  t.same([...readDurations(join(dir, 'run'))], [['6.1/a', 3]], 'one attempt of two')
  t.same([...readDurations(join(dir, 'run/results.json'))], [['6.1/a', 3]])
})

t.test('what is none is a CellError', async t => {
  const dir = t.testdir({ 'a.json': '{"6.1/a": "long"}', 'b.json': '{', 'c.json': '{"6.1/a": -1}', d: {} })
  const refusal = (name: string) => t.throws(() => readDurations(join(dir, name)), CellError)
  t.match(refusal('a.json'), { message: /a\.json has no durations/ })
  t.match(refusal('b.json'), { message: /b\.json is no JSON/ })
  t.match(refusal('c.json'), { message: /c\.json has no durations/ })
  t.match(refusal('d'), { message: /^durations can't be read: ENOENT/ })
})

t.test('a cell that never ran takes the median of its spec, else of all', async t => {
  const durations = new Map([
    ['5.10/a', 2],
    ['6.1/a', 4],
    ['6.12/a', 30],
    ['6.1/b', 1],
  ])
  const cells = ['6.1/a', '7.2/a', '7.2/c'].map(id => ({ id, spec: id.split('/')[1] ?? '' }))
  t.same(estimates(cells, durations), [4, 4, 2])
  t.same(estimates(cells, new Map()), [1, 1, 1])
})

t.test('what ran is recorded, sorted, and the rest kept', async t => {
  const cell = (id: string, verdict: string, seconds: number, attempts = 1) =>
    ({ id, verdict, seconds, attempts }) as CellResult
  const table = recorded(
    new Map([
      ['6.1/c', 3],
      ['6.1/a', 9],
    ]),
    [
      cell('6.1/b', 'failed', 4.26, 2),
      cell('6.1/a', 'passed', 1),
      cell('6.1/d', 'error', 99),
      cell('6.1/e', 'skipped', 0),
    ],
  )
  t.same(Object.entries(table), [
    ['6.1/a', 1],
    ['6.1/b', 2.1],
    ['6.1/c', 3],
  ])
})
