import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { CellError } from '../errors.ts'
import { cacheRoot } from '../images/cache.ts'
import { lock } from '../images/lock.ts'
import type { Signature } from '../judge/signature.ts'
import { count } from '../text.ts'
import { needBad, needGood, signatureOf } from './ends.ts'
import type { GitState } from './git-state.ts'
import type { Judgement, Verdict } from './judgement.ts'
import { folderIn, Memory } from './memory.ts'
import { type BisectOptions, commitOf, nameOf, type Question } from './question.ts'
import { type Commit, Repository } from './repository.ts'
import { judgeCommit, judgeOnce, runOnce, type StepContext } from './step.ts'

/** One commit that was judged. */
export interface Step {
  commit: Commit
  verdict: Verdict
  runs: readonly Judgement[]
  /** What it took to build and to run, when it was judged. */
  seconds: number
  /** It was known from before: nothing was built. */
  known: boolean
}

/** Whoever shows how a bisection goes. */
export interface Watcher {
  /** Before a commit is judged; `left` and `steps` as git reckons, undefined at both ends. */
  judging(commit: Commit, left?: { left: number; steps: number }): void
  judged(step: Step): void
  /** What is looked for is known. */
  wanted(signature: Signature): void
  /** What is known from before. */
  resumed(commits: number): void
}

/** What a bisection comes to. */
export interface Found {
  wanted: Signature
  /** The ends, in full. */
  ends: { good: string; bad: string }
  /** In the order in which they were judged, the bad end first. */
  steps: Step[]
  /** The first bad commit; null if it can't be said. */
  first: Commit | null
  /** If that is for skipped commits: it is one of these. */
  candidates: Commit[]
  /** Why not, otherwise. */
  why: string | null
  diffstat: string
  /** For `git bisect replay`. */
  log: string
  /** Wall time of this process, in seconds. */
  seconds: number
}

export interface BisectHow extends BisectOptions {
  /** Go on with what is known; without, that something is known is a CellError. */
  resume: boolean
  restart: boolean
  watcher: Watcher
  /** Told after each step: what git can replay so far. */
  onLog: (log: string) => Promise<void>
  judgeOnce?: StepContext['judgeOnce']
}

/**
 * Finds the commit that brought a failure. Nothing of the user's repository or checkout is written.
 * @throws CellError if the ends are none, and whatever no other commit could do better
 */
export async function bisect(question: Question, how: BisectHow): Promise<Found> {
  const { signal, watcher } = how
  const started = performance.now()
  const { tree } = question
  const good = await commitOf(tree, 'good', question.good, signal)
  const bad = await commitOf(tree, 'bad', question.bad, signal)
  if (good === bad) throw new CellError(`--good and --bad are one commit, ${good.slice(0, 12)}`)
  const name = nameOf(question, { good, bad })
  using held = await lock(cacheRoot(), name, { signal })
  const folder = folderIn(cacheRoot(), name)
  const memory = recall(folder, how)
  const repository = await Repository.open(tree, join(folder, 'repo.git'), signal)
  const context = { question, options: how, memory, judgeOnce: how.judgeOnce ?? judgeOnce }
  const walk = new Walk(repository, context, watcher)
  const wanted = await walk.ends({ good, bad })
  let state = await repository.start(bad, good)
  await how.onLog(await repository.log())
  while (state.is === 'testing') {
    const { mark } = await walk.judge(state.commit, wanted, state)
    state = await repository.mark(mark, state.commit)
    await how.onLog(await repository.log())
  }
  const found = {
    ...{ wanted, ends: { good, bad }, steps: walk.steps, log: await repository.log() },
    ...(await conclusion(repository, state)),
    seconds: (performance.now() - started) / 1000,
  }
  // Asked again, it is asked anew: its kernels are in the cache.
  rmSync(folder, { recursive: true, force: true })
  return found
}

function recall(folder: string, { resume, restart, watcher }: BisectHow): Memory {
  const memory = new Memory(folder)
  if (restart) memory.forget()
  if (memory.size > 0 && !resume)
    throw new CellError(
      `this bisection was not ended, ${count(memory.size, 'commit')} of it ${memory.size === 1 ? 'is' : 'are'} judged: go on with --resume, or begin again with --restart`,
    )
  if (memory.size > 0) watcher.resumed(memory.size)
  return memory
}

async function conclusion(repository: Repository, state: Exclude<GitState, { is: 'testing' }>) {
  if (state.is === 'found') {
    const diffstat = await repository.diffstat(state.commit)
    return { first: await repository.commit(state.commit), candidates: [], why: null, diffstat }
  }
  if (state.is === 'refused') return { first: null, candidates: [], why: state.why, diffstat: '' }
  const candidates: Commit[] = []
  for (const id of state.candidates) candidates.push(await repository.commit(id))
  return { first: null, candidates, why: 'only commits that had to be skipped are left', diffstat: '' }
}

/** Judges commits, and keeps what came of them. */
class Walk {
  readonly steps: Step[] = []
  readonly #repository: Repository
  readonly #context: StepContext
  readonly #watcher: Watcher
  readonly #known: ReadonlySet<string>

  constructor(repository: Repository, context: StepContext, watcher: Watcher) {
    this.#repository = repository
    this.#context = context
    this.#watcher = watcher
    this.#known = new Set(context.memory.commits())
  }

  /** Checks both ends, and returns what is looked for. */
  async ends({ good, bad }: { good: string; bad: string }): Promise<Signature> {
    const { question, memory } = this.#context
    const { signature, runs: most } = question
    const isShown = () => memory.runsOf(bad).some(({ signatures }) => signatures.length > 0)
    if (!signature && !this.#known.has(bad)) this.#watcher.judging(await this.#repository.commit(bad))
    while (!signature && !isShown() && memory.runsOf(bad).length < most) await runOnce(this.#context, bad)
    const wanted = signature ?? signatureOf(question.bad, memory.runsOf(bad))
    this.#watcher.wanted(wanted)
    const worst = await this.judge(bad, wanted)
    needBad(question.bad, wanted, worst, memory.runsOf(bad))
    needGood(question.good, wanted, await this.judge(good, wanted))
    return wanted
  }

  async judge(id: string, wanted: Signature, left?: { left: number; steps: number }): Promise<Verdict> {
    const { question } = this.#context
    const commit = await this.#repository.commit(id)
    if (this.#context.memory.runsOf(id).length === 0) this.#watcher.judging(commit, left)
    const { runs: most, badOf } = question
    const { verdict, runs } = await judgeCommit(this.#context, id, { wanted, runs: most, badOf })
    const seconds = runs.reduce((sum, run) => sum + run.seconds.build + run.seconds.specs, 0)
    const step = { commit, verdict, runs, seconds, known: this.#known.has(id) }
    this.steps.push(step)
    this.#watcher.judged(step)
    return verdict
  }
}
