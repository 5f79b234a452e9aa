import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { CellError } from '../errors.ts'
import { FORMAT, type CellResult } from '../results/result.ts'

/** Seconds of cells, by their ids: what shards are balanced by, and what the time left is reckoned from. */
export type Durations = ReadonlyMap<string, number>

const seconds = z.number().nonnegative().finite()
const table = z.record(z.string(), seconds)
const results = z.object({
  format: z.literal(FORMAT),
  cells: z.array(z.object({ id: z.string(), seconds, attempts: z.number().int().positive() })),
})

/**
 * Reads the durations of a table (`{"6.1/bus-limit": 5.7}`) or of a former run (its results.json, or the folder that
 * is in). Throws CellError if it is neither.
 */
export function readDurations(path: string): Durations {
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'results.json') : path
  const read = parse(file)
  const run = results.safeParse(read)
  if (run.success) return new Map(run.data.cells.map(cell => [cell.id, cell.seconds / cell.attempts]))
  const plain = table.safeParse(read)
  if (plain.success) return new Map(Object.entries(plain.data))
  throw new CellError(`${file} has no durations: it is neither a run's results.json nor a table of seconds`)
}

function parse(file: string): unknown {
  let text
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new CellError(`durations can't be read: ${(error as Error).message}`, { cause: error })
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new CellError(`${file} is no JSON: ${(error as Error).message}`, { cause: error })
  }
}

/**
 * What each cell is reckoned to take: what was recorded, else the median of its spec on other kernels, else the median
 * of all; 1 if nothing was ever recorded.
 */
export function estimates(cells: readonly { id: string; spec: string }[], durations: Durations): number[] {
  const bySpec = new Map<string, number[]>()
  for (const [id, value] of durations) {
    const spec = id.slice(id.indexOf('/') + 1)
    bySpec.set(spec, [...(bySpec.get(spec) ?? []), value])
  }
  const ofAll = lowerMedian([...durations.values()]) ?? 1
  return cells.map(({ id, spec }) => durations.get(id) ?? lowerMedian(bySpec.get(spec) ?? []) ?? ofAll)
}

/** The table with these cells in it, in the order of their ids. One that was not run to its end teaches nothing. */
export function recorded(before: Durations, cells: readonly CellResult[]): Record<string, number> {
  const measured = cells
    .filter(({ verdict }) => verdict === 'passed' || verdict === 'failed')
    .map(cell => [cell.id, Math.round((cell.seconds / cell.attempts) * 10) / 10] as const)
  return Object.fromEntries([...before, ...measured].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function lowerMedian(numbers: readonly number[]): number | undefined {
  return [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)]
}
