import t from 'tap'
import { mergeResults, type Part } from './merge.ts'
import { missingCells, rank } from './outcome.ts'
import type { RunResult, Verdict } from './result.ts'
import { sampleBoot, sampleCell, sampleRun, sampleTest } from './sample.ts'

const OUT = '/out/merged'
const part = (result: RunResult, folder = '/out/a'): Part => ({ folder, result })
const merge = (...results: RunResult[]) =>
  mergeResults(
    results.map(result => part(result)),
    OUT,
  )

const matrix = ['6.1/a', '6.1/b', '5.10/a', '5.10/b']
const all = matrix.map(id => sampleCell(id.split('/')[0] ?? '', id.split('/')[1] ?? ''))
const shard = (index: number, over: Partial<RunResult> = {}) =>
  sampleRun(
    all.filter((_, i) => i % 2 === index - 1),
    { matrix, shard: { index, count: 2 }, started: `2026-11-23T04:0${index}:00.000Z`, ...over },
  )

t.test('shards make a whole', async t => {
  const merged = merge(shard(2), shard(1))
  t.same(
    merged.cells.map(({ id }) => id),
    matrix,
    "in the matrix's order",
  )
  t.same(merged.merged?.problems, [])
  t.equal(merged.shard, null)
  t.equal(merged.started, '2026-11-23T04:01:00.000Z')
  t.equal(merged.seconds, 72.5, 'from the first start to the last end')
  t.same(
    merged.merged?.parts.map(({ shard, cells }) => [shard?.index, cells]),
    [
      [1, 2],
      [2, 2],
    ],
  )
})

t.test('a shard that is missing is said, and so are its cells', async t => {
  const merged = merge(shard(1))
  t.same(missingCells(merged), ['6.1/b', '5.10/b'])
  t.same(merged.merged?.problems, [
    'missing: shard 2 of 2 (of a matrix of 4 cells)',
    'missing: 6.1/b',
    'missing: 5.10/b',
  ])
})

t.test('of what is there twice the worst is kept, and it is said', async t => {
  const bad: Verdict = 'failed'
  const failed = { ...shard(2), cells: shard(2).cells.map(cell => ({ ...cell, verdict: bad })) }
  for (const merged of [merge(shard(1), shard(2), failed), merge(failed, shard(1), shard(2))]) {
    t.same(
      merged.cells.map(({ verdict }) => verdict),
      ['passed', 'failed', 'passed', 'failed'],
    )
    t.same(merged.merged?.doubled, [
      { id: '5.10/b', verdicts: ['failed', 'passed'] },
      { id: '6.1/b', verdicts: ['failed', 'passed'] },
    ])
    t.same(merged.merged?.problems, [
      '2 times: shard 2 of 2 (of a matrix of 4 cells)',
      '2 times: 5.10/b, and the worst was kept: failed, passed',
      '2 times: 6.1/b, and the worst was kept: failed, passed',
    ])
  }
})

t.test('one job a series, each with a matrix of its own, is no problem', async t => {
  const series = (name: string) => sampleRun(all.filter(({ kernel }) => kernel.name === name))
  const merged = merge(series('6.1'), series('5.10'))
  t.same(merged.merged?.problems, [])
  t.same(merged.matrix, [...matrix].sort())
})

t.test('what does not belong together is said', async t => {
  const other = sampleRun([sampleCell('6.1', 'a')])
  t.match(merge(shard(1), shard(2), other).merged?.problems, [
    '2 different matrices that overlap, of 1, 4 cells: ',
    '2 times: 6.1/a',
  ])
  t.same(merge(shard(1), shard(2, { dmaspec: '0.2.0' })).merged?.problems, [
    'not the same everywhere: dmaspec: 0.1.0, 0.2.0',
  ])
  const machine = { ...shard(2).machine, qemu: '11.0.0' }
  t.same(merge(shard(1), shard(2, { machine })).merged?.problems, [
    'not the same everywhere: QEMU: 10.0.13, 11.0.0',
  ])
  const [cell, ...rest] = shard(2).cells
  const newer = { ...cell, kernel: { ...cell?.kernel, version: '6.1.193-1' } } as typeof cell & object
  t.same(merge(shard(1), shard(2, { cells: [newer, ...rest] })).merged?.problems, [
    'not the same everywhere: linux 6.1: 6.1.192-2, 6.1.193-1',
  ])
  const three = { ...shard(1), shard: { index: 3, count: 3 } }
  t.match(merge(shard(1), shard(2), three).merged?.problems, [
    'missing: shard 1 of 3',
    'missing: shard 2 of 3',
    '2 times: 5.10/a',
    '2 times: 6.1/a',
  ])
})

t.test("boots' folders are found from the new place", async t => {
  const [one] = mergeResults([part(shard(1), '/out/a/b'), part(shard(2), '/elsewhere')], OUT).cells
  t.equal(one?.tests[0]?.boots[0]?.folder, '../a/b/boots/6.1/bus-limit/refuses')
})

t.test('nothing is nothing', async t => {
  t.throws(() => mergeResults([], OUT), { message: 'nothing to merge' })
})

t.test('in whatever order and however grouped, the same comes out', async t => {
  for (let seed = 1; seed <= 60; seed++) {
    const next = random(seed)
    const parts = Array.from({ length: 2 + next(4) }, (_, i) => part(randomRun(next), `/out/${i}`))
    const whole = mergeResults(parts, OUT)
    const grouped = mergeResults(groups(parts, next), OUT)
    if (!t.same(grouped, whole, `seed ${seed}`)) return
    if (!t.equal(JSON.stringify(grouped), JSON.stringify(whole), `seed ${seed}, as text`)) return
    const worst = (id: string) =>
      parts
        .flatMap(({ result }) => result.cells.filter(cell => cell.id === id).map(({ verdict }) => verdict))
        .sort((a, b) => rank(a) - rank(b))[0]
    for (const { id, verdict } of whole.cells)
      if (verdict !== worst(id)) t.fail(`seed ${seed}: ${id} is ${verdict}`)
  }
})

/** Mulberry32: the same numbers for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

function shuffled<T>(list: readonly T[], next: (below: number) => number): T[] {
  return list
    .map(item => ({ item, key: next(2 ** 30) }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)
}

function randomRun(next: (below: number) => number): RunResult {
  const matrix = next(3) > 0 ? ['6.1/a', '6.1/b', '5.10/a'] : shuffled(['6.1/a', '5.10/a', '7.2/c'], next)
  const verdicts: Verdict[] = ['passed', 'failed', 'error', 'flaky', 'skipped']
  const cells = matrix
    .filter(() => next(2) > 0)
    .map(id => {
      const [kernel = '', spec = ''] = id.split('/')
      const tests = [sampleTest({ boots: [sampleBoot({ folder: `boots/${next(3)}` })] })]
      return sampleCell(kernel, spec, { verdict: verdicts[next(5)] ?? 'passed', seconds: next(3), tests })
    })
  return sampleRun(cells, {
    matrix,
    started: new Date(Date.UTC(2026, 10, 23, 4, next(60))).toISOString(),
    seconds: next(1000) / 8,
    shard: next(2) > 0 ? { index: 1 + next(2), count: 2 } : null,
    dmaspec: `0.${next(2)}.0`,
  })
}

/** Some of the parts merged beforehand, into folders of their own, and all in another order. */
function groups(parts: readonly Part[], next: (below: number) => number): Part[] {
  const order = shuffled(parts, next)
  const cut = 1 + next(order.length)
  const early = order.slice(0, cut)
  const folder = `/out/early/${next(100)}`
  return shuffled([{ folder, result: mergeResults(early, folder) }, ...order.slice(cut)], next)
}
