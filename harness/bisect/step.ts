import { join } from 'node:path'
import { givenKernelOf, givenName } from '../images/given.ts'
import { oldTreeRows } from '../images/old-trees.ts'
import type { Progress } from '../images/progress.ts'
import { judge } from '../judge/judge.ts'
import { type RunDisplay, silentDisplay } from '../judge/run-specs.ts'
import { count } from '../text.ts'
import { type Asked, type Judgement, judgementOf, type Verdict, verdictOf } from './judgement.ts'
import type { Memory } from './memory.ts'
import { type BisectOptions, kernelNameOf, type Question } from './question.ts'

/** What judges one commit once, in a folder of its own: it is real, but in tests. */
export type JudgeOnce = (question: Question, commit: string, options: BisectOptions) => Promise<Judgement>

/** Builds a commit and runs the specs on it; `options.out` is the folder for the results. */
export const judgeOnce: JudgeOnce = async (question, commit, options) => {
  const { tree, patches, fragments, flavour, specs } = question
  const name = givenName(kernelNameOf(tree, commit))
  const request = { tree, ref: commit, name, patches, fragments, flavour }
  const display = () => specsProgress(options.progress, commit.slice(0, 12))
  const judged = await judge({ ...request, ...options, specs, display })
  return judgementOf(judged, options.out, judged.status === 'unbuildable' ? [] : mendedIn(judged.kernel))
}

/** What was patched over so that a given kernel builds. */
export function mendedIn(kernel: string): string[] {
  const given = givenKernelOf(kernel)
  return given?.kind === 'tree' ? oldTreeRows(given.version).map(({ what }) => what) : []
}

/** One line that says that boots go on. */
export function specsProgress(progress: Progress, what: string): RunDisplay {
  const step = progress.step(`running specs on ${what}`)
  let cells = 0
  return {
    ...silentDisplay,
    booting: ({ spec }) => step.update(undefined, spec),
    finished: () => void (cells += 1),
    stop: () => step.done(count(cells, 'spec')),
  }
}

export interface StepContext {
  question: Question
  options: BisectOptions
  memory: Memory
  judgeOnce: JudgeOnce
}

/** Judges a commit once more, and keeps what came of it. */
export async function runOnce(context: StepContext, commit: string): Promise<void> {
  const { question, options, memory, judgeOnce } = context
  const nth = memory.runsOf(commit).length + 1
  const folder = nth === 1 ? commit.slice(0, 12) : `${commit.slice(0, 12)}-${nth}`
  const out = join(options.out, 'steps', folder)
  memory.add(commit, await judgeOnce(question, commit, { ...options, out }))
}

/** All runs of a commit that a verdict needs; those that are known are not made again. */
export async function judgeCommit(
  context: StepContext,
  commit: string,
  asked: Asked,
): Promise<{ verdict: Verdict; runs: readonly Judgement[] }> {
  for (;;) {
    const runs = context.memory.runsOf(commit)
    const verdict = runs.length > 0 ? verdictOf(runs, asked) : null
    if (verdict) return { verdict, runs }
    await runOnce(context, commit)
  }
}
