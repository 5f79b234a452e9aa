import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { progressOn } from '../images/progress.ts'
import { parseSignature } from '../judge/signature.ts'
import { bisect, type BisectHow } from './bisect.ts'
import { FILES } from './folder.ts'
import type { Judgement } from './judgement.ts'
import type { Question } from './question.ts'
import { hashOfAll, judgement, noWatcher, question, sampleRepository } from './sample.ts'

// git is started some hundred times.
t.setTimeout(240_000)

const OOPS = 'null-deref in ipmmu_domain_free'
const bad = () => judgement({ signatures: [OOPS] })

/** A repository of 20 commits on top of the first, whose kernels do what `judge` says of their number. */
function setUp(t: Test, judge: (number: number, nth: number) => Judgement) {
  const dir = t.testdir({ cache: {}, out: {} })
  const before = process.env['DMASPEC_CACHE']
  process.env['DMASPEC_CACHE'] = join(dir, 'cache')
  t.teardown(() => void (process.env['DMASPEC_CACHE'] = before))
  const tree = join(dir, 'linux')
  const ids = sampleRepository(tree, 20)
  const judged: number[] = []
  const logs: string[] = []
  const run = async (over: Partial<Question> = {}, how: Partial<BisectHow> = {}) => {
    judged.length = 0
    return bisect(question(tree, ids[0] ?? '', 'main', over), {
      ...{
        signal: new AbortController().signal,
        progress: progressOn({ write: () => true }),
        out: join(dir, 'out'),
      },
      ...{ jobs: undefined, resume: false, restart: false, watcher: noWatcher },
      onLog: async log => void logs.push(log),
      judgeOnce: async (_, commit) => {
        const number = ids.indexOf(commit)
        judged.push(number)
        return judge(number, judged.filter(other => other === number).length)
      },
      ...how,
    })
  }
  const numbers = (commits: readonly { id: string }[]) => commits.map(({ id }) => ids.indexOf(id))
  return { dir, tree, ids, run, judged, logs, numbers }
}

t.test(
  'the commit that brought it, around those that cannot be judged; nothing of the user is written',
  async t => {
    const { tree, run, numbers, logs, dir } = setUp(t, number => {
      if ([9, 10, 11].includes(number))
        return judgement({ status: 'unbuildable', why: 'x.c:1:1: error: no', failed: false })
      if (number === 14) return judgement({ signatures: ['bug in elsewhere'] })
      return number >= 13 ? bad() : judgement()
    })
    const before = hashOfAll(tree)
    const found = await run()
    t.equal(hashOfAll(tree), before, 'every file below the tree, .git and all, is as it was')
    t.same(numbers(found.first ? [found.first] : []), [13])
    t.match(found.diffstat, /file \| 2 \+-/)
    const mark = (number: number) =>
      found.steps.find(({ commit }) => numbers([commit])[0] === number)?.verdict
    t.match(mark(10) ?? mark(9) ?? mark(11), { mark: 'skip', why: 'does not build: x.c:1:1: error: no' })
    t.ok(found.steps.length < 13, `${found.steps.length} of 21 commits judged`)
    t.equal(logs.at(-1), found.log)
    t.same(readdirSync(join(dir, 'cache/work')), [], 'what is answered is not kept')

    // Real git, in a clone of the user's.
    execFileSync('git', ['clone', '--quiet', tree, join(dir, 'clone')])
    writeFileSync(join(dir, FILES.log), found.log)
    const replay = execFileSync('git', ['-C', join(dir, 'clone'), 'bisect', 'replay', join(dir, FILES.log)])
    t.match(replay.toString(), `${found.first?.id} is the first bad commit`)
  },
)

t.test('only skipped commits are left: it is one of them', async t => {
  const { run, numbers } = setUp(t, number => {
    if (number >= 8 && number <= 11) return judgement({ status: 'unbootable', why: 'silence', failed: false })
    return number >= 10 ? bad() : judgement()
  })
  const { first, candidates, why } = await run()
  t.equal(first, null)
  t.same(
    numbers(candidates).sort((a, b) => a - b),
    [8, 9, 10, 11, 12],
  )
  t.match(why, /only commits that had to be skipped/)
})

t.test('both ends are checked first', async t => {
  const several = judgement({ signatures: [OOPS, 'spec › a test › not bounced'] })
  const { run, judged } = setUp(t, number => (number === 20 ? several : number === 0 ? judgement() : bad()))
  await t.rejects(run(), {
    name: 'CellError',
    message:
      /shows 2 failures: say which one to look for\n {2}--fault-signature 'null-deref in ipmmu_domain_free'\n/,
  })
  t.same(judged, [20])
  await t.rejects(run({ signature: parseSignature('bug in x') }, { restart: true }), {
    message: /the bad end, main, does not show 'bug in x': fails otherwise/,
  })
  await t.rejects(run({ bad: 'nope' }), { name: 'CellError', message: /^--bad nope: .* has no such commit$/ })
  await t.rejects(run({ good: 'main' }), { message: /are one commit/ })

  const all = setUp(t, bad)
  await t.rejects(all.run(), { message: /^the good end, .* shows 'null-deref in ipmmu_domain_free' too/ })
  const none = setUp(t, () => judgement())
  await t.rejects(none.run(), { message: /^the bad end, main, passes: there is nothing to look for$/ })
  const broken = setUp(t, number => (number === 0 ? judgement({ status: 'unbuildable', why: 'x' }) : bad()))
  await t.rejects(broken.run(), {
    message: /^the good end, .* does not build: x: give one that can be judged$/,
  })
})

t.test('what is known after a crash is not asked again', async t => {
  let fuse = 4
  const { run, judged, dir, numbers } = setUp(t, number => {
    if (fuse-- === 0) throw new Error('no space left')
    return number >= 13 ? bad() : judgement()
  })
  await t.rejects(run(), { message: 'no space left' })
  const [first] = [[...judged]]
  await t.rejects(run(), { name: 'CellError', message: /4 commits of it are judged: go on with --resume/ })
  const [folder = ''] = readdirSync(join(dir, 'cache/work'))
  appendFileSync(join(dir, 'cache/work', folder, 'judgements.jsonl'), '{"commit":"half a li')
  const found = await run({}, { resume: true })
  t.same(numbers(found.first ? [found.first] : []), [13])
  t.same(
    first.slice(0, 4).filter(number => judged.includes(number)),
    [],
    'none of the first four again',
  )
  t.same(found.steps.filter(({ known }) => known).length, 4)
  t.notOk(existsSync(join(dir, 'cache/work', folder)))
})

t.test('one that comes and goes is bad if it is seen as often as asked', async t => {
  const { run, judged, numbers } = setUp(t, (number, nth) =>
    number >= 13 && nth === 3 ? bad() : judgement(),
  )
  const found = await run({ runs: 3 })
  t.same(numbers(found.first ? [found.first] : []), [13])
  t.equal(judged.filter(number => number === 0).length, 3, 'a good one was run three times')
  t.match(found.steps[0]?.verdict.why, /in 1 of 3 runs/)
  await t.rejects(run({ runs: 3, badOf: 2 }), { message: /the bad end, main, does not show/ })
})

t.test('a good commit that is no ancestor of the bad one: git asks for the merge base', async t => {
  const { tree, ids, run, judged } = setUp(t, number => (number >= 13 || number < 0 ? bad() : judgement()))
  const git = (...argv: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', '-C', tree, ...argv])
  git('checkout', '--quiet', '-b', 'side', ids[15] ?? '')
  git('commit', '--quiet', '--allow-empty', '--message', 'the fix')
  const { first, why } = await run(
    { good: 'side' },
    {
      judgeOnce: async (_, commit) => {
        judged.push(ids.indexOf(commit))
        return ids.includes(commit) ? bad() : judgement()
      },
    },
  )
  t.equal(first, null)
  t.ok(judged.includes(15))
  t.match(why, /merge base/)
})
