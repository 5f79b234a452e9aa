import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { CellError } from '../errors.ts'
import { checkResults, readResults } from './read.ts'
import { HOSTILE_CELLS, SAMPLE_CELLS, sampleCell, sampleRun } from './sample.ts'

const run = sampleRun([...SAMPLE_CELLS, ...HOSTILE_CELLS])

t.test('what was written is read', async t => {
  const folder = t.testdir({ 'results.json': JSON.stringify(run) })
  t.same(await readResults(join(folder, 'results.json')), JSON.parse(JSON.stringify(run)))
})

t.test('what a newer dmaspec adds is kept, wherever it is', async t => {
  const part = { ...run, matrix: { cells: 1, sha256: '' }, cells: 1 }
  const merged = { parts: [part], doubled: [{ id: '6.1/a', verdicts: [] }], problems: [] }
  const more = enriched(JSON.parse(JSON.stringify({ ...run, merged })))
  t.same(checkResults('x', more), more)
})

/** Another field in every object. */
function enriched(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(enriched)
  if (value === null || typeof value !== 'object') return value
  const fields = Object.entries(value).map(([name, field]): [string, unknown] => [name, enriched(field)])
  return { ...Object.fromEntries(fields), weather: 'fine' }
}

t.test('of many faults the first are told', async t => {
  const broken = { ...run, cells: run.cells.map(cell => ({ ...cell, seconds: 'long' })) }
  const error = t.throws(() => checkResults('x', broken), CellError) as Error
  t.equal(error.message.split('\n').length, 7)
  t.match(error.message, /\n {2}… and \d+ more$/)
})

const one = sampleCell('6.1', 'a')
const wrong: Record<string, [object, RegExp]> = {
  'a verdict that is none': [
    sampleRun([{ ...one, verdict: 'pased' as 'passed' }]),
    /cells\[0\]\.verdict: .*"passed"\|"failed"/,
  ],
  'a field that is missing': [
    { ...run, machine: undefined },
    /\n {2}machine: expected object, received undefined/,
  ],
  'a cell twice': [sampleRun([one, one]), /cells\[1\]\.id: is there twice/],
  'a cell outside of the matrix': [sampleRun([one], { matrix: [] }), /cells\[0\]\.id: is not in 'matrix'/],
  'an id of another kernel': [
    sampleRun([{ ...one, kernel: { ...one.kernel, name: '5.10' } }]),
    /cells\[0\]\.id: is not '<kernel\.name>/,
  ],
  'an absolute folder': [
    sampleRun([sampleCell('6.1', 'a', { tests: [{ ...test(), boots: [{ ...boot(), folder: '/etc' }] }] })]),
    /cells\[0\]\.tests\[0\]\.boots\[0\]\.folder: is no relative folder/,
  ],
  'a shard beyond the last': [
    sampleRun([one], { shard: { index: 4, count: 3 } }),
    /shard: is a shard beyond/,
  ],
  'more shards than there can be': [sampleRun([one], { shard: { index: 1, count: 1e9 } }), /shard\.count: /],
  'a time that is none': [sampleRun([one], { started: 'today' }), /started: is no ISO 8601 time/],
  'negative seconds': [sampleRun([one], { seconds: -1 }), /seconds: /],
  'another format': [
    { ...run, format: 'dmaspec-results/2' },
    /is of format 'dmaspec-results\/2', and this dmaspec reads 'dmaspec-results\/1'/,
  ],
  'the file of another program': [{ results: [] }, /is no result of dmaspec/],
  'no object': [[], /is no result of dmaspec/],
}
for (const [name, [value, says]] of Object.entries(wrong)) {
  t.test(`${name} is refused`, async t => {
    const error = t.throws(() => checkResults('a/results.json', JSON.parse(JSON.stringify(value))), CellError)
    t.match((error as Error).message, says)
    t.match((error as Error).message, /^a\/results\.json is /)
    t.notMatch((error as Error).message, /\n.*\n.*\n.*\n.*\n.*\n.*\n.*\n/)
  })
}

t.test('a file that can not be read, or is no JSON', async t => {
  const folder = t.testdir({ cut: '{"format":', empty: '', dir: {} })
  await t.rejects(readResults(join(folder, 'none')), { message: /can't read .*none: there is no such file/ })
  await t.rejects(readResults(join(folder, 'dir')), { message: /can't read .*dir: it is no file/ })
  await t.rejects(readResults(join(folder, 'cut')), { message: /cut is no JSON: .*Run that part again/ })
  await t.rejects(readResults(join(folder, 'empty')), { message: /empty is no JSON: it is empty/ })
  spawnSync('mkfifo', [join(folder, 'fifo')])
  await t.rejects(readResults(join(folder, 'fifo')), { message: /fifo: it is no file/ })
})

function test() {
  return one.tests[0] as (typeof one.tests)[number]
}
function boot() {
  return test().boots[0] as ReturnType<typeof test>['boots'][number]
}
