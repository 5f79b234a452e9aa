import type { CellResult, RunResult, Verdict } from './result.ts'

/** What came of a cell or a test. `missing`: it is in the matrix, and no part that was merged has it. */
export type Outcome = Verdict | 'missing'

export interface OutcomeRow {
  /** KTAP's directive, or none: then the result line alone says it. */
  ktap: { ok: boolean; directive: 'SKIP' | 'ERROR' | null }
  /** JUnit's element; null for a test that passed. A crash is an `error` too (junit.ts). */
  junit: 'failure' | 'error' | 'skipped' | null
  /** KCIDB's status; what never booted is MISS all the same (kcidb.ts). */
  kcidb: 'FAIL' | 'ERROR' | 'MISS' | 'PASS' | 'SKIP'
  /** Before it in Markdown. */
  mark: string
  /** Of `dmaspec run` and `dmaspec merge`; the highest of all cells counts. */
  exit: 0 | 1 | 2
}

/**
 * How each format says each outcome, the worst first: which of two is kept, what a kernel is if its specs differ. An error
 * is worse than a failure: it leaves a question open.
 */
export const OUTCOMES: Record<Outcome, OutcomeRow> = {
  error: { ktap: { ok: false, directive: 'ERROR' }, junit: 'error', kcidb: 'ERROR', mark: '💥', exit: 2 },
  failed: { ktap: { ok: false, directive: null }, junit: 'failure', kcidb: 'FAIL', mark: '❌', exit: 1 },
  missing: { ktap: { ok: false, directive: 'ERROR' }, junit: 'error', kcidb: 'MISS', mark: '❓', exit: 1 },
  flaky: { ktap: { ok: false, directive: null }, junit: 'failure', kcidb: 'FAIL', mark: '🎲', exit: 1 },
  passed: { ktap: { ok: true, directive: null }, junit: null, kcidb: 'PASS', mark: '✅', exit: 0 },
  skipped: { ktap: { ok: true, directive: 'SKIP' }, junit: 'skipped', kcidb: 'SKIP', mark: '⏭️', exit: 0 },
}

const WORST_FIRST = Object.keys(OUTCOMES) as Outcome[]

/** 0 is the worst. */
export function rank(outcome: Outcome): number {
  return WORST_FIRST.indexOf(outcome)
}

/** The worst of them; null of none. */
export function worst<T extends Outcome>(outcomes: readonly T[]): T | null {
  return outcomes.toSorted((a, b) => rank(a) - rank(b))[0] ?? null
}

/** True for what somebody has to look at. */
export function isBad(outcome: Outcome): boolean {
  return OUTCOMES[outcome].exit > 0
}

/** The cells of the matrix that nobody ran. A shard misses none: the others have them. */
export function missingCells({ shard, matrix, cells }: RunResult): string[] {
  if (shard) return []
  const ran = new Set(cells.map(({ id }) => id))
  return matrix.filter(id => !ran.has(id))
}

/** What is missing, doubled or does not fit together, in words; of a run that was not merged: what it did not get to. */
export function problemsOf(result: RunResult): string[] {
  return result.merged?.problems ?? missingCells(result).map(id => `missing: ${id}`)
}

/** How many cells came out how, the worst first; without those of which there are none. */
export function counted(result: RunResult): [Outcome, number][] {
  const count = (outcome: Outcome) => result.cells.filter(({ verdict }) => verdict === outcome).length
  return WORST_FIRST.map((outcome): [Outcome, number] => [
    outcome,
    outcome === 'missing' ? missingCells(result).length : count(outcome),
  ]).filter(([, n]) => n > 0)
}

/** 0 all passed or skipped; 1 something failed, was flaky, missing or doubled; 2 something could not be done. */
export function exitStatus(result: RunResult): 0 | 1 | 2 {
  const statuses = result.cells.map(({ verdict }: CellResult) => OUTCOMES[verdict].exit)
  if (statuses.includes(2)) return 2
  return statuses.includes(1) || problemsOf(result).length > 0 ? 1 : 0
}
