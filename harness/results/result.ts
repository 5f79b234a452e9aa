/**
 * What `dmaspec run` and `dmaspec matrix` write to <out>/results.json, one file a shard: all that reports, merge and diff
 * are made from.
 *
 * A matrix cell is one spec file on one kernel. Times are in seconds; addresses are "0x…" strings.
 */
import type { BootEnd, KernelIdentity, KernelName } from '../types.ts'

/**
 * - `passed` every assertion held
 * - `failed` an assertion did not hold, or a kernel crashed where it may not
 * - `error` the test itself broke: no kernel, no QEMU, a spec that throws or never ends
 * - `flaky` tried again (`--retries`), it came out differently: never the same as `passed`
 * - `skipped` the kernel can't run it, and the reason is said
 */
export type Verdict = 'passed' | 'failed' | 'error' | 'flaky' | 'skipped'

/** Raised when a file of this version can't be read as one of the version before. */
export const FORMAT = 'dmaspec-results/1'

export interface RunResult {
  format: typeof FORMAT
  /** The version of dmaspec. */
  dmaspec: string
  machine: { cpu: string; cores: number; memory: number; qemu: string }
  /** ISO 8601. */
  started: string
  seconds: number
  /** Which part of the matrix this is, from 1; null for all of it. */
  shard: { index: number; count: number } | null
  /** The ids of all cells of the whole matrix, of all shards: a merge can say what is missing. */
  matrix: string[]
  /** What was run, in the matrix's order. */
  cells: CellResult[]
  /** Only of a result that `dmaspec merge` made. */
  merged?: Merged
}

/** What a merged result was made of. The run's own fields are then of all parts: started first to ended last. */
export interface Merged {
  /** Sorted; `dmaspec merge` of merged results has the parts of all of them. */
  parts: MergedPart[]
  /** Cells that more than one part has, and how each came out: the worst was kept. */
  doubled: { id: string; verdicts: Verdict[] }[]
  /** What is missing, doubled or does not fit together, in words. Empty: every cell of every matrix is here, once. */
  problems: string[]
}

/** One run, or one shard of one. */
export interface MergedPart extends Pick<RunResult, 'dmaspec' | 'machine' | 'started' | 'seconds' | 'shard'> {
  /** The matrix that it is of: how many cells that has, and the first 16 digits of the SHA-256 of their sorted ids. */
  matrix: { cells: number; sha256: string }
  /** How many cells it ran. */
  cells: number
}

/** One spec on one kernel. */
export interface CellResult {
  /** `<kernel name>/<spec>`: `6.1+debug/bus-limit`. */
  id: string
  /** Version and hash are empty if no kernel was booted. */
  kernel: KernelIdentity
  /** The spec file's name without `.spec.ts`. */
  spec: string
  verdict: Verdict
  seconds: number
  /** How often it was run: more than once only with `--retries`. */
  attempts: number
  /** When the run that it is of was started, ISO 8601: set by `dmaspec merge`, since parts start at different times. */
  started?: string
  /** Why it is an `error` or `skipped` as a whole; null otherwise. */
  reason: string | null
  tests: TestResult[]
}

/** One leaf test of a spec: a `t.test()` that has no other in it, or assertions made outside of one. */
export interface TestResult {
  /** Titles from the outside in, without `linux <kernel>`: the same on every kernel. */
  path: string[]
  verdict: Verdict
  seconds: number
  /** Why it was skipped, or what broke; null otherwise. */
  reason: string | null
  /** All of them, in order: those that hold carry measured addresses in their titles. */
  assertions: Assertion[]
  boots: BootRecord[]
}

export interface Assertion {
  ok: boolean
  title: string
  /** TAP's YAML diagnostics of one that does not hold, as text: expected, received, where. */
  diagnostics: string | null
  /** TAP's directive: `# SKIP reason`, `# TODO reason`; null if none. */
  directive: string | null
}

/** One boot of a test. Its files stay in its folder: console.log, argv, board.dtb, trace.jsonl, report.json. */
export interface BootRecord {
  /** Below the folder that results.json is in. */
  folder: string
  end: BootEnd
  reason: string
  seconds: number
  /** Of the guest, in bytes. */
  memory: number
  /** Titles of its oopses, in order. */
  oopses: string[]
}

/** One cell of a matrix that is still to be run: a row of `dmaspec matrix --json`. */
export interface PlannedCell {
  id: string
  kernel: KernelName
  spec: string
  /** Path of the spec file, from the project's root. */
  file: string
  /** Recorded the last time, on this machine; null if it never ran here. */
  seconds: number | null
  /** The shard that it is in, from 1. */
  shard: number
}
