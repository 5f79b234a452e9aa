import { FORMAT, type RunResult } from '../results/result.ts'
import { guestMemory } from './machine.ts'
import { discardBoots } from './leftovers.ts'
import type { Cell } from './plan.ts'
import { runCells, type Observer } from './pool.ts'
import type { Shard } from './shard.ts'
import type { Spares } from './spares.ts'

export interface RunRequest {
  /** All cells of the matrix, of all shards. */
  matrix: readonly Cell[]
  shard: Shard | null
  /** The run's folder, taken (folder.ts). */
  out: string
  jobs: number
  retries: number
  signal: AbortSignal
  /** What runs it: dmaspec's version, and the machine. */
  about: Pick<RunResult, 'dmaspec' | 'machine'>
  /** Seconds without a word, outside of a boot, after which a spec is hung: a minute, if not given. */
  silence?: number
  /** Bytes for guests; by free memory, if not given. */
  memory?: number
  /** Processes for specs, started already. */
  spares?: Spares | undefined
}

/** The cells that a shard runs. */
export function cellsOf({ matrix, shard }: Pick<RunRequest, 'matrix' | 'shard'>): Cell[] {
  return matrix.filter(cell => shard === null || cell.shard === shard.index)
}

/**
 * Runs a matrix, or a shard of it. If `signal` aborts, what was finished by then is the result, and the boots of the
 * rest are removed.
 */
export async function runMatrix(request: RunRequest, observer: Observer): Promise<RunResult> {
  const {
    matrix,
    shard,
    out,
    jobs,
    retries,
    signal,
    about,
    silence = 60,
    memory = guestMemory(jobs),
    spares,
  } = request
  const started = new Date()
  const cells = cellsOf(request)
  const limits = { boots: jobs, memory }
  const results = await runCells(cells, { out, jobs, limits, retries, silence, spares, signal }, observer)
  const byId = new Map(results.map(result => [result.id, result]))
  const unfinished = cells.filter(({ id }) => !byId.has(id))
  await Promise.all(unfinished.map(({ kernel, spec }) => discardBoots(out, kernel, spec)))
  return {
    format: FORMAT,
    ...about,
    started: started.toISOString(),
    seconds: Math.round(Date.now() - started.getTime()) / 1000,
    shard,
    matrix: matrix.map(({ id }) => id),
    cells: cells.flatMap(({ id }) => byId.get(id) ?? []),
  }
}
