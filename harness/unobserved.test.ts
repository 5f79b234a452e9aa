import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

/** Runs a spec's code in a process of its own; returns its TAP. `result` is there, of a boot whose trace nobody saw. */
function spec(dir: string, code: string): { status: number | null; tap: string } {
  const file = join(dir, 'x.spec.mts')
  const url = (name: string) => JSON.stringify(new URL(name, import.meta.url).href)
  writeFileSync(
    file,
    `import t from 'tap'
     import { observed } from ${url('./index.ts')}
     import { guarded } from ${url('./unobserved.ts')}
     import { traceOf } from ${url('./trace/trace.ts')}
     const found = { oopses: [], pageTables: [], disk: null }
     const oracle = { mappings: [], disagreements: [] }
     const full = { report: found, trace: traceOf([]), oracle, notObserved: [] }
     const notObserved = ['trace', 'disk'].map(fact => ({ fact, why: 'it is a board' }))
     const result = guarded({ ...full, notObserved })
     void observed // or the import would go, and what it brings
     ${code}`,
  )
  const { status, stdout } = spawnSync(process.execPath, ['--import=tsx', file], {
    env: { ...process.env, TAP: '1' },
    encoding: 'utf8',
  })
  return { status, tap: stdout }
}

t.test('a check of what nobody saw is skipped with the rest of its test, be it true of nothing', async t => {
  const { status, tap } = spec(
    t.testdir({}),
    `t.test('first thing', async t => {
       const { report, trace } = result
       t.equal(trace.transfers.find(x => x.mmu === null), undefined, 'nothing went past the IOMMU')
       t.fail('no')
     })
     t.test('later', async t => { t.pass('mine'); t.equal(result.report.disk?.ok, true) })
     t.test('inside', async t => {
       t.test('deeper', async t => { t.same(result.oracle.disagreements, []) })
       t.test('beside', async t => t.pass('fine'))
     })
     t.test('not async', t => { result.trace.walks; t.end() })
     t.test('a disk', async t => {
       const { report } = guarded({ ...full, target: 'desk', report: { ...found, disk: { ok: true, written: null } } })
       t.equal(report.disk.ok, true, 'it was checked')
       t.match(report.disk, { ok: true, written: true })
     })
     t.test('next', async t => { t.same(result.report.pageTables, [], 'this was seen') })`,
  )
  t.match(tap, /ok 1 - first thing.* # SKIP what the device saw is not observed: it is a board/)
  t.match(
    tap,
    /ok 1 - mine\n +ok 2 - can go no further # SKIP the checks of the disk are not observed: it is a board/,
  )
  t.match(tap, /ok 1 - deeper.* # SKIP what the device saw/)
  t.match(tap, /ok 2 - beside/)
  t.match(tap, /ok 4 - not async.* # SKIP what the device saw/)
  t.match(
    tap,
    /ok 1 - it was checked\n +ok 2 - can go no further # SKIP what was written to the disk is not observed/,
  )
  t.match(tap, /ok 1 - this was seen/)
  t.notMatch(tap, /not ok/)
  t.equal(status, 0)
})

t.test('what else is thrown fails its test, and to ask first goes on without', async t => {
  const { status, tap } = spec(
    t.testdir({}),
    `t.test('wrong', async t => { throw new Error('mine') })
     t.test('shown', async t => { t.same(result, {}) })
     t.test('asked', async t => { if (observed(t, result, 'trace')) t.fail('no'); t.pass('the rest') })
     t.test('seen', async t => { t.same(guarded(full).trace.transfers, []) })`,
  )
  t.match(tap, /not ok 1 - mine/)
  t.match(tap, /not ok 2 - shown/, 'a result that is printed with a failure is not looked at')
  t.match(tap, /ok 1 - what the device saw is not observed # SKIP it is a board\n +ok 2 - the rest/)
  t.match(tap, /ok 4 - seen/)
  t.equal(status, 1)
})
