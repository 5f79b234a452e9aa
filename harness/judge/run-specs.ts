import { needQemu } from '../images/index.ts'
import type { Progress } from '../images/progress.ts'
import { projectVersion } from '../project.ts'
import type { RunResult } from '../results/result.ts'
import { writeResults } from '../results/write.ts'
import { takeRunFolder } from '../run/folder.ts'
import { defaultJobs, thisMachine } from '../run/machine.ts'
import type { Cell } from '../run/plan.ts'
import type { Observer } from '../run/pool.ts'
import { runMatrix } from '../run/run.ts'
import type { Shard } from '../run/shard.ts'
import type { Spares } from '../run/spares.ts'

/** Whoever shows a run, and is told that it is over. */
export interface RunDisplay extends Observer {
  stop(): void
}

const nothing = () => {}

/** Shows nothing. */
export const silentDisplay: RunDisplay = {
  ...{ started: nothing, booting: nothing, retrying: nothing, finished: nothing },
  ...{ note: nothing, stop: nothing },
}

export interface SpecsRequest {
  /** All cells of the matrix, of all shards; their kernels are built. */
  matrix: readonly Cell[]
  shard: Shard | null
  /** The run's folder: an earlier run is removed from it. */
  out: string
  /** Cells side by side; by cores and free memory, if not given. */
  jobs?: number | undefined
  retries?: number | undefined
  /** The board that it runs on; null or none: the emulator. */
  target?: string | null
  /** Processes for specs, started already. */
  spares?: Spares | undefined
  signal: AbortSignal
  progress: Progress
  /** Makes what shows the run; `path` is the run's folder. */
  display: (path: string) => RunDisplay
}

export interface SpecsRun {
  result: RunResult
  /** The reports that were written. */
  files: string[]
}

/**
 * Runs specs on kernels that are built, and writes all reports into a folder. If `signal` aborts, that is what was
 * finished by then.
 * @throws CellError if the folder is in use, or has other files in it
 */
export async function runSpecs(request: SpecsRequest): Promise<SpecsRun> {
  const { matrix, shard, out, jobs = defaultJobs(), retries = 0, target = null } = request
  const { spares, signal, progress } = request
  const folder = await takeRunFolder(out)
  const display = request.display(folder.path)
  try {
    const about = {
      dmaspec: projectVersion(),
      machine: thisMachine(target === null ? (await needQemu()).version : `none: target ${target}`),
    }
    const asked = { matrix, shard, out: folder.path, jobs, retries, spares, signal, about }
    const result = await runMatrix(asked, display)
    display.stop()
    const step = progress.step('writing reports')
    const files = await writeResults(folder.path, result)
    step.done(`${files.length} files`)
    return { result, files }
  } finally {
    progress.stop()
    display.stop()
    await folder.release()
  }
}
