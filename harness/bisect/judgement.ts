import type { Judged } from '../judge/judge.ts'
import { formatSignature, matches, parseSignature, type Signature } from '../judge/signature.ts'
import { isBad } from '../results/outcome.ts'
import type { RunResult } from '../results/result.ts'
import { cut, oneLine } from '../text.ts'

/** What came of one run of the specs on a commit: all that a verdict is made from, as the cache keeps it. */
export interface Judgement {
  status: Judged['status']
  /** Of all failures, as formatSignature() says them. */
  signatures: string[]
  /** Why it could not be judged; null if it was. */
  why: string | null
  /** Something failed, and be it without a signature. */
  failed: boolean
  /** The tests, spec and titles; and why one was skipped, or could not observe something. */
  tests: { path: string[]; unasked: string | null }[]
  /** The run's folder, or null if it came to none; console or compiler's output of what could not be judged. */
  out: string | null
  log: string | null
  seconds: { build: number; specs: number }
  /** What of an old tree was patched over so that it builds (images/old-trees.ts). */
  mended: string[]
}

/** What a commit is to git, and in a few words why. */
export interface Verdict {
  mark: 'good' | 'bad' | 'skip'
  why: string
}

export interface Asked {
  wanted: Signature
  /** How many runs are made at most, and in how many of them the signature must be seen for `bad`. */
  runs: number
  badOf: number
}

export function judgementOf(judged: Judged, out: string, mended: string[] = []): Judgement {
  const { status, seconds } = judged
  const base = { status, seconds, mended, signatures: [], failed: false, tests: [], log: null }
  if (judged.status === 'unbuildable') return { ...base, why: judged.why, out: null, log: judged.log }
  if (judged.status === 'unbootable') return { ...base, why: judged.why, out, log: judged.log }
  const { result, signatures } = judged
  const failed = result.cells.some(({ verdict }) => isBad(verdict))
  return {
    ...base,
    why: null,
    failed,
    out,
    signatures: signatures.map(formatSignature),
    tests: testsOf(result),
  }
}

function testsOf({ cells }: RunResult): Judgement['tests'] {
  return cells.flatMap(({ spec, tests, verdict, reason }) => {
    if (tests.length === 0) return [{ path: [spec], unasked: reason ?? verdict }]
    return tests.map(({ path, reason, verdict, assertions }) => {
      const skipped = assertions.find(({ directive }) => directive?.startsWith('# SKIP'))
      const why = verdict === 'skipped' ? (reason ?? 'skipped') : (skipped?.directive?.slice(7) ?? null)
      return { path: [spec, ...path], unasked: why === null ? null : oneLine(why || 'skipped') }
    })
  })
}

/**
 * The verdict on a commit, once its runs are enough for one; null if another run is needed. It is bad as soon as the
 * signature was seen as often as asked; good only of runs in which nothing failed, and the question was asked.
 */
export function verdictOf(runs: readonly Judgement[], { wanted, ...asked }: Asked): Verdict | null {
  const seen = runs.filter(({ signatures }) => signatures.some(text => matches(parseSignature(text), wanted)))
  const left = asked.runs - runs.length
  const often = asked.runs > 1 ? ` in ${seen.length} of ${runs.length} runs` : ''
  if (seen.length >= asked.badOf) return { mark: 'bad', why: `${formatSignature(wanted)}${often}` }
  // What its own sources are to blame for is the same each time.
  const unbuildable = runs.find(({ status }) => status === 'unbuildable')
  if (unbuildable) return { mark: 'skip', why: `does not build: ${gist(unbuildable.why)}` }
  if (seen.length + left >= asked.badOf) return null
  const other = runs.map(run => otherwise(run, wanted)).find(why => why !== null)
  if (other !== undefined) return { mark: 'skip', why: other }
  return { mark: 'good', why: seen.length > 0 ? `${formatSignature(wanted)}${often} only` : 'passed' }
}

/** Why a run says nothing of what is looked for: null if it does. */
function otherwise({ status, why, signatures, failed, tests }: Judgement, wanted: Signature): string | null {
  if (status === 'unbootable') return `does not boot: ${gist(why)}`
  if (signatures.some(text => matches(parseSignature(text), wanted))) return null
  if (signatures.length > 0) return `fails otherwise: ${gist(signatures.join('; '))}`
  if (failed) return 'fails otherwise'
  return unasked(tests, wanted)
}

/** What was not looked at did not hold. */
function unasked(tests: Judgement['tests'], wanted: Signature): string | null {
  if (wanted.is === 'crash')
    return tests.every(test => test.unasked !== null)
      ? `not asked: ${tests[0]?.unasked ?? 'no test ran'}`
      : null
  const titles = wanted.path.slice(0, -1)
  const same = tests.filter(({ path }) => path.slice(-titles.length).join('\n') === titles.join('\n'))
  if (same.length === 0) return 'not asked: the test was not run'
  const why = same.find(test => test.unasked !== null)?.unasked
  return why === undefined || why === null ? null : `not asked: ${why}`
}

/** The line of an error that says most: the first of make's own words, not that make failed. */
function gist(text: string | null): string {
  const lines = (text ?? '').split('\n').map(line => line.trim())
  const telling = lines.find(line => /error|undefined reference/i.test(line)) ?? lines[0] ?? ''
  // Where the mirror of a tree lies is nobody's concern.
  return cut(oneLine(telling.replace(/\S+\/work\/[\w.+-]+\/source\//g, '')), 160)
}
