import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readSide } from '../diff/read.ts'
import { diffRuns } from '../diff/runs.ts'
import { type Diff } from '../diff/diff.ts'
import { matches, parseSignature } from '../judge/signature.ts'
import { RESULTS } from '../run/folder.ts'
import { commitText } from './lines.ts'
import type { Found, Step } from './bisect.ts'

/** The last good commit and the first bad one, and the folders of their runs. */
export interface Sides {
  good: Step
  bad: Step
  runs: { good: string; bad: string }
  diff: Diff
}

/** Both sides of what was found, held against each other; null if nothing was found, or the runs were removed. */
export async function sidesOf({ first, steps, wanted, ends }: Found): Promise<Sides | null> {
  const bad = steps.find(({ commit }) => commit.id === first?.id)
  if (!first || !bad) return null
  const goods = steps.filter(({ verdict }) => verdict.mark === 'good')
  const good =
    goods.find(({ commit }) => first.parents.includes(commit.id)) ??
    goods.find(({ commit }) => commit.id === ends.good)
  if (!good) return null
  const isSeen = ({ signatures }: Step['runs'][number]) =>
    signatures.some(text => matches(parseSignature(text), wanted))
  const runs = {
    good: good.runs.find(run => !isSeen(run))?.out ?? '',
    bad: bad.runs.find(isSeen)?.out ?? '',
  }
  if (![runs.good, runs.bad].every(out => out !== '' && existsSync(join(out, RESULTS)))) return null
  const [before, after] = [await readSide(runs.good), await readSide(runs.bad)]
  if (before.is !== 'run' || after.is !== 'run') return null
  const diff = await diffRuns(
    { ...before, path: commitText(good.commit) },
    { ...after, path: commitText(bad.commit) },
  )
  return { good, bad, runs, diff }
}
