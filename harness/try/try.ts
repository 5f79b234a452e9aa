import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { CellError, UnbuildableError } from '../errors.ts'
import { buildRoot } from '../images/index.ts'
import { giveTree, type TreeRequest } from '../images/tree-given.ts'
import { judge, type SpecsToRun } from '../judge/judge.ts'
import { takeOwnFolder } from '../run/own-folder.ts'
import { findSpecs } from '../run/specs.ts'
import { exitOf } from './answers.ts'
import { type Compared, compareSides, type Side, type State } from './compare.ts'
import { trialJson } from './json.ts'
import { readSeries, writeSeries } from './series.ts'
import { planSteps, type StepPlan, WITHOUT } from './steps.ts'

export interface TryRequest extends Omit<TreeRequest, 'patches'>, SpecsToRun {
  /** Mails, mailboxes and diffs, in the order in which they apply. */
  files: readonly string[]
  /** Each patch in turn, not only all of them. */
  each: boolean
  /** In place of judge(): for tests. */
  judge?: typeof judge
  /** Told what is known, as soon as it is. */
  on?: { note?: (note: string) => void; without?: (step: Step) => void; step?: (step: TriedStep) => void }
}

/** A state of the tree, and what came of it. */
export type Step = StepPlan & Side

/** A step that is held against another one. */
export interface TriedStep extends Step, Compared {
  /** The title of the other one. */
  against: string
}

export interface Trial {
  /** What was left out of the mails. */
  notes: string[]
  /** Null if it was not built: no patch applies. */
  without: Step | null
  steps: TriedStep[]
  /** The last step against the tree as it is. */
  all: TriedStep
  /** 0 no harm, 1 harm, 2 it could not be told: the worst of all steps. */
  exit: 0 | 1 | 2
}

/** Patches, and a run a step (steps.ts). */
const OWN = { of: 'a try', ours: /^(patches|without|with|\d{4}-.+|try\.json)$/ }

/** Judges a tree without and with patches, and says what they do. Everything is kept in `out`. */
export async function tryPatches(request: TryRequest): Promise<Trial> {
  const { files, each, specs, signal, on = {}, judge: ask = judge } = request
  // Nonsense is refused before anything is built.
  findSpecs(specs)
  const series = await readSeries(files, signal)
  await give(request, [])
  const folder = await takeOwnFolder(request.out, OWN)
  const out = folder.path
  try {
    const { notes } = series
    for (const note of notes) on.note?.(note)
    const patches = writeSeries(series, join(out, 'patches'))
    const plans = planSteps(patches, each)
    const refused = await firstRefused(
      request,
      patches.map(({ file }) => file),
    )
    const whyNot = ({ patches }: StepPlan) => (refused && patches.includes(refused.file) ? refused.why : null)
    const stateOf = async (plan: StepPlan): Promise<Step> => {
      const why = whyNot(plan)
      const state: State =
        why === null
          ? await ask({ ...request, patches: plan.patches, out: join(out, plan.folder) })
          : { status: 'unapplied', why }
      return { ...plan, state }
    }
    const isTried = plans.some(plan => whyNot(plan) === null)
    const without = isTried ? await stateOf(WITHOUT) : null
    if (without) on.without?.(without)
    const steps: TriedStep[] = []
    let last: Step = without ?? { ...WITHOUT, state: { status: 'unapplied', why: '' } }
    for (const plan of plans) {
      const step = await stateOf(plan)
      const tried = { ...step, against: last.title, ...(await compareSides(out, last, step)) }
      steps.push(tried)
      on.step?.(tried)
      if (step.state.status === 'unapplied') break
      if (step.state.status === 'judged') last = step
    }
    const all = await whole(out, without, steps)
    const exit = exitOf([...steps, all].map(({ answer }) => answer))
    const trial: Trial = { notes, without, steps, all, exit }
    await writeFile(join(out, 'try.json'), trialJson(trial))
    return trial
  } finally {
    request.progress.stop()
    await folder.release()
  }
}

/** The whole series against the tree as it is. */
async function whole(out: string, without: Step | null, steps: readonly TriedStep[]): Promise<TriedStep> {
  const last = steps.at(-1)
  if (last === undefined) throw new CellError('there is no patch to try')
  if (without === null || last.against === without.title) return last
  return { ...last, against: without.title, ...(await compareSides(out, without, last)) }
}

/** Copies the tree into the cache, and sees whether it is one, and whether these patches apply. */
async function give({ signal, progress, ...request }: TryRequest, patches: readonly string[]): Promise<void> {
  try {
    await giveTree({ root: buildRoot(), progress, signal, update: false }, { ...request, patches })
  } finally {
    progress.stop()
  }
}

/** The first patch that doesn't apply to the tree on top of those before it, as `dmaspec run --patch` says it. */
async function firstRefused(request: TryRequest, files: readonly string[]) {
  if ((await whyRefused(() => give(request, files))) === null) return null
  for (const [i, file] of files.entries()) {
    const why = await whyRefused(() => give(request, files.slice(0, i + 1)))
    if (why !== null) return { file, why: why.replace(`--patch ${file}`, basename(file)) }
  }
  return null
}

async function whyRefused(attempt: () => Promise<void>): Promise<string | null> {
  try {
    await attempt()
    return null
  } catch (error) {
    if (error instanceof UnbuildableError || error instanceof CellError) return error.shortMessage
    throw error
  }
}
