import { cleanLine } from '../diff/clean.ts'
import { diffText, type TextOptions } from '../diff/text.ts'
import { label } from '../diff/words.ts'
import { formatSignature } from '../judge/signature.ts'
import { count, linesOf } from '../text.ts'
import { ANSWERS } from './answers.ts'
import { STATES, type State } from './compare.ts'
import type { Effect, Failure } from './effect.ts'
import type { Step, Trial, TriedStep } from './try.ts'

/** How many tests of a failure are named, and failures of a step. */
const NAMED = 3
const SHOWN = 10

/** `without: fails by null-deref in ipmmu_domain_free`, and what a step does. */
export function withoutText({ state }: Pick<Step, 'state'>): string {
  const signatures = state.status === 'judged' ? state.signatures.slice(0, SHOWN) : []
  return block(`without: ${inWords(state)}`, [...trouble(state), ...signatures.map(formatSignature)])
}

/** What a step does, from its answer down to what stays. */
export function stepText(step: TriedStep): string {
  const { title, answer, against, effect, stays, state } = step
  const beside = against === 'without' ? '' : ` (against ${against})`
  return block(`${title}: ${ANSWERS[answer].words}${beside}`, [
    ...trouble(state),
    ...(effect ? failures(effect) : []),
    ...stays.map(fact => `stays: ${label(fact)}: ${fact.text}`),
  ])
}

/** The answer to the whole, with what changed in the kernel's behaviour before it. */
export function trialText({ steps, all }: Trial, options: TextOptions): string {
  const diff = all.diff ? [diffText(all.diff, options)] : []
  const told =
    steps.length > 1 ? [stepText({ ...all, title: 'in all' })] : [`in all: ${ANSWERS[all.answer].words}\n`]
  return [...diff, ...told].join('\n')
}

function inWords(state: State): string {
  if (state.status !== 'judged') return STATES[state.status]
  if (state.signatures.length === 0) return 'all that ran passed'
  return `fails by ${count(state.signatures.length, 'failure')}`
}

function trouble(state: State): string[] {
  if (state.status === 'judged') return []
  const log = 'log' in state && state.log !== null ? [`the whole of it: ${state.log}`] : []
  return [...linesOf(state.why), ...log]
}

function failures({ fixed, broken, uncovered, remaining, unasked }: Effect): string[] {
  const of = (list: readonly Failure[], words: string) =>
    list.slice(0, SHOWN).flatMap(({ failure, tests }) => [`${words}: ${failure}`, ...places(tests)])
  return [
    ...of(fixed, 'gone'),
    ...of(broken, 'new'),
    ...of(uncovered, 'behind it, and not seen before'),
    ...of(remaining, 'still there'),
    ...unasked.slice(0, SHOWN).map(test => `not compared: ${test}`),
  ]
}

function places(tests: readonly string[]): string[] {
  const more = tests.length > NAMED ? [`  and in ${tests.length - NAMED} more`] : []
  return [...tests.slice(0, NAMED).map(test => `  in ${test}`), ...more]
}

function block(head: string, lines: readonly string[]): string {
  return [head, ...lines.map(line => `  ${line}`)].map(line => cleanLine(line)).join('\n') + '\n'
}
