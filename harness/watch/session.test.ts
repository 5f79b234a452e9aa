import { mkdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { UnbuildableError } from '../errors.ts'
import type { KernelRequest } from '../judge/kernel.ts'
import type { SpecsRequest, SpecsRun } from '../judge/run-specs.ts'
import { sampleBoot, sampleCell, sampleRun, sampleTest } from '../results/sample.ts'
import type { Verdict } from '../results/result.ts'
import { Session } from './session.ts'

/** A session that builds and runs nothing: what it would is in `log`. */
function setUp(t: Test, broken: Error | null = null) {
  const root = t.testdir({
    linux: { 'a.c': 'a', 'b.c': 'b' },
    specs: { 'one.spec.ts': '', 'two.spec.ts': '', 'debug.config': '' },
    out: {},
  })
  const log: string[] = []
  const verdicts = new Map<string, Verdict>()
  const state = { slow: false, broken }
  const stop = new AbortController()
  const build = (request: KernelRequest) => {
    const changed = 'changed' in request ? request.changed : undefined
    log.push(`build ${changed ? [...changed].sort().join() : 'all'}`)
    return state.broken ? Promise.reject(state.broken) : Promise.resolve('mine')
  }
  const run = async ({ matrix, signal, out }: SpecsRequest): Promise<SpecsRun> => {
    log.push(`run ${matrix.map(({ spec }) => spec).join()}`)
    if (state.slow) {
      await sleep(5_000, undefined, { signal }).catch(() => log.push('stopped'))
      signal.throwIfAborted()
    }
    const cells = matrix.map(({ spec }) => {
      const folder = `boots/${spec}`
      mkdirSync(join(out, folder), { recursive: true })
      const cell = {
        overlays: [spec === 'one' ? 'network' : 'sata-behind-ipmmu'],
        platform: 'salvator-xs',
        faults: [],
        cpus: 2,
      }
      writeFileSync(join(out, folder, 'report.json'), JSON.stringify({ cell }))
      writeFileSync(join(out, folder, 'console.log'), `hello of ${spec} \x1b[2J`)
      const tests = [sampleTest({ boots: [sampleBoot({ folder })] })]
      return sampleCell('mine', spec, { verdict: verdicts.get(spec) ?? 'passed', tests })
    })
    return { result: sampleRun(cells), files: [] }
  }
  const sourceOf = () =>
    ['linux/a.c', 'linux/b.c', 'specs/debug.config']
      .map(file => readFileSync(join(root, file), 'utf8'))
      .join()
  const session = new Session({
    tree: {
      tree: join(root, 'linux'),
      patches: [],
      fragments: [join(root, 'specs/debug.config')],
      flavour: null,
    },
    ...{ kernels: [], specs: [join(root, 'specs')], out: join(root, 'out'), signal: stop.signal },
    progress: {
      step: () => ({ update: () => undefined, done: () => undefined }),
      note: () => undefined,
      stop: () => undefined,
    },
    ui: {
      say: line => log.push(line),
      display: () => {
        throw new Error('nothing is shown')
      },
      verdict: cells => log.push(cells.map(({ spec, verdict }) => `${spec} ${verdict}`).join()),
      idle: () => log.push('idle'),
    },
    doing: { build, run, sourceOf },
  })
  const over = session.run()
  return {
    ...{ log, verdicts, state, session, over, stop },
    path: (name: string) => join(root, name),
    save: (name: string) => writeFileSync(join(root, name), String(Math.random())),
    /** What was done until there was nothing more to do. */
    idle: async () => {
      for (let i = 0; log.at(-1) !== 'idle' && i < 500; i++) await sleep(10)
      return log.splice(0).slice(0, -1)
    },
  }
}

t.test('what is saved is built as far as it changed, and what it affects runs again', async t => {
  const { idle, save, path, session, over } = setUp(t)
  t.same(await idle(), ['build all', 'run one,two', 'one passed,two passed'])
  save('linux/b.c.new')
  save('linux/a.c')
  renameSync(path('linux/b.c.new'), path('linux/b.c'))
  t.same(await idle(), ['build a.c,b.c,b.c.new', 'run one,two', 'one passed,two passed'])
  save('specs/two.spec.ts')
  t.same(
    await idle(),
    ['build ', 'run two', 'two passed'],
    'a spec runs alone, and nothing is looked for in the tree',
  )
  save('specs/debug.config')
  t.same(await idle(), ['build ', 'run one,two', 'one passed,two passed'], 'a fragment')
  mkdirSync(path('linux/new'))
  t.same(
    await idle(),
    ['build all', 'new: nothing of the kernel changed'],
    'a folder may have anything in it',
  )
  utimesSync(path('linux/a.c'), 1, 1)
  t.same(await idle(), ['build a.c', 'a.c: nothing of the kernel changed'])
  save('specs/three.spec.ts')
  session.again()
  t.same((await idle())[1], 'run one,three,two', 'and so does a spec that is new')
  session.end()
  await over
})

t.test('a save while specs run stops them, and starts over', async t => {
  const { idle, save, state, session, over, log } = setUp(t)
  await idle()
  state.slow = true
  save('linux/a.c')
  while (!log.includes('run one,two')) await sleep(10)
  state.slow = false
  save('linux/b.c')
  const done = [
    'build a.c',
    'run one,two',
    'stopped',
    'build a.c,b.c',
    'run one,two',
    'one passed,two passed',
  ]
  const seen = await idle()
  t.equal(seen.at(-1), done.at(-1))
  t.same(
    seen.filter(line => !line.startsWith('build')),
    done.filter(line => !line.startsWith('build')),
  )
  session.end()
  await over
})

t.test('a build that fails is said, and the next save tries again with all that is not built', async t => {
  const { idle, save, state, session, over } = setUp(t)
  await idle()
  state.broken = new UnbuildableError('a.c:1:1: error: no')
  save('linux/a.c')
  t.same(await idle(), ['build a.c', 'a.c:1:1: error: no'])
  state.broken = null
  save('linux/b.c')
  t.same(await idle(), ['build a.c,b.c', 'run one,two', 'one passed,two passed'])
  session.end()
  await over
})

t.test('what is wrong from the start ends it', async t => {
  const { over, session } = setUp(t, new Error('out is in use'))
  await t.rejects(over, /out is in use/)
  t.equal(session.guest(), null)
})

t.test('keys: those that failed, the console, a guest as the last boot had it', async t => {
  const { idle, verdicts, session, over, save, log } = setUp(t)
  verdicts.set('two', 'failed')
  await idle()
  t.equal(session.failed(), true)
  t.same(await idle(), ['build ', 'run two', 'two failed'])
  verdicts.delete('two')
  session.failed()
  await idle()
  t.equal(session.failed(), false, 'nothing failed any more')
  t.match(session.console(), { text: 'hello of two \ufffd[2J' })
  t.match(session.guest(), { kernel: 'mine', overlays: ['sata-behind-ipmmu'], cpus: 2 })
  await session.hold(async () => {
    save('linux/a.c')
    await sleep(400)
    t.same(log, [], 'nothing runs meanwhile')
  })
  t.same((await idle())[0], 'build a.c')
  session.end()
  await over
})

t.test('an interrupt ends what goes on, and is what run() rejects with', async t => {
  const { state, over, stop, log } = setUp(t)
  state.slow = true
  while (!log.includes('run one,two')) await sleep(10)
  stop.abort(new Error('interrupted'))
  await t.rejects(over, /interrupted/)
  t.equal(log.at(-1), 'stopped')
})
