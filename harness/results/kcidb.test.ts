import t from 'tap'
import { z } from 'zod'
import { kcidb, type Kcidb } from './kcidb.ts'
import { mergeResults } from './merge.ts'
import type { RunResult } from './result.ts'
import {
  HOSTILE,
  HOSTILE_CELLS,
  SAMPLE_CELLS,
  sampleBoot,
  sampleCell,
  sampleRun,
  sampleTest,
} from './sample.ts'

// The rules of kernelci/kcidb-io, kcidb_io/schema/v05_03.py, for what dmaspec sends; strict, as that is.
const text = z.string().regex(/^[^\0]*$/)
const id = z.string().regex(/^[a-z0-9_]+:[^\0]*$/)
const origin = z.string().regex(/^[a-z0-9_]+$/)
const status = z.enum(['FAIL', 'ERROR', 'MISS', 'PASS', 'DONE', 'SKIP'])
const misc = z.record(z.string(), z.unknown())
const resources = z.array(z.strictObject({ name: z.string().regex(/^[^/\0]+$/), url: z.url() }))
const schema = z.strictObject({
  version: z.strictObject({ major: z.literal(5), minor: z.int().min(0).max(3) }),
  checkouts: z.array(
    z.strictObject({
      id,
      origin,
      comment: text.optional(),
      valid: z.boolean().optional(),
      misc: misc.optional(),
    }),
  ),
  builds: z.array(
    z.strictObject({
      id,
      checkout_id: id,
      origin,
      comment: text.optional(),
      architecture: z.string().regex(/^[a-z0-9_]*$/),
      config_name: text.optional(),
      status: status.optional(),
      misc: misc.optional(),
    }),
  ),
  tests: z.array(
    z.strictObject({
      id,
      build_id: id,
      origin,
      path: z.string().regex(/^[a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*$/),
      comment: text.optional(),
      status,
      start_time: z.iso.datetime(),
      duration: z.number().optional(),
      log_excerpt: text.max(16_384).optional(),
      output_files: resources.optional(),
      environment: z.strictObject({ comment: text.optional(), misc: misc.optional() }),
      misc,
    }),
  ),
})

/** By the schema, by what it says of null, and by what its words say of ids. */
function check(data: Kcidb): Kcidb {
  const json = JSON.stringify(data)
  if (/[[:,]null/.test(json)) throw new Error('a property is null')
  schema.parse(JSON.parse(json))
  const has = (objects: { id: string }[]) => {
    const ids = new Set(objects.map(({ id }) => id))
    if (ids.size !== objects.length) throw new Error('an id is there twice')
    return ids
  }
  const [checkouts, builds] = [has(data.checkouts), has(data.builds)]
  has(data.tests)
  if (!data.builds.every(build => checkouts.has(build.checkout_id))) throw new Error('no such checkout')
  if (!data.tests.every(test => builds.has(test.build_id))) throw new Error('no such build')
  return data
}

const of = (run: RunResult, url?: string) => check(kcidb(run, () => 'console', url))

t.test('each verdict has its status, and what never ran is MISS', async t => {
  t.same(
    of(sampleRun(SAMPLE_CELLS)).tests.map(({ path, status }) => `${path} ${status}`),
    [
      'dmaspec.passes.a_32-bit_bus_refuses_page_tables_above_4_gib PASS',
      'dmaspec.fails.a_32-bit_bus_refuses_page_tables_above_4_gib PASS',
      'dmaspec.fails.outer.an_unlimited_bus_takes_them_as_they_are FAIL',
      'dmaspec.crashes.the_report_of_2018 FAIL',
      'dmaspec.hangs.it_hangs ERROR',
      'dmaspec.throws.a_32-bit_bus_refuses_page_tables_above_4_gib PASS',
      'dmaspec.throws ERROR',
      'dmaspec.wavers.a_32-bit_bus_refuses_page_tables_above_4_gib PASS',
      'dmaspec.wavers FAIL',
      'dmaspec.passes SKIP',
      'dmaspec.fails MISS',
    ],
  )
})

t.test('the facts of a crash', async t => {
  const { tests, builds, checkouts } = of(sampleRun(SAMPLE_CELLS))
  t.match(tests[3], {
    log_excerpt:
      /^not ok: null-deref in ipmmu_domain_free\n\nboots\/6\.1\/crashes\/report\/console\.log:\nconsole\n$/,
    misc: { cell: '6.1/crashes', verdict: 'failed', oopses: ['null-deref in ipmmu_domain_free'] },
    start_time: '2026-11-23T04:28:10.123Z',
    duration: 1.75,
  })
  t.match(builds[0], {
    comment: 'linux 6.1 6.1.192-2',
    status: 'PASS',
    misc: { image_sha256: 'ab'.repeat(32) },
  })
  t.equal(checkouts.length, 3, '6.1, 5.10 as it was, and 5.10 that was not built')
  t.equal(builds[2]?.status, undefined, 'what was not booted is not said to be built')
})

t.test('hostile text is within the schema', async t => {
  const { tests, builds } = check(
    kcidb(sampleRun([...SAMPLE_CELLS, ...HOSTILE_CELLS]), () => HOSTILE, 'https://ci.example/7'),
  )
  t.ok(tests.some(({ log_excerpt: log }) => log?.length === 16_384))
  t.equal(builds.at(-1)?.config_name, 'debug')
})

t.test('two tests of one name are two', async t => {
  t.equal(of(sampleRun([sampleCell('6.1', 'a', { tests: [sampleTest(), sampleTest()] })])).tests.length, 2)
})

t.test('files are named only where they are on the web', async t => {
  const test = sampleTest({ boots: [sampleBoot({ folder: 'boots/6.1+debug/a b/#1' })] })
  const run = sampleRun([sampleCell('6.1', 'a', { tests: [test] })])
  t.equal(of(run).tests[0]?.output_files, undefined)
  t.match(of(run, 'https://ci.example/7/out').tests[0]?.output_files, [
    { name: 'console.log', url: 'https://ci.example/7/out/boots/6.1%2Bdebug/a%20b/%231/console.log' },
  ])
})

t.test('a merge has the ids of its parts, and what is missing is MISS', async t => {
  const matrix = ['6.1/a', '6.1/b', '6.1/c']
  const shard = (index: number, spec: string) =>
    sampleRun([sampleCell('6.1', spec)], {
      matrix,
      shard: { index, count: 3 },
      started: `2026-11-23T04:0${index}:00.000Z`,
    })
  const [first, second] = [shard(1, 'a'), shard(2, 'b')]
  const merged = of(
    mergeResults(
      [second, first].map(result => ({ folder: '/x', result })),
      '/x',
    ),
  )
  t.same(
    merged.tests.map(({ status, misc }) => [status, (misc as { cell: string }).cell]),
    [
      ['PASS', '6.1/a'],
      ['PASS', '6.1/b'],
      ['MISS', '6.1/c'],
    ],
  )
  t.equal(merged.tests[0]?.id, of(first).tests[0]?.id)
  t.equal(merged.tests[1]?.id, of(second).tests[0]?.id)
  t.not(merged.tests[0]?.id, merged.tests[1]?.id)
  const twice = of(
    mergeResults(
      [first, first].map(result => ({ folder: '/x', result })),
      '/x',
    ),
  )
  t.match(twice.tests[0]?.misc, { doubled: ['passed', 'passed'] })
})
