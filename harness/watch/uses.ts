import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BootRecord, CellResult, RunResult } from '../results/result.ts'
import type { Cell } from '../types.ts'

/** Boots of a cell, in order. */
export function bootsOf({ tests }: CellResult): BootRecord[] {
  return tests.flatMap(({ boots }) => boots)
}

/** The overlays that the boots of each spec of a run had; `out` is the run's folder. */
export function usesOf({ cells }: Pick<RunResult, 'cells'>, out: string): Map<string, Set<string>> {
  const uses = new Map<string, Set<string>>()
  for (const cell of cells) {
    const names = uses.get(cell.spec) ?? new Set()
    for (const { folder } of bootsOf(cell))
      for (const name of cellOfBoot(join(out, folder))?.overlays ?? []) names.add(name)
    uses.set(cell.spec, names)
  }
  return uses
}

/** What a boot was asked to be, as its folder has it; JSON: sizes are text. */
export function cellOfBoot(
  folder: string,
): Pick<Cell, 'overlays' | 'platform' | 'faults' | 'cpus'> | undefined {
  const file = join(folder, 'report.json')
  if (!existsSync(file)) return undefined
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { cell?: Cell }).cell
  } catch {
    return undefined // half of it: the boot was ended while it was written
  }
}
