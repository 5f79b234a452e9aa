import { CellError } from '../errors.ts'
import { readSubject, type Subject } from './subject.ts'

/** A mail, taken apart. */
export interface Mail {
  subject: string
  /** The diff in it, decoded; '' if there is none. */
  diff: string
}

export interface Chosen {
  /** In the order in which they apply. */
  patches: { title: string; diff: string }[]
  /** What was left out, and why; what is missing. */
  notes: string[]
}

interface Candidate extends Subject {
  diff: string
}

/**
 * The patches among the mails of one file, by their `[PATCH n/m]`: of several versions the newest. Answers and the cover
 * letter are left out, and said.
 *
 * @throws CellError if no patch is left, or two different ones have the same number
 */
export function chooseMails(file: string, mails: readonly Mail[]): Chosen {
  const all = mails.map(({ subject, diff }): Candidate => ({ ...readSubject(subject), diff }))
  const notes: string[] = []
  const leaveOut = (mail: Candidate, why: string) => void notes.push(`left out '${mail.title}': ${why}`)
  const patches = all.filter(mail => {
    const why = whyNoPatch(mail)
    if (why !== null) leaveOut(mail, why)
    return why === null
  })
  const newest = patches.filter(mail => {
    const newer = patches.find(other => other.version > mail.version && isSameSeries(other, mail))
    if (newer) leaveOut(mail, `there is a v${newer.version} of it`)
    return !newer
  })
  const ordered = inOrder(newest).filter((mail, i, list) => {
    const same = mail.number === null ? undefined : list[i - 1]
    if (same?.number !== mail.number) return true
    if (same?.diff !== mail.diff)
      throw new CellError(`${file} has two patches that say ${mail.number}/${mail.of}: leave one out`)
    leaveOut(mail, 'it is there twice')
    return false
  })
  if (ordered.length === 0) throw new CellError([`${file}: there is no patch in it`, ...notes].join('\n  '))
  return { patches: ordered, notes: [...notes, ...missing(ordered)] }
}

function whyNoPatch({ isReply, number, diff }: Candidate): string | null {
  if (isReply) return diff === '' ? 'an answer' : 'an answer; to try the diff in it, give it as a file'
  if (number === 0) return 'the cover letter'
  return diff === '' ? 'there is no patch in it' : null
}

/** Patches with numbers are of one series; one without is a newer version of the one that has its title. */
function isSameSeries(a: Candidate, b: Candidate): boolean {
  return a.number === null || b.number === null ? a.title === b.title : true
}

/** By number; those without stay behind, as they came. */
function inOrder(mails: readonly Candidate[]): Candidate[] {
  return mails.toSorted((a, b) => (a.number ?? Infinity) - (b.number ?? Infinity) || 0)
}

/** One patch of a series is a file of its own; of several, one may have been lost. */
function missing(mails: readonly Candidate[]): string[] {
  const numbered = mails.filter(({ number }) => number !== null)
  const of = Math.max(...numbered.map(mail => mail.of ?? 0))
  if (numbered.length < 2) return []
  return Array.from({ length: of }, (_, i) => i + 1)
    .filter(number => !numbered.some(mail => mail.number === number))
    .map(number => `there is no ${number}/${of}`)
}
