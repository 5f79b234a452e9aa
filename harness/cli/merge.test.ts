import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { THE_REPORT } from '../report/consoles.ts'
import { FORMATS } from '../results/formats.ts'
import { readResults } from '../results/read.ts'
import { SAMPLE_CELLS, sampleCell, sampleRun } from '../results/sample.ts'
import { writeResults } from '../results/write.ts'

const BIN = fileURLToPath(new URL('../../bin/dmaspec.js', import.meta.url))

t.setTimeout(120_000)

/** Three shards in `ci/`, as a CI's download step leaves them. */
async function shards(t: Test, cells = SAMPLE_CELLS): Promise<string> {
  const cwd = t.testdir({})
  const matrix = cells.map(({ id }) => id)
  for (const index of [1, 2, 3]) {
    const out = join(cwd, `ci/results-${index}`)
    const own = cells.filter((_, i) => i % 3 === index - 1)
    for (const { folder } of own.flatMap(cell => cell.tests).flatMap(test => test.boots)) {
      mkdirSync(join(out, folder), { recursive: true })
      writeFileSync(join(out, folder, 'console.log'), THE_REPORT.join('\r\n'))
    }
    await writeResults(out, sampleRun(own, { matrix, shard: { index, count: 3 } }))
  }
  return cwd
}

function merge(cwd: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, 'merge', ...args], {
    cwd,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

t.test('all shards, all well', async t => {
  const cwd = await shards(
    t,
    ['a', 'b', 'c', 'd'].map(spec => sampleCell('6.1', spec)),
  )
  const { status, stdout, stderr } = merge(cwd, 'ci')
  t.equal(status, 0)
  t.equal(
    stdout,
    ['3 parts, 4 cells: 4 passed', 'written:', ...FORMATS.map(({ file }) => `  out/merged/${file}`), ''].join(
      '\n',
    ),
  )
  t.match(stderr, /^reading results: 3 parts/)
  t.equal(merge(cwd, 'ci', 'out').status, 0, 'once more, over itself')
})

t.test('what failed, and a shard that is missing, in every format', async t => {
  const cwd = await shards(t)
  const { status, stdout } = merge(cwd, 'ci/results-1', 'ci/results-3', '--out', 'all')
  t.equal(status, 2, 'a cell could not be run')
  t.match(stdout, '  failed  6.1/crashes › the report of 2018: null-deref in ipmmu_domain_free\n')
  t.match(stdout, '  missing: shard 2 of 3 (of a matrix of 8 cells)\n  missing: 6.1/fails\n')
  const file = (name: string) => readFileSync(join(cwd, 'all', name), 'utf8')
  t.match((await readResults(join(cwd, 'all/results.json'))).merged?.problems, ['missing: shard 2 of 3'])
  t.match(file('junit.xml'), /<testsuite name="6\.1\/fails".*\n.*\n.*"missing"/)
  t.match(file('junit.xml'), /<error type="merge" message="\d+ problems">missing: shard 2 of 3/)
  t.match(file('junit.xml'), /NULL pointer dereference/, "the shards' consoles")
  t.match(file('results.ktap'), /not ok \d+ fails # ERROR missing: /)
  t.match(file('kcidb.json'), '"status": "MISS"')
  t.match(file('report.md'), '> - `missing: shard 2 of 3')
  t.match(file('report.md'), 'NULL pointer dereference', 'consoles are found from the new folder')
})

t.test('doubled', async t => {
  const cwd = await shards(t, [sampleCell('6.1', 'a'), sampleCell('6.1', 'b'), sampleCell('6.1', 'c')])
  t.equal(merge(cwd, 'ci', 'ci/results-1/results.json').status, 0, 'the same file is one')
  spawnSync('cp', ['-r', 'ci/results-1', 'ci/results-1-again'], { cwd })
  const { status, stdout } = merge(cwd, 'ci', '--json')
  t.equal(status, 1)
  t.match(JSON.parse(stdout), { merged: { doubled: [{ id: '6.1/a', verdicts: ['passed', 'passed'] }] } })
})

t.test('a folder without results is said, the others are merged', async t => {
  const cwd = await shards(t)
  mkdirSync(join(cwd, 'lost'))
  const { stdout, stderr } = merge(cwd, 'lost', 'ci')
  t.match(stderr, /^lost has no results\.json: its cells will be missing$/m)
  t.match(stdout, /^3 parts, 8 cells/)
})

t.test('nonsense is refused, and leaves nothing', async t => {
  const cwd = await shards(t)
  mkdirSync(join(cwd, 'empty'))
  mkdirSync(join(cwd, 'cut'))
  writeFileSync(join(cwd, 'cut/results.json'), '{"form')
  const before = readdirSync(cwd)
  const refused: [string[], RegExp][] = [
    [[], /missing required argument 'dir'/],
    [['empty'], /^dmaspec: there is nothing to merge: no results\.json in empty; /],
    [['none'], /^dmaspec: there is no none; give folders/],
    [['ci', 'cut'], /^dmaspec: .*cut\/results\.json is no JSON: /m],
    [
      ['ci', '--out', 'ci/results-1'],
      /^dmaspec: .*results-1 has the results of a run, which this would overwrite/,
    ],
    [['ci', '--url', 'ftp://x'], /^dmaspec: --url 'ftp:\/\/x' is no address of the web/],
  ]
  for (const [args, says] of refused) {
    const { status, stdout, stderr } = merge(cwd, ...args)
    t.equal(status, 2, args.join(' '))
    t.equal(stdout, '')
    t.match(stderr, says)
  }
  t.same(readdirSync(cwd), before)
  t.notOk(existsSync(join(cwd, 'out')))
})

t.test('--url names the files of boots', async t => {
  const cwd = await shards(t)
  merge(cwd, 'ci', '--out', 'ci/all', '--url', 'https://ci.example/7/all')
  t.match(
    readFileSync(join(cwd, 'ci/all/kcidb.json'), 'utf8'),
    '"https://ci.example/7/results-3/boots/6.1/crashes/report/console.log"',
  )
})
