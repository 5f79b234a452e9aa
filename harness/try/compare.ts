import { join } from 'node:path'
import type { Diff } from '../diff/diff.ts'
import type { Fact } from '../diff/fact.ts'
import { readSide } from '../diff/read.ts'
import { diffRuns, type RunSide } from '../diff/runs.ts'
import { InfraError } from '../errors.ts'
import type { Judged } from '../judge/judge.ts'
import { formatSignature } from '../judge/signature.ts'
import type { Answer } from './answers.ts'
import { answerOf, type Effect, effectOf } from './effect.ts'
import { staying } from './stays.ts'

/** What came of one state of the tree. */
export type State = Judged | { status: 'unapplied'; why: string }

/** A state, and the folder of its run. */
export interface Side {
  state: State
  folder: string
}

/** What one state is against another. */
export interface Compared {
  answer: Answer
  /** Null where not both were judged. */
  effect: Effect | null
  /** What the kernel complained of before, and still does, in the tests that came out otherwise. */
  stays: Fact[]
  diff: Diff | null
}

type Status = State['status']

/** Where not both were judged: by what was before, then by what is now. */
const OTHERWISE: Record<Status, Record<Status, Answer>> = {
  judged: { judged: 'untold', unbuildable: 'unbuildable', unbootable: 'unbootable', unapplied: 'unapplied' },
  unbuildable: { judged: 'fixes', unbuildable: 'untold', unbootable: 'unbootable', unapplied: 'unapplied' },
  unbootable: { judged: 'fixes', unbuildable: 'unbuildable', unbootable: 'untold', unapplied: 'unapplied' },
  // Nothing was built without: there was no use in it.
  unapplied: { judged: 'untold', unbuildable: 'untold', unbootable: 'untold', unapplied: 'unapplied' },
}

/** Holds a state against another one: what the specs say, then what else the kernel does differently. */
export async function compareSides(out: string, before: Side, after: Side): Promise<Compared> {
  const [old, now] = [before.state, after.state]
  if (old.status !== 'judged' || now.status !== 'judged') {
    const answer = OTHERWISE[old.status][now.status]
    return { answer, effect: unjudged(old, now), stays: [], diff: null }
  }
  const sides = [await runSide(out, before), await runSide(out, after)] as const
  const effect = effectOf(old.result, now.result)
  const diff = await diffRuns(...sides)
  const changed = [...effect.fixed, ...effect.broken].flatMap(({ tests }) => tests)
  const stays = await staying(...sides, new Set(changed))
  return { answer: answerOf(effect, diff.behaviourChanged), effect, stays, diff }
}

/** Of a kernel that builds or boots now: what it fails by is new, or at last there to be seen. */
function unjudged(before: State, after: State): Effect | null {
  if (after.status !== 'judged' || before.status === 'judged') return null
  const why = `${STATES[before.status]}: ${before.why}`
  return {
    fixed: [{ failure: why, tests: [] }],
    broken: [],
    uncovered: after.signatures.map(signature => ({ failure: formatSignature(signature), tests: [] })),
    remaining: [],
    unasked: [],
  }
}

/** What is said of a state that was not judged. */
export const STATES = {
  unapplied: "doesn't apply",
  unbuildable: "doesn't build",
  unbootable: "doesn't boot",
} as const

async function runSide(out: string, { folder }: Side): Promise<RunSide> {
  const side = await readSide(join(out, folder))
  if (side.is !== 'run') throw new InfraError(`${join(out, folder)} is no run`)
  return side
}
