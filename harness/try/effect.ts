import { matchCells, matchTests } from '../diff/match.ts'
import { formatSignature, type Signature, signaturesOf } from '../judge/signature.ts'
import { isBad } from '../results/outcome.ts'
import type { CellResult, RunResult, TestResult } from '../results/result.ts'
import type { Answer } from './answers.ts'

/** A failure, and the tests in which it is. */
export interface Failure {
  /** What it is known by (harness/judge/signature.ts), or why, if it is known by nothing. */
  failure: string
  /** `6.1/report › both: the refusal ends in a NULL dereference` */
  tests: string[]
}

/** What is different between two runs of the same specs, as far as they judge it. */
export interface Effect {
  /** Gone, where a test passes now, or fails by something else. */
  fixed: Failure[]
  /** New, where a test passed, or had got that far without it. */
  broken: Failure[]
  /** New, where a test used to end before: nobody can say whether it was there. */
  uncovered: Failure[]
  /** On both sides. */
  remaining: Failure[]
  /** Tests that only one side ran, and why the other did not. */
  unasked: string[]
}

/** Holds two runs against each other, test by test. */
export function effectOf(before: Pick<RunResult, 'cells'>, after: Pick<RunResult, 'cells'>): Effect {
  const effect = { fixed: new Found(), broken: new Found(), uncovered: new Found(), remaining: new Found() }
  const unasked: string[] = []
  const cells = matchCells(before.cells, after.cells)
  for (const { name, before: old, after: now } of cells.pairs) {
    const tests = matchTests(old.tests, now.tests)
    const place = (title: string) => (title === '' ? name : `${name} › ${title}`)
    unasked.push(
      ...tests.onlyBefore.map(title => `${place(title)}: only without it`),
      ...tests.onlyAfter.map(title => `${place(title)}: only with it`),
    )
    for (const { name: title, before: was, after: is } of tests.pairs) {
      const why = skippedOnOneSide(was, is)
      if (why !== null) unasked.push(`${place(title)}: ${why}`)
      else compare(effect, place(title), { spec: old.spec, was, is })
    }
  }
  const lists = Object.entries(effect).map(([kind, found]) => [kind, found.list()])
  return { ...(Object.fromEntries(lists) as Omit<Effect, 'unasked'>), unasked }
}

/** What an effect comes to. */
export function answerOf(
  { fixed, broken, unasked }: Effect,
  behaviourChanged: boolean,
): Extract<Answer, 'fixes' | 'breaks' | 'fixes-and-breaks' | 'changes' | 'no-difference'> {
  if (broken.length > 0) return fixed.length > 0 ? 'fixes-and-breaks' : 'breaks'
  if (fixed.length > 0) return 'fixes'
  return behaviourChanged || unasked.length > 0 ? 'changes' : 'no-difference'
}

/** Failures by what they are known by. */
class Found {
  readonly #tests = new Map<string, string[]>()

  add(failures: Iterable<string>, test: string): void {
    for (const failure of failures) {
      const tests = this.#tests.get(failure)
      if (tests) tests.push(test)
      else this.#tests.set(failure, [test])
    }
  }

  list(): Failure[] {
    return [...this.#tests].map(([failure, tests]) => ({ failure, tests }))
  }
}

type Kinds = Record<Exclude<keyof Effect, 'unasked'>, Found>

function compare(
  { fixed, broken, uncovered, remaining }: Kinds,
  place: string,
  { spec, was, is }: { spec: string; was: TestResult; is: TestResult },
): void {
  const [old, now] = [failuresOf(spec, was), failuresOf(spec, is)]
  const gone = [...old.keys()].filter(failure => !now.has(failure))
  const fresh = [...now].filter(([failure]) => !old.has(failure))
  // Nobody knows what would have come after that.
  const endedEarly = was.verdict === 'error' || was.boots.some(({ end }) => end !== 'marker')
  const made = assertionsOf(spec, was)
  const isUncovered = ([failure, signature]: [string, Signature | null]) =>
    isBad(was.verdict) && (signature?.is === 'assertion' ? !made.has(failure) : endedEarly)
  fixed.add(gone, place)
  uncovered.add(
    fresh.filter(isUncovered).map(([failure]) => failure),
    place,
  )
  broken.add(
    fresh.filter(each => !isUncovered(each)).map(([failure]) => failure),
    place,
  )
  remaining.add(
    [...old.keys()].filter(failure => now.has(failure)),
    place,
  )
}

/** What a test fails by; by its reason, or that it does, if by nothing that can be named. */
function failuresOf(spec: string, test: TestResult): Map<string, Signature | null> {
  if (!isBad(test.verdict)) return new Map()
  const signatures = signaturesOf(asRun(spec, test))
  if (signatures.length === 0) return new Map([[test.reason ?? test.verdict, null]])
  return new Map(signatures.map(signature => [formatSignature(signature), signature]))
}

/** The names of all assertions that a test made, as they would fail by. */
function assertionsOf(spec: string, test: TestResult): Set<string> {
  const assertions = test.assertions.map(assertion => ({ ...assertion, ok: false, directive: null }))
  const failed = { ...test, verdict: 'failed' as const, assertions }
  return new Set(signaturesOf(asRun(spec, failed)).map(formatSignature))
}

function asRun(spec: string, test: TestResult): { cells: CellResult[] } {
  const kernel = { name: '', version: '', sha256: '' }
  const { verdict, seconds } = test
  return { cells: [{ id: spec, spec, kernel, verdict, seconds, attempts: 1, reason: null, tests: [test] }] }
}

function skippedOnOneSide(was: TestResult, is: TestResult): string | null {
  const [before, after] = [was, is].map(({ verdict }) => verdict === 'skipped')
  if (before === after) return null
  return after ? `skipped with it: ${is.reason ?? ''}` : `skipped without it: ${was.reason ?? ''}`
}
