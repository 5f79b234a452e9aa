import type { Finished } from '../images/run.ts'

/**
 * - `ok` it is there
 * - `optional` nobody asked for it: it is made if somebody does
 * - `missing` the next `make` installs or builds it by itself
 * - `wrong` nobody but the user can mend it
 */
export type Verdict = 'ok' | 'optional' | 'missing' | 'wrong'

/** What a check found. */
export interface Finding {
  verdict: Verdict
  /** What there is, or isn't, in a few words. */
  said: string
  /** What to do about it; a command if one will do. */
  advice?: string
}

/** A row of the tables of checks: `name` is what is looked at. */
export interface Check {
  name: string
  look: (host: Host) => Finding | Promise<Finding>
}

/** The machine, as the checks see it: tests have one of their own. */
export interface Host {
  /** The cache's folder; it need not exist. */
  root: string
  /** Where results go: `out` in the working directory. */
  out: string
  /** This clone, or the installed package. */
  project: string
  nodeVersion: string
  isRoot: boolean
  cores: number
  /** Bytes. */
  memory: { all: number; free: number }
  /** The kernels that are asked for: linux 6.1, or those that $KERNELS names. */
  kernels: readonly string[]
  /** Runs a program to its end; status 127 if there is none by that name. */
  run: (...argv: string[]) => Promise<Finished>
  /** Bytes that are free where this folder is, or would be; null if that can't be told. */
  freeBytes: (folder: string) => number | null
}

export const ok = (said: string): Finding => ({ verdict: 'ok', said })
export const wrong = (said: string, advice: string): Finding => ({ verdict: 'wrong', said, advice })
