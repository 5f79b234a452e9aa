import { worst } from '../results/outcome.ts'
import type { CellResult, TestResult, Verdict } from '../results/result.ts'
import type { KernelIdentity } from '../types.ts'
import type { BootNote } from './session.ts'
import { isTest, type Level } from './tap.ts'
import { testsOf, type Naming } from './tests.ts'

/** What came of running a cell once. */
export interface Attempt {
  verdict: Verdict
  reason: string | null
  seconds: number
  kernel: KernelIdentity
  tests: TestResult[]
}

/** Judges one run of a cell by its TAP. `cut` says why it was not run to its end; null if it was. */
export function attemptOf(root: Level, naming: Naming, cut: string | null, seconds: number): Attempt {
  const tests = testsOf(root, naming, cut)
  const kernel = identity(naming.kernel, notesOf(root))
  const [verdict, reason] = judge(tests, root, naming, cut)
  return { verdict, reason, seconds: Math.round(seconds * 1000) / 1000, kernel, tests }
}

function judge(
  tests: TestResult[],
  { threw }: Level,
  { kernel }: Naming,
  cut: string | null,
): [Verdict, string | null] {
  if (cut !== null) return ['error', cut]
  if (threw) return ['error', threw.title]
  if (tests.length === 0) return ['error', `it ran no test on linux ${kernel}`]
  if (tests.every(({ verdict }) => verdict === 'skipped')) {
    return ['skipped', [...new Set(tests.map(({ reason }) => reason))].join('; ')]
  }
  return [worst(tests.map(({ verdict }) => verdict)) ?? 'skipped', null]
}

/** Whether another attempt may come out better. */
export function isWrong({ verdict }: { verdict: Verdict }): boolean {
  return verdict === 'failed' || verdict === 'error'
}

/**
 * What a cell comes to after all its attempts. If they differ it is flaky, whatever the last one was; what is kept is
 * the last that went wrong, with the tests flaky that held another time.
 */
export function cellResult(id: string, spec: string, attempts: readonly Attempt[]): CellResult {
  const wrong = attempts.filter(isWrong)
  const right = attempts.filter(attempt => !isWrong(attempt))
  const shown = wrong.at(-1) ?? attempts.at(-1)
  if (!shown) throw new RangeError(`${id} was never run`)
  const isFlaky = wrong.length > 0 && right.length > 0
  return {
    id,
    kernel: shown.kernel,
    spec,
    verdict: isFlaky ? 'flaky' : (worst(attempts.map(({ verdict }) => verdict)) ?? 'skipped'),
    seconds: Math.round(attempts.reduce((sum, { seconds }) => sum + seconds, 0) * 1000) / 1000,
    attempts: attempts.length,
    reason: isFlaky ? flakyReason(wrong, attempts.length) : shown.reason,
    tests: isFlaky ? shown.tests.map(test => flakyTest(test, right)) : shown.tests,
  }
}

function flakyReason(wrong: readonly Attempt[], all: number): string {
  const why = wrong.at(-1)?.reason
  return `${wrong.length} of ${all} attempts did not pass${why ? `: ${why}` : ''}`
}

function flakyTest(test: TestResult, right: readonly Attempt[]): TestResult {
  const isSame = (other: TestResult) => other.path.join('\n') === test.path.join('\n')
  const held = right.some(({ tests }) => tests.some(other => isSame(other) && other.verdict === 'passed'))
  return isWrong(test) && held ? { ...test, verdict: 'flaky' } : test
}

function notesOf(level: Level): BootNote[] {
  return [...level.boots, ...level.items.filter(isTest).flatMap(notesOf)]
}

/** The kernel as it is, if it was booted without faults; else with the first that it was booted with. */
function identity(name: string, notes: readonly BootNote[]): KernelIdentity {
  const ours = notes.filter(({ kernel }) => kernel.name === name)
  return (ours.find(({ plain }) => plain) ?? ours[0])?.kernel ?? { name, version: '', sha256: '' }
}
