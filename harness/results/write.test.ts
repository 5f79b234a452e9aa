import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { InfraError } from '../errors.ts'
import { findResults } from './find.ts'
import { FORMATS } from './formats.ts'
import { loadPart } from './load.ts'
import { readResults } from './read.ts'
import { HOSTILE_CELLS, SAMPLE_CELLS, sampleCell, sampleRun } from './sample.ts'
import { writeResults } from './write.ts'

const run = sampleRun([...SAMPLE_CELLS, ...HOSTILE_CELLS])

t.test('every format is a file, and results.json is the result', async t => {
  const out = join(t.testdir({}), 'deep/out')
  const paths = await writeResults(out, run)
  t.same(
    paths,
    FORMATS.map(({ file }) => join(out, file)),
  )
  t.same(readdirSync(out).sort(), FORMATS.map(({ file }) => file).sort(), 'and nothing else is left')
  t.same(await readResults(join(out, 'results.json')), JSON.parse(JSON.stringify(run)))
})

t.test('written twice it is the same', async t => {
  const out = t.testdir({})
  const paths = await writeResults(out, run)
  const before = paths.map(path => readFileSync(path, 'utf8'))
  await writeResults(out, run)
  t.same(
    paths.map(path => readFileSync(path, 'utf8')),
    before,
  )
})

t.test('a file is there whole or not at all', async t => {
  const out = t.testdir({ 'b.txt': { dir: '' } })
  const formats = [
    { file: 'a.txt', write: () => 'a' },
    { file: 'b.txt', write: () => 'b' },
  ]
  await t.rejects(writeResults(out, run, { formats }), InfraError)
  t.same(readdirSync(out).sort(), ['a.txt', 'b.txt'])
  await t.rejects(writeResults(join(out, 'a.txt'), run), {
    name: 'InfraError',
    message: /can't (make|write) .*a\.txt/,
  })
  await t.rejects(writeResults('/proc/none/x', run), InfraError)
  const ended = AbortSignal.abort(new Error('interrupted'))
  await t.rejects(writeResults(join(out, 'c'), run, { signal: ended }), { message: 'interrupted' })
})

t.test('results are found in files, folders and folders of folders', async t => {
  const results = () => ({ 'results.json': '{}', boots: { x: { 'results.json': 'of a guest' } } })
  const folder = t.testdir({
    one: results(),
    ci: { 'job-1': results(), 'job-2': { out: results() }, log: {} },
    no: {},
  })
  const found = async (...paths: string[]) => {
    const { files, empty } = await findResults(paths.map(path => join(folder, path)))
    return [files, empty].map(list => list.map(path => path.slice(folder.length + 1)))
  }
  const [job1, job2] = ['ci/job-1/results.json', 'ci/job-2/out/results.json']
  t.same(await found('one'), [['one/results.json'], []])
  t.same(await found('one/results.json', 'ci'), [['one/results.json', job1, job2], []])
  t.same(await found('ci/job-1', 'ci', 'ci/job-1/results.json'), [[job1, job2], []], 'each once')
  t.same(await found('no', 'one'), [['one/results.json'], ['no']])
  await t.rejects(found('none'), { name: 'CellError', message: /^there is no .*\/none; give folders/ })
})

t.test("a shard's own JUnit XML is taken, unless it is of something else", async t => {
  const out = t.testdir({})
  const [, junit] = (await writeResults(out, run, { excerpts: () => 'kept' })) as [string, string]
  const load = () => loadPart(join(out, 'results.json'))
  t.match((await load()).junit, 'kept')
  await writeResults(out, sampleRun([sampleCell('6.1', 'a')]), { formats: FORMATS.slice(0, 1) })
  t.match((await load()).junit, /<testsuite name="6\.1\/a"/)
  t.notMatch((await load()).junit, 'kept')
  writeFileSync(junit, 'cut off <')
  t.match((await load()).junit, /<testsuite name="6\.1\/a"/)
  t.ok(existsSync(junit))
})
