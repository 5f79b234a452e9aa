/** Where a bisection is, as git said it. */
export type GitState =
  /** A commit to be judged; how many may be the one, and about how many steps that takes. */
  | { is: 'testing'; commit: string; left: number; steps: number }
  | { is: 'found'; commit: string }
  /** All that is left was skipped: it is one of these. */
  | { is: 'skipped'; candidates: string[] }
  /** git can't go on, and says why: a good commit that isn't an ancestor of the bad one, and the like. */
  | { is: 'refused'; why: string }

export interface GitAnswer {
  exitCode: number
  said: string
  /** BISECT_HEAD, if there is one. */
  head: string | null
}

const FOUND = /^([0-9a-f]{40,64}) is the first '?bad'? commit/m
const LEFT = /^Bisecting: (\d+) revisions? left to test after this \(roughly (\d+) steps?\)/m

/** Reads what `git bisect` answers to start, good, bad and skip: in English, as we run it. */
export function gitState({ exitCode, said, head }: GitAnswer): GitState {
  const found = FOUND.exec(said)?.[1]
  if (found !== undefined) return { is: 'found', commit: found }
  if (said.includes("only 'skip'ped commits left")) {
    const candidates = said.match(/^[0-9a-f]{40,64}$/gm) ?? []
    return { is: 'skipped', candidates }
  }
  if (exitCode !== 0 || head === null)
    return { is: 'refused', why: said.trim().split('\n').filter(Boolean).join(' ') || 'git said nothing' }
  const [, left = '1', steps = '1'] = LEFT.exec(said) ?? []
  return { is: 'testing', commit: head, left: Number(left), steps: Number(steps) }
}
