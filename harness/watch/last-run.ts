import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { CellResult, RunResult } from '../results/result.ts'
import { printable } from '../text.ts'
import type { CellInput, KernelName } from '../types.ts'
import { bootsOf, cellOfBoot, usesOf } from './uses.ts'

/** What is known of every cell, by the last run that it was in. */
export class LastRun {
  readonly #results = new Map<string, CellResult>()
  #uses: ReadonlyMap<string, ReadonlySet<string>> = new Map()
  /** Folder of the last boot. */
  #boot: string | null = null

  /** A run of all cells, or of some of them, that is over; its boots are kept below `out`. */
  take(result: RunResult, out: string, isWhole: boolean): void {
    if (isWhole) this.#results.clear()
    for (const cell of result.cells) this.#results.set(cell.id, cell)
    this.#uses = new Map([...this.#uses, ...usesOf(result, out)])
    const boot = result.cells.flatMap(bootsOf).at(-1)
    this.#boot = boot ? resolve(out, boot.folder) : null
  }

  /** The overlays that the boots of each spec had. */
  get uses(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#uses
  }

  /** The specs that neither passed nor were skipped. */
  wrong(): Set<string> {
    const cells = [...this.#results.values()]
    return new Set(
      cells.filter(({ verdict }) => verdict !== 'passed' && verdict !== 'skipped').map(({ spec }) => spec),
    )
  }

  /** Seconds of each cell, by its id. */
  durations(): Map<string, number> {
    return new Map([...this.#results].map(([id, { seconds }]) => [id, seconds]))
  }

  /** The console of the last boot, fit for a terminal; null if there is none any more. */
  console(): { file: string; text: string } | null {
    const file = this.#boot === null ? '' : join(this.#boot, 'console.log')
    return existsSync(file) ? { file, text: printable(readFileSync(file, 'utf8')) } : null
  }

  /** The cell of the last boot, on another kernel. */
  cellOn(kernel: KernelName): CellInput {
    const cell = this.#boot === null ? undefined : cellOfBoot(this.#boot)
    if (!cell) return { kernel }
    const { overlays, platform, faults, cpus } = cell
    return { kernel, overlays, platform, faults, cpus }
  }
}
