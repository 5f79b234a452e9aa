/** What people read of a run: pure, without colours or with. */
import { relative } from 'node:path'
import type { Assertion, CellResult, RunResult, TestResult, Verdict } from '../results/result.ts'
import { printable } from '../text.ts'

/** How words are coloured; the one without colours leaves them alone. */
export type Paint = (verdict: Verdict, text: string) => string

export const plainPaint: Paint = (_verdict, text) => text

/** SGR codes: green, red, yellow, gray. (styleText() of newer Nodes looks at stdout, whatever it is for.) */
const COLOURS = { passed: 32, failed: 31, error: 31, flaky: 33, skipped: 90 } as const

export const colourPaint: Paint = (verdict, text) => `\x1b[${COLOURS[verdict]}m${text}\x1b[39m`

/** In the order in which they matter to a reader of the summary. */
export const VERDICTS = ['passed', 'failed', 'error', 'flaky', 'skipped'] as const

/** How much of an assertion's diagnostics is shown: the rest is in the reports. */
const MOST_DIAGNOSTICS = 24

/** `passed   6.1/bus-limit  4.2 s`, with the reason if the cell has one. */
export function cellLine({ verdict, id, seconds, reason }: CellResult, paint: Paint): string {
  const why = reason === null ? '' : `: ${printable(reason.split('\n')[0] ?? '')}`
  return `${paint(verdict, verdict.padEnd(7))}  ${id}  ${seconds.toFixed(1)} s${why}`
}

/** What did not hold in a cell: what was expected, what was received, where the console is. `out` is the run's folder. */
export function failureLines(cell: CellResult, out: string, paint: Paint): string[] {
  const more = (cell.reason ?? '').split('\n').slice(1, 1 + MOST_DIAGNOSTICS)
  const wrong = cell.tests.filter(({ verdict }) => verdict !== 'passed' && verdict !== 'skipped')
  const lines = [...more.map(line => `  ${line}`), ...wrong.flatMap(test => testLines(test, out))]
  return lines.map((line, i) => (i === 0 ? paint(cell.verdict, printable(line)) : printable(line)))
}

function testLines({ path, verdict, reason, assertions, boots }: TestResult, out: string): string[] {
  const head = verdict === 'failed' ? path.join(' › ') : `${path.join(' › ')} (${verdict})`
  const bad = assertions.filter(({ ok, directive }) => !ok && directive === null)
  const why = reason !== null && !bad.some(({ title }) => title === reason) ? [`    ${reason}`] : []
  const consoles = boots.map(({ folder }) => `    console: ${relative('', `${out}/${folder}/console.log`)}`)
  return [`  ${head}`, ...why, ...bad.flatMap(assertionLines), ...consoles]
}

function assertionLines({ title, diagnostics }: Assertion): string[] {
  const lines = (diagnostics ?? '').split('\n').filter(line => line !== '')
  // What follows is where in the spec it is, with source lines around: a place is enough.
  const place = lines.findIndex(line => /^(at|stack|source|tapCaught|test):/.test(line))
  const shown = (place < 0 ? lines : lines.slice(0, place)).slice(0, MOST_DIAGNOSTICS)
  const file = lines.find(line => /^ {2}fileName: /.test(line))?.slice(12)
  const line = lines.find(line => /^ {2}lineNumber: /.test(line))?.slice(14)
  const where = file === undefined ? [] : [`      at ${file}:${line}`]
  return [`    ✗ ${title}`, ...shown.map(text => `      ${text}`), ...where]
}

/** `44 passed, 1 failed`. */
export function tally(counts: Readonly<Record<Verdict, number>>, paint: Paint): string {
  const parts = VERDICTS.filter(verdict => counts[verdict] > 0).map(verdict =>
    paint(verdict, `${counts[verdict]} ${verdict}`),
  )
  return parts.length > 0 ? parts.join(', ') : 'nothing yet'
}

export function countVerdicts(cells: readonly { verdict: Verdict }[]): Record<Verdict, number> {
  const counts = { passed: 0, failed: 0, error: 0, flaky: 0, skipped: 0 }
  for (const { verdict } of cells) counts[verdict]++
  return counts
}

/** The end of a run: what there was, what was wrong, what is missing. */
export function summaryLines(result: RunResult, planned: number, paint: Paint): string[] {
  const { cells, seconds, shard } = result
  const part = shard ? ` of shard ${shard.index}/${shard.count}` : ''
  const missing = planned - cells.length
  const tests = cells.flatMap(cell => cell.tests)
  const boots = tests.flatMap(test => test.boots).length
  const wrong = cells.filter(({ verdict }) => verdict !== 'passed' && verdict !== 'skipped')
  return [
    '',
    `${number(cells.length, 'cell')}${part} in ${seconds.toFixed(1)} s${tallied(cells, paint)}`,
    `${number(tests.length, 'test')}, ${number(boots, 'boot')}${tallied(tests, paint)}`,
    ...(missing > 0 ? [`${number(missing, 'cell')} not run`] : []),
    ...wrong.map(cell => `  ${cellLine(cell, paint)}`),
  ]
}

function tallied(judged: readonly { verdict: Verdict }[], paint: Paint): string {
  return judged.length > 0 ? `: ${tally(countVerdicts(judged), paint)}` : ''
}

const number = (count: number, what: string) => `${count} ${count === 1 ? what : `${what}s`}`
