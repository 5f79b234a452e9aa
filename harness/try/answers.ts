/** What a patch does. */
export type Answer =
  | 'fixes'
  | 'fixes-and-breaks'
  | 'breaks'
  | 'changes'
  | 'no-difference'
  | 'untold'
  | 'unapplied'
  | 'unbuildable'
  | 'unbootable'

export interface AnswerRow {
  /** As people read it. */
  words: string
  /** 0 no harm, 1 harm, 2 it could not be tried. */
  exit: 0 | 1 | 2
}

export const ANSWERS: Record<Answer, AnswerRow> = {
  fixes: { words: 'fixes it', exit: 0 },
  changes: { words: 'changes something', exit: 0 },
  'no-difference': { words: 'no difference', exit: 0 },
  'fixes-and-breaks': { words: 'fixes one, breaks another', exit: 1 },
  breaks: { words: 'breaks it', exit: 1 },
  unbootable: { words: "doesn't boot", exit: 1 },
  unbuildable: { words: "doesn't build", exit: 1 },
  unapplied: { words: "doesn't apply", exit: 2 },
  untold: { words: "can't be told", exit: 2 },
}

/** The exit status of several answers: what could not be tried leaves a question open, harm is worse than none. */
export function exitOf(answers: readonly Answer[]): 0 | 1 | 2 {
  const statuses = answers.map(answer => ANSWERS[answer].exit)
  return statuses.includes(2) ? 2 : statuses.includes(1) ? 1 : 0
}
