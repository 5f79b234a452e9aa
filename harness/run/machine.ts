import { availableParallelism, cpus, freemem, totalmem } from 'node:os'
import type { RunResult } from '../results/result.ts'

const MiB = 2 ** 20

/** QEMU itself, the code that it translates, and the process that reads its console. */
export const QEMU_BYTES = 200 * MiB
/** A process that runs specs. */
const WORKER_BYTES = 150 * MiB
/** The largest guest that most specs ask for. */
const USUAL_GUEST_BYTES = 4096 * MiB + QEMU_BYTES

/** What this machine can give, in bytes: what is free, and no more than the cgroup allows. */
export function freeMemory(): number {
  // Node 20.0 to 20.12 lack availableMemory, which knows of cgroups.
  const allowed = (process as { availableMemory?: () => number }).availableMemory?.() ?? 0
  return allowed > 0 ? Math.min(freemem(), allowed) : freemem()
}

/**
 * How many cells to run side by side: one a core, and one more for the times when a guest waits; fewer if their guests
 * would not fit.
 */
export function defaultJobs(cores = availableParallelism(), memory = freeMemory()): number {
  const fitting = Math.floor(memory / (USUAL_GUEST_BYTES + WORKER_BYTES))
  return Math.max(1, Math.min(cores + 1, fitting))
}

/** What is left for guests. */
export function guestMemory(jobs: number, memory = freeMemory()): number {
  return Math.max(0, memory - jobs * WORKER_BYTES)
}

/** The machine that a run's figures are of. */
export function thisMachine(qemu: string): RunResult['machine'] {
  return { cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), memory: totalmem(), qemu }
}
