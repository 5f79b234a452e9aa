/**
 * What came of a set: `bad` it fails as the whole does, `good` it doesn't, `untold` nobody can say, which is not bad either.
 */
export type Outcome = 'bad' | 'good' | 'untold'

export type Ask<T> = (set: readonly T[]) => Promise<Outcome>

/**
 * The smallest set that is still bad: none of it can be left out. The whole must be bad, and the empty set not.
 *
 * First as if more were never better: options that need each other are told from the rest in about 2k·log2(n/k) questions
 * for k of n (Junker's QuickXplain, 2004). What that comes to is bad, whatever the answers; whether one of it can be left
 * out is asked by delta debugging, which supposes nothing (Zeller and Hildebrandt's ddmin, 2002). No set is asked for twice.
 */
export async function smallestSet<T>(all: readonly T[], ask: Ask<T>): Promise<T[]> {
  const known = new Map<string, Outcome>()
  const isBad = async (set: ReadonlySet<T>) => {
    const ordered = all.filter(item => set.has(item))
    const key = ordered.map(item => all.indexOf(item)).join()
    const outcome = known.get(key) ?? (await ask(ordered))
    known.set(key, outcome)
    return outcome === 'bad'
  }
  return reduce(await explain([], false, all, isBad), isBad)
}

type IsBad<T> = (set: ReadonlySet<T>) => Promise<boolean>

/** What of `candidates` must come to `base` to make it bad: with all of them it is. `isNew`: whether base grew since it was last asked for. */
async function explain<T>(
  base: readonly T[],
  isNew: boolean,
  candidates: readonly T[],
  isBad: IsBad<T>,
): Promise<T[]> {
  if (isNew && (await isBad(new Set(base)))) return []
  if (candidates.length <= 1) return [...candidates]
  const [first = [], second = []] = parts(candidates, 2)
  const inSecond = await explain([...base, ...first], true, second, isBad)
  const inFirst = await explain([...base, ...inSecond], inSecond.length > 0, first, isBad)
  return [...inFirst, ...inSecond]
}

/** ddmin: tries parts and what is left without them, in ever smaller parts. */
async function reduce<T>(start: readonly T[], isBad: IsBad<T>): Promise<T[]> {
  let set = [...start]
  let count = 2
  while (set.length >= 2) {
    const pieces = parts(set, count)
    const rests = pieces.map(piece => set.filter(item => !piece.includes(item)))
    const part = await firstBad(pieces, isBad)
    const rest = part ?? (await firstBad(rests, isBad))
    if (rest) [set, count] = [rest, part ? 2 : Math.max(2, count - 1)]
    else if (count < set.length) count = Math.min(set.length, count * 2)
    else break
  }
  return set
}

async function firstBad<T>(sets: readonly T[][], isBad: IsBad<T>): Promise<T[] | undefined> {
  for (const set of sets) if (await isBad(new Set(set))) return set
  return undefined
}

/** The list in `count` parts of about the same length. */
function parts<T>(list: readonly T[], count: number): T[][] {
  const cut = (i: number) => Math.round((i * list.length) / count)
  return Array.from({ length: count }, (_, i) => list.slice(cut(i), cut(i + 1)))
}
