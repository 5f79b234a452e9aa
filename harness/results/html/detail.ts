/**
 * What the page shows of a matrix cell when one clicks: types only, shared with script.js. Addresses are "0x…" strings,
 * times seconds.
 */
import type { Assertion } from '../result.ts'
import type { BootFacts } from './report-file.ts'

/** One matrix cell, compressed as one block. */
export interface Block {
  /** Of the spec as a whole. */
  reason: string | null
  attempts: number
  /** In the order of CellResult.tests. */
  tests: TestDetail[]
  /** Consoles that this block is the first to have. */
  consoles: Excerpt[]
}

export interface TestDetail {
  title: string
  verdict: string
  seconds: number
  reason: string | null
  assertions: Assertion[]
  boots: BootDetail[]
}

export interface BootDetail {
  folder: string
  end: string
  reason: string
  seconds: number
  /** Bytes. */
  memory: number
  /** What could not be shown of it, and why. */
  problems: string[]
  facts: BootFacts | null
  /** To paste into a shell. */
  argv: string | null
  /** Where the console is: which block, which of its consoles. */
  console: { block: number; index: number } | null
  marks: Mark[]
  trace: TraceExcerpt | null
}

/** Numbered lines, not all of them if there are many. */
export interface Excerpt {
  /** How many lines the whole has. */
  total: number
  parts: { from: number; lines: string[] }[]
}

/** Console lines that matter. */
export interface Mark {
  line: number
  /** How many lines belong to it. */
  count: number
  /** `bad` is what a reader looks for first. */
  tone: 'bad' | 'fact'
  label: string
}

/** The device trace, as lines; `left` stands for events left out between two lines. */
export interface TraceExcerpt {
  total: number
  shown: number
  /** `2,197 walks`, `637 transfers`. */
  counts: string[]
  lines: ({ text: string; bad: boolean } | { left: string })[]
}
