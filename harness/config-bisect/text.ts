import { cleanLine } from '../diff/clean.ts'
import { diffText, type TextOptions } from '../diff/text.ts'
import { clock } from '../images/progress.ts'
import type { Judged } from '../judge/judge.ts'
import { formatSignature } from '../judge/signature.ts'
import { count } from '../text.ts'
import type { ConfigAnswer } from './config-bisect.ts'
import type { OptionDifference } from './config.ts'
import type { Outcome } from './smallest.ts'
import type { Judging } from './steps.ts'

/** Options that are listed; --json has all. */
const SHOWN = 40

/** `CONFIG_SATA_RCAR: y → n`. */
export function optionLine({ option, good, bad }: OptionDifference): string {
  return `${option}: ${good} → ${bad}`
}

/** `01: 13 of 27 options as at the bad end: good (1:02)`. */
export function stepLine({ step, again }: Judging, of: number, outcome?: Outcome): string {
  const { folder, asBad, judged, seconds } = step
  const what =
    outcome === undefined
      ? inWords(judged)
      : `${outcome}${outcome === 'untold' ? `: ${inWords(judged)}` : ''}`
  const time = again ? 'known' : clock(seconds)
  const head = folder === 'good' || folder === 'bad' ? `${folder} end` : folder
  const options = outcome === undefined ? '' : `${asBad.length} of ${count(of, 'option')} as at the bad end: `
  return cleanLine(`${head}: ${options}${what} (${time})`)
}

function inWords(judged: Judged): string {
  if (judged.status !== 'judged')
    return `it does not ${judged.status === 'unbuildable' ? 'build' : 'boot'}: ${judged.why.split('\n')[0]}`
  const [first, ...more] = judged.signatures
  if (first === undefined) return 'all that ran passed'
  return `fails by ${formatSignature(first)}${more.length > 0 ? ` and ${more.length} more` : ''}`
}

/** The options that do it, what Kconfig changed with them, and what the kernel does differently then. */
export function answerText(answer: ConfigAnswer, options: TextOptions): string {
  const { wanted, options: found, followed, differ, kernels, untold, diff } = answer
  const said = untold > 0 ? `, ${untold} of which said nothing` : ''
  return [
    diffText(diff, options),
    cleanLine(`${formatSignature(wanted)} comes with`),
    ...found.map(each => `  ${optionLine(each)}`),
    ...(followed.length > 0 ? ['with which Kconfig changed', ...list(followed)] : []),
    `${found.length} of ${count(differ.length, 'option')}, after ${count(kernels, 'kernel')}${said}`,
    '',
  ].join('\n')
}

/** Options, one a line. */
export function list(options: readonly OptionDifference[]): string[] {
  const more = options.length > SHOWN ? [`  and ${options.length - SHOWN} more`] : []
  return [...options.slice(0, SHOWN).map(each => `  ${optionLine(each)}`), ...more].map(line =>
    cleanLine(line),
  )
}
