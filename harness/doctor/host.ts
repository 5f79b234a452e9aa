import { existsSync, statfsSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { dirname, resolve } from 'node:path'
import { kernelsAsked } from '../cell/cell.ts'
import { cacheRoot } from '../images/cache.ts'
import { type Finished, start } from '../images/run.ts'
import { projectRoot } from '../project.ts'
import { freeMemory } from '../run/machine.ts'
import type { Host } from './finding.ts'

/** The machine that this runs on. */
export function thisHost(signal: AbortSignal): Host {
  return {
    root: cacheRoot(),
    out: resolve('out'),
    project: projectRoot,
    nodeVersion: process.versions.node,
    isRoot: process.getuid?.() === 0,
    cores: availableParallelism(),
    memory: { all: totalmem(), free: freeMemory() },
    kernels: kernelsAsked(),
    run: (...argv) => runAny(argv, signal),
    freeBytes,
  }
}

/** A program that there isn't is a status, too. */
async function runAny(argv: readonly string[], signal: AbortSignal): Promise<Finished> {
  try {
    return await start(argv, { cwd: '/', signal, what: argv[0] ?? '' })
  } catch (error) {
    signal.throwIfAborted()
    return { exitCode: 127, lines: [(error as Error).message.split('\n')[0] ?? ''] }
  }
}

function freeBytes(folder: string): number | null {
  const there = nearest(folder)
  try {
    const { bavail, bsize } = statfsSync(there)
    return bavail * bsize
  } catch {
    return null
  }
}

/** The folder, or the first one above it that exists. */
export function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder))
}
