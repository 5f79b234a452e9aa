/** What a spec's boots owe to `dmaspec run`, where it runs them: a turn, a folder, a line in its results. */
import { dirname, relative } from 'node:path'
import type { BootRecord } from '../results/result.ts'
import type { BootResult, KernelIdentity } from '../types.ts'

export interface Session {
  kernel: string
  /** The folder that results.json will be in. */
  root: string
  /** The folder of this cell's boots. */
  out: string
  /** Resolves when a boot may start; returns what says that it is over. Memory in bytes. */
  turn(boot: { folder: string; memory: number; seconds: number }): Promise<() => void>
  /** Puts a boot into the results, in the test that made it. */
  booted(t: { comment(text: string): void }, note: BootNote): void
}

/** What a run learns of a boot. */
export interface BootNote {
  kernel: KernelIdentity
  /** Without faults: the kernel as it is. */
  plain: boolean
  boot: BootRecord
}

// A spec may have another copy of dmaspec in its node_modules than the one that runs it.
const KEY = Symbol.for('dmaspec.session')

/** The session that this process is in; undefined under plain tap. */
export function currentSession(): Session | undefined {
  return (globalThis as { [KEY]?: Session })[KEY]
}

/** Begins the session of a cell, in place of the one before. */
export function setSession(session: Session): void {
  ;(globalThis as { [KEY]?: Session })[KEY] = session
}

/** What is kept of a boot's result: the rest is in its folder. */
export function noteOf(
  { cell, kernel, end, reason, seconds, report, artifacts }: BootResult,
  root: string,
): BootNote {
  return {
    kernel,
    plain: cell.faults.length === 0,
    boot: {
      folder: relative(root, dirname(artifacts.console)),
      end,
      reason,
      seconds: Math.round(seconds.boot * 1000) / 1000,
      memory: Number(cell.memory),
      oopses: report.oopses.map(({ title }) => title),
    },
  }
}
