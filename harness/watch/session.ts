import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { loadedConfig } from '../config/load.ts'
import { UnbuildableError } from '../errors.ts'
import type { Progress } from '../images/progress.ts'
import { folderOf, type TreeRequest } from '../images/tree-given.ts'
import { buildKernel } from '../judge/kernel.ts'
import { runSpecs } from '../judge/run-specs.ts'
import { boards } from '../platform/boards.ts'
import { defaultJobs } from '../run/machine.ts'
import { planMatrix } from '../run/plan.ts'
import { Spares } from '../run/spares.ts'
import { findSpecs } from '../run/specs.ts'
import { overlayFolders } from '../tree/overlays.ts'
import type { CellInput, KernelName } from '../types.ts'
import { type Batch, Changes } from './changes.ts'
import { compilerLines } from './compiler.ts'
import { LastRun } from './last-run.ts'
import type { WatchRequest } from './request.ts'
import { Loop } from './rounds.ts'
import { relevant, sourceOf } from './source.ts'
import { both, reasonOf, type Watched, type Work, workOf } from './work.ts'

/** Specs that run again whenever something that they depend on is saved. */
export class Session {
  readonly #request: WatchRequest
  readonly #loop: Loop
  readonly #changes: Changes
  readonly #last = new LastRun()
  readonly #spares = new Spares()
  #kernels: readonly KernelName[]
  /** The kernel that all results are of; null if there is none such. */
  #answered: string | null = null
  /** Whether a round ever came to its end. */
  #hasBegun = false
  /** What no build has seen yet. */
  #owed: Work['changed'] = 'all'
  /** What is saved while somebody works in a guest waits. */
  #held: { work: Work | null } | null = null

  constructor(request: WatchRequest) {
    this.#request = request
    this.#kernels = request.kernels
    this.#changes = new Changes(batch => void this.#saved(batch))
    this.#loop = new Loop({
      run: (work, signal) => this.#round(work, signal),
      onError: error => this.#failed(error),
      onIdle: () => request.ui.idle(this.#changes.size),
    })
  }

  get isRunning(): boolean {
    return this.#loop.isRunning
  }

  /** Until end() is called, or the request's signal aborts. */
  async run(): Promise<void> {
    const { signal } = this.#request
    const end = () => this.end()
    signal.addEventListener('abort', end, { once: true })
    try {
      this.#watch()
      this.#ask({ changed: 'all', specs: 'all', even: true, why: ['the start'] })
      await this.#loop.run()
    } finally {
      signal.removeEventListener('abort', end)
      this.#changes.close()
      await this.#spares.end()
    }
    signal.throwIfAborted()
  }

  end(): void {
    this.#loop.end()
  }

  /** Runs all specs again. */
  again(): void {
    this.#ask({ changed: new Set(), specs: 'all', even: true, why: ['r'] })
  }

  /** Runs those again that did not pass; false if all did. */
  failed(): boolean {
    const specs = this.#last.wrong()
    if (specs.size === 0) return false
    this.#ask({ changed: new Set(), specs, even: true, why: ['f'] })
    return true
  }

  /** The console of the last boot, fit for a terminal; null if there is none any more. */
  console(): { file: string; text: string } | null {
    return this.#last.console()
  }

  /** The cell of the last boot, on the present kernel; null if there is no kernel yet. */
  guest(): CellInput | null {
    const [kernel] = this.#kernels
    return kernel === undefined ? null : this.#last.cellOn(kernel)
  }

  /** Nothing is run while this goes on; what is saved meanwhile is run then. */
  async hold(work: () => Promise<void>): Promise<void> {
    const held = (this.#held = { work: null as Work | null })
    try {
      await work()
    } finally {
      this.#held = null
      if (held.work) this.#loop.ask(held.work)
    }
  }

  #ask(work: Omit<Work, 'since' | 'isSaved'> & Partial<Work>): void {
    const whole: Work = { since: performance.now(), isSaved: false, ...work }
    if (this.#held) this.#held.work = this.#held.work ? both(this.#held.work, whole) : whole
    else this.#loop.ask(whole)
  }

  /** Watches what there is to watch; folders that are watched already stay so. */
  #watch(): void {
    const { tree, settings, specs, overlays } = this.#watched()
    if (tree !== null) this.#changes.add(tree, true)
    for (const folder of [
      ...overlays,
      ...[...settings, ...specs.map(({ file }) => file)].map(file => dirname(file)),
    ])
      if (existsSync(folder)) this.#changes.add(folder, false)
  }

  #watched(): Watched {
    const { tree, specs } = this.#request
    return {
      tree: tree && folderOf(tree.tree),
      settings: [...this.#settings],
      specs: findSpecs(specs),
      overlays: boards().flatMap(({ overlays }) => foldersOf(overlays)),
      uses: this.#last.uses,
    }
  }

  /** The user's own files; giveTree() keeps their text only. */
  get #settings(): string[] {
    const { patches = [], fragments = [] } = this.#request.tree ?? {}
    return [...patches, ...fragments].map(file => resolve(file))
  }

  async #saved({ paths, folders, since }: Batch): Promise<void> {
    try {
      const watched = this.#watched()
      const files = await relevant([...paths], watched, this.#kernels[0], this.#request.signal)
      const work = workOf([...files, ...folders], watched, since)
      if (!work) return
      const all = [...folders].some(folder => workOf([folder], watched, since))
      this.#ask(all ? { ...work, changed: 'all' } : work)
    } catch (error) {
      if (!this.#request.signal.aborted) this.#request.ui.say((error as Error).message)
    }
  }

  async #round(work: Work, signal: AbortSignal): Promise<void> {
    const { ui, out, jobs, progress, doing } = this.#request
    const run = doing?.run ?? runSpecs
    const started = performance.now()
    const watched = this.#watched()
    this.#prepare(watched.specs.length)
    if (this.#request.tree) await this.#build(this.#request.tree, work, { signal, progress })
    const build = (performance.now() - started) / 1000
    const kernel = this.#kernels.map(name => `${name} ${(doing?.sourceOf ?? sourceOf)(name)}`).join()
    if (!work.even && kernel === this.#answered) {
      ui.say(`${reasonOf(work)}: nothing of the kernel changed`)
      return
    }
    this.#answered = null
    const specs = watched.specs.filter(({ name }) => work.specs === 'all' || work.specs.has(name))
    const matrix = planMatrix(this.#kernels, specs, this.#last.durations(), 1)
    const display = (path: string) => ui.display(path, matrix)
    const spares = this.#spares
    const { result } = await run({ matrix, shard: null, out, jobs, spares, signal, progress, display })
    signal.throwIfAborted()
    const since = (performance.now() - work.since) / 1000
    this.#last.take(result, out, work.specs === 'all')
    this.#answered = kernel
    this.#hasBegun = true
    this.#watch()
    ui.verdict(result.cells, work, { all: since, build })
    this.#prepare(watched.specs.length)
  }

  /** Starts the processes that run specs, ahead of the next save. */
  #prepare(cells: number): void {
    const { jobs = defaultJobs(), doing } = this.#request
    if (!doing) this.#spares.keep(Math.min(jobs, cells))
  }

  async #build(
    tree: Omit<TreeRequest, 'changed'>,
    work: Work,
    options: { signal: AbortSignal; progress: Progress },
  ): Promise<void> {
    const owed =
      this.#owed === 'all' || work.changed === 'all' ? 'all' : new Set([...this.#owed, ...work.changed])
    this.#owed = owed
    const build = this.#request.doing?.build ?? buildKernel
    this.#kernels = [await build({ ...tree, changed: owed === 'all' ? undefined : [...owed] }, options)]
    this.#owed = new Set()
  }

  /** What a next save may cure is said, and no more; what was wrong from the start is not of that kind. */
  #failed(error: unknown): void {
    this.#answered = null
    if (!this.#hasBegun && !(error instanceof UnbuildableError)) throw error
    const lines = error instanceof UnbuildableError ? compilerLines(error) : [(error as Error).message]
    for (const line of lines) this.#request.ui.say(line)
  }
}

/** Where the overlays of a board are: dmaspec's own, and those of dmaspec.config.ts. */
function foldersOf(folder: string): string[] {
  const { root, theirs } = overlayFolders({ folder, theirs: loadedConfig().overlays })
  return [resolve(root, folder), ...(theirs === null ? [] : [theirs])]
}
