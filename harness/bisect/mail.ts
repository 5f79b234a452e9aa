import { diffText } from '../diff/text.ts'
import { formatSignature } from '../judge/signature.ts'
import { linesOf, oneLine } from '../text.ts'
import type { Found } from './bisect.ts'
import { commitText } from './lines.ts'
import type { Question } from './question.ts'
import type { Commit } from './repository.ts'
import type { Sides } from './sides.ts'

/** Of a mail's table; messages are quoted as they are, since mail readers must not break them. */
const WIDTH = 76
/** Messages that are new and gone, each. */
const MESSAGES = 10

export interface MailParts {
  question: Question
  found: Found
  first: Commit
  sides: Sides | null
  /** The oops, or what did not hold. */
  evidence: readonly string[]
  /** dmaspec's version. */
  version: string
}

/** The report of what was found, as text to be sent: header lines, an empty one, the body. */
export function mailOf({ question, found, first, sides, evidence, version }: MailParts): string {
  const { wanted, steps, log } = found
  const cc = [...first.body.matchAll(/^(?:Signed-off|Reviewed|Acked|Tested|Suggested|Reported)-by: (.+)$/gm)]
  const people = [...new Set(cc.map(([, who = '']) => oneLine(who)))].filter(who => who !== first.email)
  const good = sides ? commitText(sides.good.commit) : found.ends.good.slice(0, 12)
  const count = (mark: string) => steps.filter(({ verdict }) => verdict.mark === mark).length
  return [
    `To: ${oneLine(first.email)}`,
    ...(people.length > 0 ? [`Cc: ${people.join(', ')}`] : []),
    `Subject: [REGRESSION] ${formatSignature(wanted)} since ${oneLine(first.subject, 200)}`,
    '',
    `${commitText(first)} brings`,
    '',
    `  ${formatSignature(wanted)}`,
    '',
    `git bisect between ${oneLine(question.good)} (good) and ${oneLine(question.bad)} (bad) ended there, after ${steps.length} commits:`,
    `${count('good')} were good, ${count('bad')} bad, ${count('skip')} could not be judged. Each was built, and booted by`,
    `dmaspec ${version} on an emulated Salvator-X (R-Car H3).`,
    '',
    `commit ${first.id}`,
    `Author: ${oneLine(first.email)}`,
    `Date:   ${oneLine(first.date)}`,
    '',
    `    ${oneLine(first.subject)}`,
    '',
    ...linesOf(found.diffstat),
    '',
    'What it says:',
    '',
    ...(evidence.length > 0 ? evidence : ['(nothing was kept)']).map(line => `  ${line}`.trimEnd()),
    '',
    `What changed since ${good}:`,
    '',
    ...(sides
      ? linesOf(diffText(sides.diff, { width: WIDTH, color: false, lines: MESSAGES }))
      : ['(nothing was kept)']),
    '',
    'To see it again, in a checkout of that tree:',
    '',
    `  npx dmaspec run --tree . --ref ${first.id.slice(0, 12)} ${question.specs.map(spec => `--spec ${oneLine(spec)}`).join(' ')}`,
    '',
    'The log of git bisect:',
    '',
    ...linesOf(log).map(line => `  ${line}`),
    '',
  ].join('\n')
}
