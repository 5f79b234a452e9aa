import { relative, resolve } from 'node:path'
import { CellError } from '../errors.ts'
import type { PlannedCell } from '../results/result.ts'
import type { KernelName } from '../types.ts'
import { projectRoot } from '../project.ts'
import { estimates, type Durations } from './durations.ts'
import { balance } from './shard.ts'

/** A spec file, and its name: without folder and `.spec.ts`. */
export interface SpecFile {
  name: string
  /** Absolute. */
  file: string
}

/** A cell of the matrix, and what it is reckoned to take: never nothing, for balance. */
export interface Cell extends PlannedCell {
  estimate: number
}

/**
 * The whole matrix, kernel by kernel: every spec on every kernel, each in one of `shards` shards of about the same
 * length. The same kernels, specs and durations give the same plan on every machine.
 */
export function planMatrix(
  kernels: readonly KernelName[],
  specs: readonly SpecFile[],
  durations: Durations,
  shards: number,
): Cell[] {
  refuseTwins(specs)
  const cells = [...new Set(kernels)].flatMap(kernel =>
    specs.map(({ name, file }) => ({
      id: `${kernel}/${name}`,
      kernel,
      spec: name,
      file: relative(projectRoot, file),
      seconds: durations.get(`${kernel}/${name}`) ?? null,
    })),
  )
  const estimated = estimates(cells, durations)
  const weighed = cells.map((cell, i) => ({ ...cell, estimate: estimated[i] ?? 1 }))
  const shardOf = balance(
    weighed.map(({ id, estimate }) => ({ id, seconds: estimate })),
    shards,
  )
  return weighed.map((cell, i) => ({ ...cell, shard: shardOf[i] ?? 1 }))
}

/** A planned cell as `dmaspec matrix --json` prints it. */
export function asPlanned({ id, kernel, spec, file, seconds, shard }: Cell): PlannedCell {
  return { id, kernel, spec, file, seconds, shard }
}

/** The absolute path of a cell's spec. */
export function specPath({ file }: PlannedCell): string {
  return resolve(projectRoot, file)
}

/** A cell's id is all that tells it from others. */
function refuseTwins(specs: readonly SpecFile[]): void {
  const seen = new Map<string, string>()
  for (const { name, file } of specs) {
    const other = seen.get(name)
    if (other !== undefined) {
      throw new CellError(`two specs are called '${name}', and a cell is known by that: ${other} and ${file}`)
    }
    seen.set(name, file)
  }
}
