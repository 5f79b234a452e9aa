import { statSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Diff } from '../diff/diff.ts'
import { readSide } from '../diff/read.ts'
import { diffRuns } from '../diff/runs.ts'
import { CellError, InfraError } from '../errors.ts'
import { buildRoot } from '../images/index.ts'
import { treeConfig } from '../images/tree-config.ts'
import { giveTree, type TreeRequest } from '../images/tree-given.ts'
import type { SpecsToRun } from '../judge/judge.ts'
import type { Signature } from '../judge/signature.ts'
import { takeOwnFolder } from '../run/own-folder.ts'
import { findSpecs } from '../run/specs.ts'
import { asAsked, differences, type OptionDifference, readConfig } from './config.ts'
import { fragmented, type Judge, type Judging, outcomeOf, Steps, wantedOf } from './steps.ts'
import { type Outcome, smallestSet } from './smallest.ts'

export interface ConfigBisectRequest extends Omit<TreeRequest, 'patches' | 'fragments'>, SpecsToRun {
  /** Files: whole .configs, or lines that go on top of ours. */
  good: string
  bad: string
  /** The failure to look for; if not given, the only one that the bad end has and the good end hasn't. */
  wanted: Signature | null
  /** In place of judge(): for tests. */
  judge?: Judge
  on?: {
    /** The ends are known, and how many options they have differently. */
    differ?: (options: readonly OptionDifference[]) => void
    end?: (judging: Judging) => void
    wanted?: (signature: Signature) => void
    step?: (judging: Judging, outcome: Outcome) => void
  }
}

/** Which options make the difference. */
export interface ConfigAnswer {
  wanted: Signature
  /** All that the ends have differently. */
  differ: OptionDifference[]
  /** Those that do it: none of them can be left out. */
  options: OptionDifference[]
  /** What Kconfig changed with them. */
  followed: OptionDifference[]
  /** How many kernels were judged, the ends among them. */
  kernels: number
  /** Steps that said nothing: they don't build, don't boot, or fail otherwise. */
  untold: number
  /** The good end's results, and those of the good end with these options. */
  folders: { good: string; bad: string }
  diff: Diff
}

/** A run and a .config a step. */
const OWN = { of: 'a config-bisect', ours: /^((good|bad|\d{2,})(\.config)?|answer\.json)$/ }

/** Finds the smallest set of options by which the good configuration becomes a bad one. Everything is kept in `out`. */
export async function bisectConfig(request: ConfigBisectRequest): Promise<ConfigAnswer> {
  const { tree, ref, flavour, signal, progress, specs, on = {} } = request
  // Nonsense is refused before anything is built.
  findSpecs(specs)
  const texts = { good: await textOf('good', request.good), bad: await textOf('bad', request.bad) }
  const context = { root: buildRoot(), progress, signal, update: false }
  const given = await giveTree(context, { tree, ref, flavour, patches: [], fragments: [] })
  const configOf = async (name: 'good' | 'bad') =>
    readConfig(await treeConfig(context, fragmented(given, `${name}.config`, asAsked(texts[name]))))
  const ends = { good: await configOf('good'), bad: await configOf('bad') }
  progress.stop()
  const differ = differences(ends.good, ends.bad)
  if (differ.length === 0)
    throw new CellError(`Kconfig makes the same of ${request.good} and ${request.bad} on ${given.from}`)
  on.differ?.(differ)
  const folder = await takeOwnFolder(request.out, OWN)
  const out = folder.path
  try {
    const steps = new Steps(context, given, ends.good, { ...request, out })
    const [good, bad] = [await steps.judge([], 'good'), await steps.judge(differ, 'bad')]
    on.end?.(good)
    on.end?.(bad)
    const wanted = wantedOf(good.step.judged, bad.step.judged, request.wanted)
    on.wanted?.(wanted)
    const atGoodEnd = good.step.judged.status === 'judged' ? good.step.judged.signatures : []
    let [kernels, untold] = [2, 0]
    const options = await smallestSet(differ, async asBad => {
      const judging = await steps.judge(asBad)
      const outcome = outcomeOf(judging.step.judged, wanted, atGoodEnd)
      if (!judging.again) kernels += 1
      if (!judging.again && outcome === 'untold') untold += 1
      on.step?.(judging, outcome)
      return outcome
    })
    const { step: culprit } = await steps.judge(options)
    const followed = without(differences(ends.good, culprit.config ?? ends.good), options)
    const folders = { good: join(out, good.step.folder), bad: join(out, culprit.folder) }
    const diff = await diffOf(folders.good, folders.bad)
    const answer: ConfigAnswer = { wanted, differ, options, followed, kernels, untold, folders, diff }
    await writeFile(join(out, 'answer.json'), JSON.stringify(answer, null, 2) + '\n')
    return answer
  } finally {
    progress.stop()
    await folder.release()
  }
}

async function textOf(end: 'good' | 'bad', file: string): Promise<string> {
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found || found.isDirectory()) throw new CellError(`--${end} ${file} is no file`)
  const text = await readFile(file, 'utf8')
  const wrong = text.split('\n').findIndex(line => !/^\s*(#.*|CONFIG_\w+=.*)?$/.test(line))
  if (wrong < 0) return text
  throw new CellError(`--${end} ${file} is no configuration: line ${wrong + 1} is neither CONFIG_…=… nor # …`)
}

function without(all: readonly OptionDifference[], some: readonly OptionDifference[]): OptionDifference[] {
  const options = new Set(some.map(({ option }) => option))
  return all.filter(({ option }) => !options.has(option))
}

async function diffOf(before: string, after: string): Promise<Diff> {
  const [old, now] = [await readSide(before), await readSide(after)]
  if (old.is === 'run' && now.is === 'run') return diffRuns(old, now)
  throw new InfraError(`${before} and ${after} are no runs`)
}
