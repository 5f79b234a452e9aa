import { isBad, missingCells, type Outcome } from './outcome.ts'
import type { Assertion, BootRecord, CellResult, RunResult, TestResult } from './result.ts'
import { count, cut, linesOf, oneLine } from '../text.ts'

/** How much of an assertion's diagnostics is shown: expected and received stand first. */
const DIAGNOSTICS = 8 * 1024

/** One line of a report: a test of a cell; or the cell as a whole, if its tests don't say what came of it. */
export interface Case {
  /** Titles from the outside in; empty for the cell as a whole. */
  path: string[]
  outcome: Outcome
  seconds: number
  /** A kernel crashed where it may not. */
  crashed: boolean
  /** The last boot never ended by itself. */
  timedOut: boolean
  /** Why, in one line; empty of what passed without a word. */
  message: string
  /** The assertions that do not hold, each with what was expected and received; printable, may be empty. */
  details: string
  boots: BootRecord[]
}

/** A cell of the matrix, ran or not. */
export interface ReportCell {
  id: string
  kernel: string
  spec: string
  outcome: Outcome
  seconds: number
  /** Null if it is missing. */
  result: CellResult | null
  /** Never empty. */
  cases: Case[]
}

const MISSING = 'no part of the run has it: its job was never started, or left no results'

/** All cells of a result in the matrix's order, those that are missing in their places. */
export function reportCells(result: RunResult): ReportCell[] {
  const byId = new Map(result.cells.map(cell => [cell.id, cell]))
  const missing = new Set(missingCells(result))
  return result.matrix
    .filter(id => byId.has(id) || missing.has(id))
    .map(id => {
      const cell = byId.get(id)
      return cell ? ranCell(cell) : missingCell(id)
    })
}

function ranCell(cell: CellResult): ReportCell {
  return {
    id: cell.id,
    kernel: cell.kernel.name,
    spec: cell.spec,
    outcome: cell.verdict,
    seconds: cell.seconds,
    result: cell,
    cases: casesOf(cell),
  }
}

function missingCell(id: string): ReportCell {
  const slash = id.lastIndexOf('/')
  const whole = { ...nothing, path: [], outcome: 'missing' as const, message: MISSING }
  const names = { kernel: id.slice(0, slash), spec: id.slice(slash + 1) }
  return { id, ...names, outcome: 'missing', seconds: 0, result: null, cases: [whole] }
}

const nothing = { seconds: 0, crashed: false, timedOut: false, details: '', boots: [] }

function casesOf(cell: CellResult): Case[] {
  const cases = cell.tests.map(caseOf)
  if (!isExplained(cell, cases)) cases.push(wholeOf(cell))
  return cases
}

/** Not: no kernel to boot, a spec that throws after its last test, a cell that passed the second time only. */
function isExplained({ verdict, reason }: CellResult, cases: readonly Case[]): boolean {
  if (!cases.some(({ outcome }) => outcome === verdict)) return false
  return verdict !== 'error' || reason === null || cases.some(({ message }) => message === oneLine(reason))
}

function wholeOf({ verdict, reason, attempts, seconds, tests }: CellResult): Case {
  const why = {
    flaky: `came out differently in ${count(attempts, 'attempt')}`,
    error: 'it could not be run',
    failed: 'it failed',
    skipped: '',
    passed: '',
  }
  const message = oneLine(reason ?? why[verdict])
  return { ...nothing, path: [], outcome: verdict, seconds: tests.length === 0 ? seconds : 0, message }
}

function caseOf(test: TestResult): Case {
  const failures = test.assertions.filter(isFailure)
  const oopses = new Set(test.boots.flatMap(boot => boot.oopses))
  const last = test.boots.at(-1)
  return {
    path: test.path,
    outcome: test.verdict,
    seconds: test.seconds,
    // boot() in spec.ts fails a test by the oops's own title.
    crashed: isBad(test.verdict) && failures.some(({ title }) => oopses.has(title)),
    timedOut: isBad(test.verdict) && (last?.end === 'timeout' || last?.end === 'silence'),
    message: messageOf(test, failures),
    details: failures.map(detailsOf).join('\n'),
    boots: test.boots,
  }
}

/** TAP: what is not ok and to be done, or skipped, is no failure. */
function isFailure({ ok, directive }: Assertion): boolean {
  return !ok && !/^#? ?(todo|skip)/i.test(directive ?? '')
}

function messageOf({ verdict, reason }: TestResult, [first, ...more]: Assertion[]): string {
  const title = first ? oneLine(first.title) + (more.length > 0 ? ` (and ${more.length} more)` : '') : null
  const flaky = verdict === 'flaky' ? 'came out differently when it was tried again' : null
  return oneLine(reason ?? '') || (title ?? flaky ?? (isBad(verdict) ? 'no reason was given' : ''))
}

function detailsOf({ title, diagnostics }: Assertion): string {
  const lines = linesOf(cut(diagnostics ?? '', DIAGNOSTICS))
  return [`not ok: ${oneLine(title)}`, ...lines.map(line => `  ${line}`), ''].join('\n')
}

/** The first address that its assertions name, of those that hold if there is one: `0x5009d9000`; null if there is none. */
export function addressOf({ result }: ReportCell): string | null {
  const all = result?.tests.flatMap(({ assertions }) => assertions) ?? []
  for (const { title } of [...all.filter(({ ok }) => ok), ...all.filter(({ ok }) => !ok)]) {
    // A guest's address has five digits at least; 0x40 is an offset.
    const address = /\b0x[0-9a-f]{5,16}\b/.exec(title)
    if (address) return address[0]
  }
  return null
}
