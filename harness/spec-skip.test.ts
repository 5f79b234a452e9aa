import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { giveKernels } from './images/given.ts'

/** Runs a spec's code in a process of its own, with a prebuilt kernel given; returns its TAP. */
function spec(dir: string, code: string): { status: number | null; tap: string } {
  const environment: NodeJS.ProcessEnv = { ...process.env, DMASPEC_CACHE: join(dir, 'cache'), TAP: '1' }
  giveKernels(dir, [{ kind: 'image', name: 'mine', version: '6.9.0', entry: 'none', slower: 1 }], environment)
  const file = join(dir, 'x.spec.mts')
  const index = JSON.stringify(new URL('./index.ts', import.meta.url).href)
  writeFileSync(file, `import t from 'tap'\nimport { boot, observed } from ${index}\n${code}`)
  const { status, stdout } = spawnSync(process.execPath, ['--import=tsx', file], {
    env: environment,
    encoding: 'utf8',
  })
  return { status, tap: stdout }
}

t.test('a fault that a kernel can’t have skips its test with the reason; the next one runs', async t => {
  const { status, tap } = spec(
    t.testdir({}),
    `t.test('with a fault', async t => { await boot(t, { kernel: 'mine', faults: ['map-readonly'] }); t.fail('no') })
     t.test('in the middle', async t => { t.pass('first'); await boot(t, { kernel: 'mine', faults: ['map-readonly'] }) })
     t.test('next', async t => t.pass('fine'))`,
  )
  t.match(tap, /ok 1 - with a fault.* # SKIP mine is a prebuilt Image: no fault can be compiled into it/)
  t.match(tap, /ok 2 - can go no further # SKIP mine is a prebuilt Image/)
  t.match(tap, /ok 3 - next/)
  t.notMatch(tap, /not ok/)
  t.equal(status, 0)
})

t.test('a fault that nobody knows is an error, not a skip', async t => {
  const { status, tap } = spec(
    t.testdir({}),
    `t.test('typo', async t => { await boot(t, { kernel: 'mine', faults: ['map-readonyl'] }) })`,
  )
  t.match(tap, /not ok 1 - unknown fault of linux mine 'map-readonyl'; there are: /)
  t.equal(status, 1)
})

t.test('a fact that can’t be had is one skip, and the test goes on', async t => {
  const { status, tap } = spec(
    t.testdir({}),
    `const without = { notObserved: [{ fact: 'pageTables', why: 'no patch' }] }
     t.test('facts', async t => {
       if (observed(t, without, 'pageTables')) t.fail('no')
       if (observed(t, { notObserved: [] }, 'pageTables')) t.pass('the rest')
     })`,
  )
  t.match(tap, /ok 1 - page tables are not observed # SKIP no patch\n +ok 2 - the rest/)
  t.equal(status, 0)
})
