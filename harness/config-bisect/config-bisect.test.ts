import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { cellOf, recordOf, runOf, testOf } from '../diff/sample.ts'
import { fakeTree } from '../images/fake-tree.ts'
import { needKernel } from '../images/index.ts'
import { progressOn } from '../images/progress.ts'
import { parseSignature, signaturesOf } from '../judge/signature.ts'
import { bisectConfig, type ConfigBisectRequest } from './config-bisect.ts'
import { readConfig } from './config.ts'
import type { Judge } from './steps.ts'

/** Takes the last line of an option, and turns off B where A is off, as Kconfig does; of the choice ONE or TWO one is on. */
const ALLNOCONFIG = `	awk -F= '/^CONFIG_/ { if ($$2 == "n") delete v[$$1]; else { v[$$1] = $$0; last = $$1 ~ /_(ONE|TWO)$$/ ? $$1 : last } } \\
	END { if (!("CONFIG_A" in v)) delete v["CONFIG_B"]; \\
	if (last == "CONFIG_ONE") delete v["CONFIG_TWO"]; if (last == "CONFIG_TWO") delete v["CONFIG_ONE"]; \\
	for (o in v) print v[o] }' $(KCONFIG_ALLCONFIG) | sort >$(out)/.config
`

t.setTimeout(240_000)

const OOPS = 'null-deref in ipmmu_domain_free'
const OTHER = 'bug in elsewhere'

type Kernel = (has: (option: string) => boolean) => 'passes' | 'crashes' | 'fails' | 'dead'

/** Bisects on a tree of a few files, with a judge that looks at the .config only. */
function setUp(t: Test, kernel: Kernel) {
  const tree = fakeTree()
  const makefile = tree.Makefile.replace(/\tgrep -v .*\n/, () => ALLNOCONFIG)
  const dir = t.testdir({ linux: { ...tree, Makefile: makefile }, cache: {} })
  t.intercept(process, 'env', { value: { ...process.env, DMASPEC_CACHE: join(dir, 'cache') } })
  const judged: string[] = []
  const judge: Judge = async ({ kernel: name, out, progress }) => {
    const image = await needKernel(name, [], { progress })
    const config = readConfig(readFileSync(image.config, 'utf8'))
    const came = kernel(option => config.has(`CONFIG_${option}`))
    judged.push(came)
    if (came === 'dead') return { status: 'unbuildable', why: 'it does not compile', log: null, seconds }
    const title = came === 'crashes' ? OOPS : OTHER
    const bad = testOf({
      verdict: 'failed',
      assertions: [{ ok: false, title, diagnostics: null, directive: null }],
      boots: [recordOf('boots/a', { oopses: [title] })],
    })
    const cell = cellOf(name, 'report', came === 'passes' ? {} : { verdict: 'failed', tests: [bad] })
    const result = runOf([cell])
    mkdirSync(out, { recursive: true })
    writeFileSync(join(out, 'results.json'), JSON.stringify(result))
    return { status: 'judged', kernel: name, result, seconds, signatures: signaturesOf(result) }
  }
  const file = (name: string, lines: readonly string[]) => {
    writeFileSync(join(dir, name), lines.join('\n') + '\n')
    return join(dir, name)
  }
  const bisect = (good: readonly string[], bad: readonly string[], over: Partial<ConfigBisectRequest> = {}) =>
    bisectConfig({
      tree: join(dir, 'linux'),
      flavour: null,
      good: file('good.config', good),
      bad: file('bad.config', bad),
      specs: [],
      wanted: null,
      out: join(dir, 'out'),
      signal: new AbortController().signal,
      progress: progressOn({ write: () => {} }),
      judge,
      ...over,
    })
  return { bisect, judged, out: join(dir, 'out'), builds: join(dir, 'cache') }
}

const on = (...options: string[]) => options.map(option => `CONFIG_${option}=y`)
const noise = Array.from({ length: 8 }, (_, i) => `NOISE_${i}`)
const seconds = { build: 0, specs: 0 }
const lines = (list: readonly { option: string; good: string; bad: string }[]) =>
  list.map(({ option, good, bad }) => `${option} ${good} ${bad}`)

t.test('one of 9 options', async t => {
  const { bisect, judged, out } = setUp(t, has => (has('FAULT') ? 'crashes' : 'passes'))
  const answer = await bisect(on(...noise.slice(0, 4)), on(...noise.slice(4), 'FAULT'))
  t.same(lines(answer.options), ['CONFIG_FAULT n y'])
  t.same(answer.followed, [])
  t.equal(answer.differ.length, 9)
  t.equal(answer.kernels, judged.length)
  t.ok(judged.length <= 10, `${judged.length} kernels`)
  t.match(answer.wanted, { is: 'crash', title: OOPS })
  t.match(answer.diff.cells, [{ cell: 'linux/report', before: 'passed', after: 'failed' }])
  t.ok(readdirSync(out).includes('answer.json'))
  t.notOk(readdirSync(out).includes('.in-use'))
})

t.test('two that need each other, one of which is to be off', async t => {
  const { bisect } = setUp(t, has => (has('FAULT') && !has('GUARD') ? 'crashes' : 'passes'))
  const answer = await bisect(on('GUARD', ...noise), on('FAULT'))
  t.same(lines(answer.options), ['CONFIG_FAULT n y', 'CONFIG_GUARD y n'])
})

t.test('an option whose dependency is off does not stick, and is no kernel of its own', async t => {
  const { bisect } = setUp(t, has => (has('B') ? 'crashes' : 'passes'))
  const answer = await bisect(on('C'), on('A', 'B'))
  t.same(lines(answer.options), ['CONFIG_A n y', 'CONFIG_B n y'])
  const { bisect: off } = setUp(t, has => (has('B') ? 'passes' : 'crashes'))
  const { options, followed } = await off(on('A', 'B', 'X'), on('X'))
  t.same(lines(options), ['CONFIG_A y n'], 'what depends on it follows')
  t.same(lines(followed), ['CONFIG_B y n'])
})

t.test('of a choice the one that is on', async t => {
  const { bisect } = setUp(t, has => (has('TWO') ? 'crashes' : 'passes'))
  const answer = await bisect(on('ONE', ...noise.slice(0, 4)), on(...noise.slice(4), 'TWO'))
  t.same(lines(answer.options), ['CONFIG_TWO n y'])
  t.same(lines(answer.followed), ['CONFIG_ONE y n'])
})

t.test('what does not build, and what fails otherwise, says nothing', async t => {
  const { bisect } = setUp(t, has => {
    if (has('NOISE_2') && !has('NOISE_3')) return 'dead'
    if (has('NOISE_5') && !has('NOISE_6')) return 'fails'
    return has('FAULT') ? 'crashes' : 'passes'
  })
  const answer = await bisect(on('C'), on(...noise, 'FAULT'))
  t.same(lines(answer.options), ['CONFIG_FAULT n y'])
  t.ok(answer.untold > 0, `${answer.untold} of ${answer.kernels}`)
})

t.test('started again, it builds nothing', async t => {
  const { bisect, builds } = setUp(t, has => (has('FAULT') ? 'crashes' : 'passes'))
  const count = () => {
    const [work = ''] = readdirSync(join(builds, 'work'))
    return readFileSync(join(builds, 'work', work, 'build/builds'), 'utf8').split('\n').length - 1
  }
  const first = await bisect(on('C'), on(...noise, 'FAULT'))
  const built = count()
  t.equal(built, first.kernels)
  await bisect(on('C'), on(...noise, 'FAULT'))
  t.equal(count(), built)
})

t.test('ends that don’t do are said', async t => {
  const { bisect } = setUp(t, has => {
    if (has('DEAD')) return 'dead'
    return has('FAULT') ? 'crashes' : has('OTHER') ? 'fails' : 'passes'
  })
  const refused: [string[], string[], RegExp, string?][] = [
    [on('C'), on('C'), /^Kconfig makes the same of /],
    [on('C'), on('B', 'C'), /^Kconfig makes the same of /],
    [on('C'), on('X'), /^the bad end is good: all that ran passed/],
    [on('FAULT', 'C'), on('FAULT', 'X'), /^both ends fail by the same\n {2}null-deref in ipmmu_domain_free$/],
    [on('FAULT', 'C'), on('FAULT', 'X'), /^the good end has it, too: null-deref/, OOPS],
    [on('DEAD'), on('FAULT'), /^the good end does not build: it does not compile/],
    [on('C'), on('DEAD'), /^the bad end does not build: /],
    [
      on('C'),
      on('OTHER'),
      /^the bad end does not fail by 'null-deref .*'; it fails by\n {2}bug in elsewhere$/,
      OOPS,
    ],
    [on('C'), ['a word'], /bad\.config is no configuration: line 1 is neither/],
  ]
  for (const [good, bad, message, wanted] of refused) {
    const asked = wanted === undefined ? null : parseSignature(wanted)
    await t.rejects(bisect(good, bad, { wanted: asked }), { name: 'CellError', message })
  }
  await t.rejects(bisect([], [], { good: '/nowhere' }), {
    name: 'CellError',
    message: '--good /nowhere is no file',
  })
})
