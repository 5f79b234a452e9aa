import { groupBy } from './fact.ts'
import type { CellResult, TestResult } from '../results/result.ts'

/** What is on both sides, in the order of the first, and what is on one only. */
export interface Matched<T> {
  pairs: { name: string; before: T; after: T }[]
  onlyBefore: string[]
  onlyAfter: string[]
}

/**
 * Cells by kernel and spec; by spec alone if each side has one kernel and they are called differently: then it is the
 * kernels that are compared.
 */
export function matchCells(before: readonly CellResult[], after: readonly CellResult[]): Matched<CellResult> {
  const kernels = (cells: readonly CellResult[]) => [...new Set(cells.map(({ kernel }) => kernel.name))]
  const [old, now] = [kernels(before), kernels(after)]
  const across = old.length === 1 && now.length === 1 && old[0] !== now[0]
  return match(before, after, cell => (across ? cell.spec : cell.id))
}

/** Tests by their titles: these don't name the kernel. The second test of the same titles is held against the second. */
export function matchTests(before: readonly TestResult[], after: readonly TestResult[]): Matched<TestResult> {
  return match(before, after, ({ path }) => path.join(' › '))
}

/** By place: a test boots in the same order each time. */
export function matchInOrder<T>(before: readonly T[], after: readonly T[]): Matched<T> {
  return match(before, after, () => 'boot')
}

function match<T>(before: readonly T[], after: readonly T[], nameOf: (item: T) => string): Matched<T> {
  const [old, now] = [numbered(before, nameOf), numbered(after, nameOf)]
  const pairs = [...old].flatMap(([name, before]) => {
    const after = now.get(name)
    return after === undefined ? [] : [{ name, before, after }]
  })
  const only = (side: Map<string, T>, other: Map<string, T>) =>
    [...side.keys()].filter(name => !other.has(name))
  return { pairs, onlyBefore: only(old, now), onlyAfter: only(now, old) }
}

/** Items by name; the second of a name is `name (2)`. */
function numbered<T>(items: readonly T[], nameOf: (item: T) => string): Map<string, T> {
  const named = [...groupBy(items, nameOf)].flatMap(([name, same]) =>
    same.map((item, i): [string, T] => [i === 0 ? name : `${name} (${i + 1})`, item]),
  )
  return new Map(named)
}
