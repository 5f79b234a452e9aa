import { CellError } from '../errors.ts'

/** A part of a matrix: `index` of `count`, from 1. */
export interface Shard {
  index: number
  count: number
}

/** More machines than anyone has: above it, a number is a mistake. */
const MOST = 10_000

/** Reads `2/5`. Throws CellError, which names where it came from: `--shard`. */
export function parseShard(text: string, from: string): Shard {
  const [, index, count] = /^(\d{1,9})\/(\d{1,9})$/.exec(text.trim()) ?? []
  if (index === undefined || count === undefined) {
    throw new CellError(`${from} '${text}' is no shard: write it like 2/5, the second of five`)
  }
  return checkShard({ index: Number(index), count: Number(count) }, `${from} ${text.trim()}`)
}

/** A shard that can be: 1 ≤ index ≤ count. */
export function checkShard(shard: Shard, from: string): Shard {
  const { index, count } = shard
  if (!Number.isInteger(count) || count < 1 || count > MOST) {
    throw new CellError(`${from}: there can be 1 to ${MOST} shards, not ${count}`)
  }
  if (!Number.isInteger(index) || index < 1 || index > count) {
    throw new CellError(`${from}: the shards are 1 to ${count}, there is no ${index}`)
  }
  return shard
}

/**
 * Which shard each of these is in, from 1: the longest first, each to the shard that has least so far. The same on
 * every machine: ties go by id, then by shard.
 */
export function balance(cells: readonly { id: string; seconds: number }[], count: number): number[] {
  const loads = Array.from({ length: count }, () => 0)
  const shards: number[] = []
  const order = [...cells.keys()].sort((a, b) => compare(cells[a], cells[b]))
  for (const i of order) {
    let least = 0
    for (const [shard, load] of loads.entries()) if (load < (loads[least] ?? 0)) least = shard
    loads[least] = (loads[least] ?? 0) + (cells[i]?.seconds ?? 0)
    shards[i] = least + 1
  }
  return shards
}

type Weighed = { id: string; seconds: number } | undefined

function compare(a: Weighed, b: Weighed): number {
  if (!a || !b) return 0
  return b.seconds - a.seconds || (a.id < b.id ? -1 : 1)
}
