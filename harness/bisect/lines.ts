/** What people read of a bisection while it goes on. */
import { clock } from '../images/progress.ts'
import { formatSignature } from '../judge/signature.ts'
import { count, cut, oneLine } from '../text.ts'
import type { Found, Step } from './bisect.ts'
import type { Commit } from './repository.ts'

const SUBJECT = 60

/** `1a2b3c4d5e6f ("iommu: set the bus mask")`, as kernel people name a commit. */
export function commitText({ id, subject }: Commit): string {
  return `${id.slice(0, 12)} ("${oneLine(subject, 200)}")`
}

/** `bad   1a2b3c4d5e6f  1:05  iommu: set the bus mask: null-deref in ipmmu_domain_free`. */
export function stepLine({ commit, verdict, seconds, known, runs }: Step): string {
  const took = known ? 'known' : clock(seconds)
  const mended = [...new Set(runs.flatMap(run => run.mended))]
  const over = mended.length > 0 ? ` (patched over: ${mended.join(', ')})` : ''
  const subject = cut(oneLine(commit.subject), SUBJECT)
  return `${verdict.mark.padEnd(4)}  ${commit.id.slice(0, 12)}  ${took.padStart(5)}  ${subject}: ${oneLine(verdict.why)}${over}`
}

/** What is left, and until when about: a step takes as long as the middle one of those so far. */
export function leftLine(left: { left: number; steps: number }, done: readonly Step[], now: Date): string {
  const took = done.map(({ seconds }) => seconds).sort((a, b) => a - b)
  const each = took[Math.floor(took.length / 2)]
  const steps = left.steps + 1
  const parts = [`${count(left.left, 'commit')} left after this`, `about ${count(steps, 'step')} to go`]
  if (each === undefined) return parts.join(', ')
  const end = new Date(now.getTime() + each * steps * 1000)
  const at = [end.getHours(), end.getMinutes()].map(part => String(part).padStart(2, '0')).join(':')
  return `${parts.join(', ')}, ${clock(each)} a step: done at about ${at}`
}

/** The answer in a line or a few, and what it took. */
export function answerLines({ first, candidates, why, wanted, steps, seconds }: Found): string[] {
  const marks = (mark: string) => steps.filter(({ verdict }) => verdict.mark === mark).length
  const built = steps.filter(({ known }) => !known).flatMap(({ runs }) => runs)
  const sum = (of: 'build' | 'specs') => clock(built.reduce((all, run) => all + run.seconds[of], 0))
  const tally = `${marks('good')} good, ${marks('bad')} bad, ${marks('skip')} skipped`
  const took = `${count(steps.length, 'commit')} judged (${tally}): ${count(built.length, 'build')} in ${sum('build')}, specs in ${sum('specs')}, ${clock(seconds)} in all`
  const found = first
    ? [`first bad commit: ${commitText(first)}`, `  by ${oneLine(first.email)}, ${first.date.slice(0, 10)}`]
    : [`not found: ${oneLine(why ?? '')}`, ...candidates.map(commit => `  it may be ${commitText(commit)}`)]
  return [...found, `  brings: ${formatSignature(wanted)}`, took]
}
