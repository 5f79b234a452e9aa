import { CellError } from '../errors.ts'
import { formatSignature, parseSignature, type Signature } from '../judge/signature.ts'
import type { Judgement, Verdict } from './judgement.ts'

/**
 * The signature to look for: what the bad end shows, if that is one thing.
 * @throws CellError if it shows none or several, and says what to do
 */
export function signatureOf(bad: string, runs: readonly Judgement[]): Signature {
  const shown = shownBy(runs)
  const [only, ...more] = shown
  if (only === undefined)
    throw new CellError(`the bad end, ${bad}, ${nothing(runs)}: there is nothing to look for`)
  if (more.length > 0)
    throw new CellError(
      [
        `the bad end, ${bad}, shows ${shown.length} failures: say which one to look for`,
        ...shown.map(text => `  --fault-signature ${quote(text)}`),
      ].join('\n'),
    )
  return parseSignature(only)
}

/** A CellError unless the bad end shows what is looked for. */
export function needBad(bad: string, wanted: Signature, verdict: Verdict, runs: readonly Judgement[]): void {
  if (verdict.mark === 'bad') return
  const shown = shownBy(runs)
  const instead = shown.length === 0 ? [] : ['it shows', ...shown.map(text => `  ${quote(text)}`)]
  const reason = `the bad end, ${bad}, does not show '${formatSignature(wanted)}': ${verdict.why}`
  throw new CellError([reason, ...instead].join('\n'))
}

/** A CellError unless the good end is good: one that can't be judged is no end for a bisection. */
export function needGood(good: string, wanted: Signature, verdict: Verdict): void {
  if (verdict.mark === 'good') return
  throw new CellError(
    verdict.mark === 'bad'
      ? `the good end, ${good}, shows '${formatSignature(wanted)}' too: give an older one`
      : `the good end, ${good}, ${verdict.why}: give one that can be judged`,
  )
}

const shownBy = (runs: readonly Judgement[]) => [...new Set(runs.flatMap(({ signatures }) => signatures))]

function nothing(runs: readonly Judgement[]): string {
  const [run] = runs
  if (run?.status === 'unbuildable') return `does not build: ${run.why}`
  if (run?.status === 'unbootable') return `does not boot: ${run.why} (${run.log})`
  return run?.failed ? 'fails without a signature' : 'passes'
}

/** As a shell takes it. */
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
