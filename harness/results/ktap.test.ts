import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { DEFAULTS } from '../cell/cell.ts'
import { cacheRoot } from '../images/cache.ts'
import { reportCells } from './cases.ts'
import { ktap } from './ktap.ts'
import { mergeResults } from './merge.ts'
import { isBad } from './outcome.ts'
import { HOSTILE, HOSTILE_CELLS, SAMPLE_CELLS, sampleCell, sampleRun, sampleTest } from './sample.ts'

interface Result {
  ok: boolean
  name: string
  directive: string
  tests: Result[]
}

/** Reads KTAP as Documentation/dev-tools/ktap.rst has it, and takes nothing that it does not know. */
function read(text: string): Result[] {
  const lines = text.split('\n')
  if (lines.pop() !== '') throw new Error('no line end')
  const results = block(lines, '')
  if (lines.length > 0) throw new Error(`more than was planned: ${lines[0]}`)
  return results
}

function block(lines: string[], indent: string): Result[] {
  if (lines.shift() !== `${indent}KTAP version 1`) throw new Error('no version line')
  if (indent !== '' && !lines.shift()?.startsWith(`${indent}# Subtest: `)) throw new Error('no name')
  const plan = new RegExp(`^${indent}1\\.\\.(\\d+)$`).exec(lines.shift() ?? '')
  if (!plan) throw new Error('no plan')
  return Array.from({ length: Number(plan[1]) }, (_, i) => {
    const tests = lines[0] === `${indent}  KTAP version 1` ? block(lines, `${indent}  `) : []
    while (lines[0]?.startsWith(`${indent}# `)) lines.shift()
    const line = lines.shift() ?? ''
    const found = new RegExp(`^${indent}(ok|not ok) ${i + 1} ([^#]+?)(?: # ([^#]*))?$`).exec(line)
    if (!found) throw new Error(`no result line: ${JSON.stringify(line)}`)
    return { ok: found[1] === 'ok', name: found[2] ?? '', directive: found[3] ?? '', tests }
  })
}

const all = sampleRun([...SAMPLE_CELLS, ...HOSTILE_CELLS])
const hostile = () => HOSTILE
const leaves = (results: Result[]): Result[] =>
  results.flatMap(result => (result.tests.length > 0 ? leaves(result.tests) : [result]))

t.test('kernels, specs, tests', async t => {
  const results = read(ktap(sampleRun(SAMPLE_CELLS), () => 'console'))
  t.same(
    results.map(({ name, ok }) => [name, ok]),
    [
      ['linux 6.1', false],
      ['linux 5.10', false],
    ],
  )
  t.same(
    results[0]?.tests.map(({ name, ok }) => [name, ok]),
    [
      ['passes', true],
      ['fails', false],
      ['crashes', false],
      ['hangs', false],
      ['throws', false],
      ['wavers', false],
    ],
  )
  t.same(
    leaves(results)
      .map(({ directive }) => directive)
      .filter(Boolean),
    [
      'and not bounced',
      'null-deref in ipmmu_domain_free',
      'TIMEOUT no marker: nothing was printed for 20 s',
      'ERROR the spec threw: x is not a function',
      'flaky: came out differently in 3 attempts',
      'SKIP needs linux 5.15',
      'ERROR linux 5.10 is not built',
    ],
  )
})

t.test('nothing that a guest prints counts', async t => {
  const text = ktap(all, hostile)
  const results = leaves(read(text))
  // kunit_parser.py, KTAP_END: there it would read no further
  t.notMatch(text, /List of all partitions:|Kernel panic - not syncing: VFS:|reboot: System halted/)
  const cases = reportCells(all).flatMap(({ cases }) => cases)
  t.same(
    results.map(({ ok, directive }) => [ok, directive.startsWith('SKIP')]),
    cases.map(({ outcome }) => [!isBad(outcome), outcome === 'skipped']),
  )
})

t.test('a test that is called as its spec does not end the spec', async t => {
  const same = sampleCell('6.1', 'same', {
    tests: [sampleTest({ path: ['same'] }), sampleTest({ path: ['b'] })],
  })
  const [kernel] = read(ktap(sampleRun([same]), () => ''))
  t.same(
    kernel?.tests[0]?.tests.map(({ name }) => name),
    ['same (test)', 'b'],
  )
})

t.test('what is missing is not ok, and of a merge what is wrong with its parts is a test', async t => {
  const matrix = ['6.1/a', '6.1/b', '5.10/a']
  const run = sampleRun([sampleCell('6.1', 'a')], { matrix, shard: { index: 1, count: 2 } })
  t.same(leaves(read(ktap(run, () => ''))).length, 1, 'a shard misses nothing')
  const results = read(ktap(mergeResults([{ folder: '/x', result: run }], '/x'), () => ''))
  t.same(
    leaves(results).map(({ ok, name }) => [ok, name]),
    [
      [true, 'a 32-bit bus refuses page tables above 4 GiB'],
      [false, 'b'],
      [false, 'a'],
      [false, 'every cell of the matrix is here, once'],
    ],
  )
  t.match(leaves(results)[1]?.directive, /^ERROR missing: /)
  t.match(leaves(results)[3]?.directive, /^ERROR missing: shard 2 of 2 .* \(3 in all\)$/)
})

t.test('a run of nothing', async t => {
  t.equal(
    ktap(sampleRun([]), () => ''),
    'KTAP version 1\n1..0\n',
  )
})

/** kunit.py of a kernel that reads KTAP (6.1 does, 5.10 does not): where `make images` unpacked one, or $DMASPEC_KUNIT. */
function findKunit(): string | undefined {
  const versions = join(cacheRoot(), 'work', `linux-${DEFAULTS.kernel}`)
  const unpacked = (existsSync(versions) ? readdirSync(versions) : []).map(version =>
    join(versions, version, 'source/tools/testing/kunit/kunit.py'),
  )
  return process.env['DMASPEC_KUNIT'] ?? unpacked.find(file => existsSync(file))
}

const kunit = findKunit()
const skip = kunit ? false : 'no kernel source is unpacked: make images, or set $DMASPEC_KUNIT to a kunit.py'
t.test("the kernel's own reader", { skip }, async t => {
  const file = join(t.testdir({}), 'results.ktap')
  writeFileSync(file, ktap(all, hostile))
  const { stdout } = spawnSync('python3', [kunit ?? '', 'parse', file], { encoding: 'utf8' })
  const cases = reportCells(all).flatMap(({ cases }) => cases.map(({ outcome }) => outcome))
  const n = (is: (outcome: (typeof cases)[number]) => boolean) => cases.filter(is).length
  const [passed, failed, skipped] = [n(o => o === 'passed'), n(isBad), n(o => o === 'skipped')]
  t.match(
    stdout,
    `Ran ${cases.length} tests: passed: ${passed}, failed: ${failed}, skipped: ${skipped}\n`,
    'it counts as we do',
  )
  t.notMatch(stdout, '[ERROR]')
})
