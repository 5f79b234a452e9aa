import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { CRASHED, REFUSED, QUIET } from '../diff/excerpts.ts'
import { cellOf, recordOf, reportJson, runOf, testOf } from '../diff/sample.ts'
import { UnbuildableError } from '../errors.ts'
import { fakeTree } from '../images/fake-tree.ts'
import { buildRoot } from '../images/index.ts'
import { progressOn } from '../images/progress.ts'
import { giveTree } from '../images/tree-given.ts'
import { needTreeKernel } from '../images/tree-kernel.ts'
import { signaturesOf } from '../judge/signature.ts'
import { stepText, trialText, withoutText } from './text.ts'
import { tryPatches, type TryRequest } from './try.ts'

t.setTimeout(240_000)

const OOPS = 'null-deref in ipmmu_domain_free'
const seconds = { build: 0, specs: 0 }
const DRIVER = 'drivers/iommu/ipmmu-vmsa.c'

/** What kernels do, by the word in their driver. */
const KERNELS: Record<string, { boot: typeof QUIET; oopses: string[]; failing: string[] }> = {
  crashes: { boot: CRASHED, oopses: [OOPS], failing: [OOPS] },
  refuses: { boot: REFUSED, oopses: [], failing: [] },
  quiet: { boot: QUIET, oopses: [], failing: [] },
  wrong: { boot: QUIET, oopses: [], failing: ['data is right'] },
}

/** Tries patches on a tree of a few files, with a judge that looks at one of them only. */
function setUp(t: Test, driver: string) {
  const tree = fakeTree()
  const check = `\tgrep -q broken $(CURDIR)/${DRIVER} && { echo '${DRIVER}:1:1: error: broken'; exit 1; } || true\n`
  const makefile = tree.Makefile.replace('Image:\n', () => `Image:\n${check}`)
  tree.drivers.iommu['ipmmu-vmsa.c'] = `first\n${driver}\nlast\n`
  const dir = t.testdir({ linux: { ...tree, Makefile: makefile }, cache: {} })
  const linux = join(dir, 'linux')
  const out = join(dir, 'out')
  t.intercept(process, 'env', { value: { ...process.env, DMASPEC_CACHE: join(dir, 'cache') } })
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.org']
  const git = (...argv: string[]) =>
    execFileSync('git', [...who, '-C', linux, ...argv], { encoding: 'utf8', stdio: 'pipe' })
  git('init', '-q', '-b', 'main')
  git('add', '-f', '.')
  git('commit', '-q', '-m', 'first')
  /** The mails of commits in which the driver says these, one after the other. */
  const mails = (...states: string[]) => {
    for (const state of states) {
      writeFileSync(join(linux, DRIVER), `first\n${state}\nlast\n`)
      git('commit', '-q', '-a', '-m', `driver: be ${state}`)
    }
    const mbox = git('format-patch', '--stdout', `-${states.length}`)
    git('reset', '-q', '--hard', `HEAD~${states.length}`)
    writeFileSync(join(dir, 'series.mbox'), mbox)
    return join(dir, 'series.mbox')
  }
  const judge: TryRequest['judge'] = async request => {
    if (!('tree' in request)) throw new Error('no tree')
    const context = { ...request, root: buildRoot(), update: false }
    const given = await giveTree(context, request)
    try {
      await needTreeKernel(context, given, [])
    } catch (error) {
      if (!(error instanceof UnbuildableError)) throw error
      return { status: 'unbuildable', why: error.message, log: error.log, seconds }
    }
    const word = readFileSync(join(given.work, 'source', DRIVER), 'utf8').split('\n')[1] ?? ''
    const { boot, oopses, failing } = KERNELS[word] ?? KERNELS['quiet']!
    const record = recordOf('boots/a', { oopses, end: oopses.length > 0 ? 'oops' : 'marker' })
    const titles = failing.length > 0 ? failing : ['data is right']
    const ok = failing.length === 0
    const assertions = titles.map(title => ({ ok, title, diagnostics: null, directive: null }))
    const verdict = ok ? 'passed' : 'failed'
    const test = testOf({ verdict, assertions, boots: [record] })
    const result = runOf([cellOf(given.name, 'limit', { verdict, tests: [test] })])
    mkdirSync(join(request.out, 'boots/a'), { recursive: true })
    writeFileSync(join(request.out, 'boots/a/report.json'), reportJson(boot))
    writeFileSync(join(request.out, 'boots/a/console.log'), boot.console)
    writeFileSync(join(request.out, 'results.json'), JSON.stringify(result))
    if (word === 'dead') {
      return { status: 'unbootable', kernel: given.name, result, seconds, why: 'silence', log: 'console.log' }
    }
    return { status: 'judged', kernel: given.name, result, seconds, signatures: signaturesOf(result) }
  }
  const said: string[] = []
  const attempt = (file: string, over: Partial<TryRequest> = {}) =>
    tryPatches({
      ...{ files: [file], each: false, tree: linux, flavour: null, fragments: [], specs: [], out, judge },
      signal: new AbortController().signal,
      progress: progressOn({ write: () => {} }),
      on: { without: step => said.push(withoutText(step)), step: step => said.push(stepText(step)) },
      ...over,
    })
  return { attempt, mails, git, out, said, dir }
}

t.test("the report's own fix: the oops is gone, the refusal stays, the tree is as it was", async t => {
  const { attempt, mails, git, out, said } = setUp(t, 'crashes')
  const mbox = mails('refuses')
  const trial = await attempt(mbox)
  t.match(trial.all, { answer: 'fixes', title: 'driver: be refuses', against: 'without' })
  t.equal(trial.exit, 0)
  t.match(trial.all.stays, [
    { subject: 'iommu error', about: 'e67b0000.iommu', text: /^Cannot accommodate DMA translation/ },
  ])
  t.ok(trial.all.diff?.differences.some(({ subject }) => subject === 'oops'))
  t.equal(said[0], `without: fails by 1 failure\n  ${OOPS}\n`)
  t.match(
    said[1],
    new RegExp(`^driver: be refuses: fixes it\\n  gone: ${OOPS}\\n    in linux-main/limit › it works\\n`),
  )
  t.match(said[1], /\n {2}stays: iommu error: e67b0000\.iommu: Cannot accommodate DMA translation/)
  t.match(trialText(trial, { width: 120, color: false, lines: 15 }), /in all: fixes it\n$/)
  t.same(readdirSync(out).sort(), ['.dmaspec', 'patches', 'try.json', 'with', 'without'])
  const json = JSON.parse(readFileSync(join(out, 'try.json'), 'utf8')) as Record<string, unknown>
  t.match(json, { answer: 'fixes', exit: 0, without: { signatures: [OOPS] } })
  t.equal(git('status', '--porcelain', '--ignored'), '', 'nothing in the tree is written')
})

const answers: Record<string, { from: string; to: string; answer: string; exit: number; says: RegExp }> = {
  breaks: { from: 'refuses', to: 'crashes', answer: 'breaks', exit: 1, says: /new: null-deref in/ },
  'one for another': {
    from: 'wrong',
    to: 'crashes',
    answer: 'fixes-and-breaks',
    exit: 1,
    says: /gone: limit › it works › data is right\n.*\n {2}new: null-deref/,
  },
  changes: { from: 'quiet', to: 'refuses', answer: 'changes', exit: 0, says: /changes something/ },
  'no difference': { from: 'quiet', to: 'quieter', answer: 'no-difference', exit: 0, says: /no difference/ },
  'the same failure': {
    from: 'wrong',
    to: 'wrong ',
    answer: 'no-difference',
    exit: 0,
    says: /still there: /,
  },
  'does not build': {
    from: 'quiet',
    to: 'broken',
    answer: 'unbuildable',
    exit: 1,
    says: /doesn't build\n(.*\n)*.*ipmmu-vmsa\.c:1:1: error: broken\n/,
  },
  'builds again': { from: 'broken', to: 'quiet', answer: 'fixes', exit: 0, says: /gone: doesn't build: / },
  'does not boot': {
    from: 'quiet',
    to: 'dead',
    answer: 'unbootable',
    exit: 1,
    says: /doesn't boot\n {2}silence/,
  },
  'never built': { from: 'broken', to: 'broken too', answer: 'untold', exit: 2, says: /can't be told/ },
}
for (const [name, { from, to, answer, exit, says }] of Object.entries(answers)) {
  t.test(name, async t => {
    const { attempt, mails, said } = setUp(t, from)
    KERNELS['wrong '] = KERNELS['wrong']!
    const trial = await attempt(mails(to))
    t.equal(trial.all.answer, answer)
    t.equal(trial.exit, exit)
    t.match(said[1], says)
  })
}

t.test('each patch in turn: one that does not build is stepped over, and is the worst', async t => {
  const { attempt, mails, said, out } = setUp(t, 'crashes')
  const trial = await attempt(mails('broken', 'refuses', 'quiet'), { each: true })
  t.same(
    trial.steps.map(({ title, answer, against }) => [title, answer, against]),
    [
      ['1/3 driver: be broken', 'unbuildable', 'without'],
      ['2/3 driver: be refuses', 'fixes', 'without'],
      ['3/3 driver: be quiet', 'changes', '2/3 driver: be refuses'],
    ],
  )
  t.match(trial.all, { answer: 'fixes', against: 'without' })
  t.equal(trial.exit, 1)
  t.match(said[3], /^3\/3 driver: be quiet: changes something \(against 2\/3 driver: be refuses\)\n/)
  t.ok(existsSync(join(out, '0002-driver-be-refuses/results.json')))
})

t.test('what does not apply is said, with the hunk, before anything is built', async t => {
  const { attempt, mails, said, dir, git } = setUp(t, 'quiet')
  const mbox = mails('refuses', 'crashes')
  writeFileSync(join(dir, 'linux', DRIVER), 'other\n')
  git('commit', '-q', '-a', '-m', 'other')
  const trial = await attempt(mbox)
  t.match(trial, { without: null, exit: 2, all: { answer: 'unapplied', state: { status: 'unapplied' } } })
  t.match(said, [
    /^all 2 patches: doesn't apply\n {2}0001-driver-be-refuses\.patch: hunk 1 does not apply to drivers\/iommu\/ipmmu-vmsa\.c/,
  ])
  const each = await attempt(mbox, { each: true, tree: join(dir, 'linux'), ref: 'HEAD~1' })
  t.equal(each.exit, 1, 'it applies to the commit before')
})

t.test('of a series, those before the one that does not apply are tried', async t => {
  const { attempt, mails, said, dir } = setUp(t, 'crashes')
  const mbox = mails('refuses', 'quiet')
  const text = readFileSync(mbox, 'utf8')
  writeFileSync(mbox, text.replace('-refuses\n', '-nothing\n'))
  const trial = await attempt(mbox, { each: true })
  t.same(
    trial.steps.map(({ answer }) => answer),
    ['fixes', 'unapplied'],
  )
  t.match(said[2], /^2\/2 driver: be quiet: doesn't apply/)
  t.match(trial, { exit: 2, all: { answer: 'unapplied' } })
  t.ok(existsSync(join(dir, 'out/0001-driver-be-refuses/results.json')))
})
