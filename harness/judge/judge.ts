import { InfraError, UnbuildableError } from '../errors.ts'
import { cacheRoot } from '../images/cache.ts'
import { cacheInUse } from '../images/lock.ts'
import type { RunResult } from '../results/result.ts'
import { planMatrix } from '../run/plan.ts'
import { findSpecs } from '../run/specs.ts'
import type { KernelName } from '../types.ts'
import { buildKernel, type BuildOptions, type KernelRequest } from './kernel.ts'
import { type RunDisplay, runSpecs, silentDisplay } from './run-specs.ts'
import { signaturesOf, type Signature } from './signature.ts'
import { hopeless, unbootable, unbuildable } from './verdict.ts'

export interface SpecsToRun extends BuildOptions {
  /** As `--spec` has them; none is all of dmaspec's own. */
  specs: readonly string[]
  /** The folder for the results: an earlier run is removed from it. */
  out: string
  /** Cells side by side; by cores and free memory, if not given. */
  jobs?: number | undefined
  /** Makes what shows the run, from the run's folder; nothing, if not given. */
  display?: ((path: string) => RunDisplay) | undefined
}

/** A kernel, and the specs to judge it by. */
export type JudgeRequest = KernelRequest & SpecsToRun

/** What it took, in seconds. */
export interface JudgeSeconds {
  build: number
  specs: number
}

/** What came of a kernel. Only `judged` says anything of what the specs ask for. */
export type Judged = { seconds: JudgeSeconds } &
  /** The specs ran. No signature: all that ran passed. */
  (
    | { status: 'judged'; kernel: KernelName; result: RunResult; signatures: Signature[] }
    /** Its own sources are to blame; `log` has the whole output of what failed, if anything was started. */
    | { status: 'unbuildable'; why: string; log: string | null }
    /** No boot of it came to its end, and none crashed; `log` is the console of the first. */
    | { status: 'unbootable'; kernel: KernelName; result: RunResult; why: string; log: string }
  )

/**
 * Builds a kernel as far as it is not built, runs specs on it, and says what came of it. What no other kernel could do
 * better is an exception: no compiler, no space, no such spec, a spec that can't be loaded.
 */
export async function judge(request: JudgeRequest): Promise<Judged> {
  const { signal, progress, specs, out, jobs, display = () => silentDisplay } = request
  // Nonsense is refused before anything is built.
  const files = findSpecs(specs)
  using held = await cacheInUse(cacheRoot())
  const seconds = { build: 0, specs: 0 }
  const started = performance.now()
  const built = await buildKernel(request, { signal, progress }).catch(refusal)
  seconds.build = (performance.now() - started) / 1000
  if (typeof built !== 'string') return { ...built, seconds }
  const matrix = planMatrix([built], files, new Map(), 1)
  const { result } = await runSpecs({ matrix, shard: null, out, jobs, signal, progress, display })
  signal.throwIfAborted()
  seconds.specs = (performance.now() - started) / 1000 - seconds.build
  const broken = hopeless(result)
  if (broken !== null) throw new InfraError(broken)
  const refused = unbuildable(result)
  if (refused !== null) return { status: 'unbuildable', why: refused, log: null, seconds }
  const dead = unbootable(result, out)
  if (dead !== null) return { status: 'unbootable', kernel: built, result, seconds, ...dead }
  return { status: 'judged', kernel: built, result, seconds, signatures: signaturesOf(result) }
}

function refusal(error: unknown) {
  if (!(error instanceof UnbuildableError)) throw error
  return { status: 'unbuildable' as const, why: error.message, log: error.log }
}
