import type { CellResult } from '../results/result.ts'
import { attemptOf, cellResult, isWrong, type Attempt } from './outcome.ts'
import { specPath, type Cell } from './plan.ts'
import { tidyBoots } from './leftovers.ts'
import { Slots, type Limits } from './slots.ts'
import type { Spares } from './spares.ts'
import { ENDED, SpecProcess } from './spec-process.ts'

/** Whoever shows how a run goes. */
export interface Observer {
  started(cell: Cell): void
  booting(cell: Cell, folder: string): void
  /** An attempt that did not pass, and is made again. */
  retrying(cell: Cell, attempt: Attempt, left: number): void
  finished(cell: Cell, result: CellResult): void
  note(line: string): void
}

export interface PoolOptions {
  /** The run's folder. */
  out: string
  /** Cells side by side. */
  jobs: number
  limits: Limits
  /** How often a cell that did not pass is run again. */
  retries: number
  /** Seconds without a word, outside of a boot, after which a spec is hung. */
  silence: number
  /** Where processes come from that are started already, if there are such. */
  spares?: Spares | undefined
  signal: AbortSignal
}

/**
 * Runs cells side by side, the longest first so that none is left over at the end, in processes that live as long as
 * there is work. Returns those that came to their end, in any order: all, unless `signal` aborts.
 */
export async function runCells(
  cells: readonly Cell[],
  options: PoolOptions,
  observer: Observer,
): Promise<CellResult[]> {
  const queue = [...cells].sort((a, b) => b.estimate - a.estimate)
  const lanes = Math.min(options.jobs, cells.length)
  const pool = new Lanes(options, observer, new Slots(options.limits))
  await Promise.all(Array.from({ length: lanes }, () => pool.lane(queue)))
  return pool.results
}

class Lanes {
  readonly results: CellResult[] = []
  readonly #options: PoolOptions
  readonly #observer: Observer
  readonly #slots: Slots

  constructor(options: PoolOptions, observer: Observer, slots: Slots) {
    this.#options = options
    this.#observer = observer
    this.#slots = slots
  }

  /** Runs what is in the queue until it is empty, in one process if it lasts. */
  async lane(queue: Cell[]): Promise<void> {
    const { signal, spares } = this.#options
    let child: SpecProcess | undefined
    const kill = () => void child?.kill()
    signal.addEventListener('abort', kill)
    const next = async (fresh: boolean) => {
      if (child && (child.spent || fresh)) await child.kill()
      if (!child || child.spent || fresh) child = spares?.take() ?? new SpecProcess()
      return child
    }
    try {
      for (let cell = queue.shift(); cell && !signal.aborted; cell = queue.shift())
        await this.#cell(cell, next)
    } finally {
      signal.removeEventListener('abort', kill)
      await child?.kill()
    }
  }

  async #cell(cell: Cell, next: Next): Promise<void> {
    const { retries, signal } = this.#options
    this.#observer.started(cell)
    const attempts: Attempt[] = []
    for (let left = retries; ; left--) {
      const attempt = await this.#attempt(cell, attempts.length, next)
      if (signal.aborted) return
      attempts.push(attempt)
      if (!isWrong(attempt) || left === 0) break
      this.#observer.retrying(cell, attempt, left)
    }
    const result = cellResult(cell.id, cell.spec, attempts)
    this.results.push(result)
    this.#observer.finished(cell, result)
  }

  async #attempt(cell: Cell, earlier: number, next: Next): Promise<Attempt> {
    const { out, silence } = this.#options
    const started = performance.now()
    const folder = earlier === 0 ? cell.spec : `${cell.spec}~${earlier + 1}`
    const onBoot = (boot: string, alone: boolean) => {
      this.#observer.booting(cell, boot)
      if (alone)
        this.#observer.note(`${cell.id}: its guest is larger than the memory that is free: it is run alone`)
    }
    const file = specPath(cell)
    const job = { kernel: cell.kernel, spec: folder, file, out, slots: this.#slots, silence, onBoot }
    let child = await next(false)
    let { root, cut } = await child.run(job)
    if (cut === ENDED && child.jobs > 1) {
      child = await next(true)
      ;({ root, cut } = await child.run(job))
    }
    if (child.spent) await child.kill()
    if (cut !== null) await tidyBoots(out, cell.kernel, folder)
    // A spec may end tap's root test, if it has a process of its own.
    const naming = { kernel: cell.kernel, spec: cell.spec }
    return attemptOf(root, naming, cut === ENDED ? null : cut, (performance.now() - started) / 1000)
  }
}

type Next = (fresh: boolean) => Promise<SpecProcess>
