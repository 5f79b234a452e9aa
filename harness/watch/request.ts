import type { Progress } from '../images/progress.ts'
import type { TreeRequest } from '../images/tree-given.ts'
import type { buildKernel } from '../judge/kernel.ts'
import type { RunDisplay, runSpecs } from '../judge/run-specs.ts'
import type { CellResult } from '../results/result.ts'
import type { Cell } from '../run/plan.ts'
import type { KernelName } from '../types.ts'
import type { sourceOf } from './source.ts'
import type { Work } from './work.ts'

export interface WatchRequest {
  /** Whose files are watched, and which is built anew; null if the kernels are built and stay as they are. */
  tree: Omit<TreeRequest, 'changed'> | null
  kernels: readonly KernelName[]
  /** As `--spec` has them. */
  specs: readonly string[]
  out: string
  jobs?: number | undefined
  signal: AbortSignal
  progress: Progress
  ui: WatchUi
  /** Tests build and run nothing. */
  doing?: { build: typeof buildKernel; run: typeof runSpecs; sourceOf: typeof sourceOf }
}

/** Whoever shows it all. */
export interface WatchUi {
  say: (line: string) => void
  display: (path: string, cells: readonly Cell[]) => RunDisplay
  /** A round is over. `seconds` from the save, or the key, to the last verdict. */
  verdict: (cells: readonly CellResult[], work: Work, seconds: { all: number; build: number }) => void
  /** There is nothing to do. */
  idle: (folders: number) => void
}
