import { addressOf, reportCells, type Case, type ReportCell } from './cases.ts'
import type { Excerpts } from './excerpt.ts'
import { counted, isBad, OUTCOMES, problemsOf } from './outcome.ts'
import type { RunResult } from './result.ts'
import { count, cut, oneLine, printable } from '../text.ts'

/** What GitHub takes of a job's summary, in bytes; and what is kept of that for saying what was cut. */
export const LIMIT = 2 ** 20
const RESERVED = 4 * 1024
/** Of one failure's assertions and consoles, in UTF-16 units each. */
const BLOCK = 16 * 1024
const PROBLEMS = 50
/** Whose consoles are quoted of one failure. */
const BOOTS = 3

/**
 * A summary for a job's page: kernels across, specs down, each cell its verdict, the first address that it measured and
 * its time; then what is wrong, with expected, received and the console's lines. All that a guest or a spec wrote stands
 * in code spans and fences that it can't end. At most 1 MiB; what was cut is said.
 */
export function markdown(result: RunResult, excerpts: Excerpts, limit = LIMIT): string {
  const cells = reportCells(result)
  const page = new Page(limit - RESERVED)
  page.add(head(result))
  page.add(warnings(result))
  page.addAll(table(cells), (rows, all) => `${rows} of ${all} specs are not in this table`)
  // What is missing is in the warning already.
  const failures = cells.flatMap(cell => cell.cases.map(one => ({ cell, one })))
  page.addAll(
    failures
      .filter(({ one: { outcome } }) => isBad(outcome) && outcome !== 'missing')
      .map(({ cell, one }) => failure(cell, one, excerpts)),
    (left, all) => `${left} of ${count(all, 'failure')} are not shown here`,
  )
  return page.text()
}

function head(result: RunResult): string {
  const { dmaspec, machine, started, seconds, shard, cells } = result
  const sums = counted(result).map(([outcome, n]) => `${OUTCOMES[outcome].mark} ${n} ${outcome}`)
  const part = shard ? `, shard ${shard.index} of ${shard.count}` : ''
  const parts = result.merged ? `, ${count(result.merged.parts.length, 'part')} merged` : ''
  const where = `dmaspec ${dmaspec}, QEMU ${machine.qemu}, ${machine.cores} cores of ${machine.cpu}`
  return [
    `# dmaspec: ${sums.join(', ') || 'no cells'}`,
    '',
    `${count(cells.length, 'cell')} in ${duration(seconds)}${part}${parts}, started ${new Date(started).toISOString()}.`,
    `${code(where)}`,
    '',
  ].join('\n')
}

function warnings(result: RunResult): string {
  const problems = problemsOf(result)
  if (problems.length === 0) return ''
  const lines = problems.slice(0, PROBLEMS).map(problem => `> - ${code(problem, 2000)}`)
  const more = problems.length - PROBLEMS
  return [
    '> [!WARNING]',
    '> **These results are not whole:**',
    '>',
    ...lines,
    ...(more > 0 ? [`> - and ${more} more`] : []),
    '',
  ].join('\n')
}

/** Its head, and a line a spec. */
function table(cells: readonly ReportCell[]): string[] {
  const kernels = [...new Set(cells.map(({ kernel }) => kernel))]
  const specs = [...new Set(cells.map(({ spec }) => spec))]
  if (cells.length === 0) return []
  const byId = new Map(cells.map(cell => [`${cell.kernel}/${cell.spec}`, cell]))
  const versions = kernels.map(kernel => {
    const version = cells.find(cell => cell.kernel === kernel && cell.result?.kernel.version)?.result?.kernel
      .version
    return inTable(code(kernel) + (version ? `<br>${code(version)}` : ''))
  })
  const head = [`| spec | ${versions.join(' | ')} |`, `| --- |${kernels.map(() => ' --- |').join('')}`]
  const rows = specs.map(spec => {
    const row = kernels.map(kernel => inTable(entry(byId.get(`${kernel}/${spec}`))))
    return `| ${inTable(code(spec))} | ${row.join(' | ')} |`
  })
  return [`${head.join('\n')}\n${rows[0] ?? ''}`, ...rows.slice(1)]
}

function entry(cell: ReportCell | undefined): string {
  if (!cell) return ''
  const { mark } = OUTCOMES[cell.outcome]
  const address = addressOf(cell)
  const time = cell.outcome === 'missing' ? '' : duration(cell.seconds)
  return [`${mark} ${cell.outcome}`, address === null ? '' : code(address), time].filter(Boolean).join('<br>')
}

function failure(cell: ReportCell, one: Case, excerpts: Excerpts): string {
  const { outcome, path, crashed, timedOut, message, details, boots } = one
  const kind = crashed ? 'crashed' : timedOut ? 'timed out' : outcome
  const title = path.map(part => code(part)).join(' › ') || 'the spec as a whole'
  const consoles = boots
    .slice(0, BOOTS)
    .flatMap(boot => [
      `<details><summary>console</summary>\n`,
      `${code(`${boot.folder}/console.log`)}: ${code(boot.reason)}\n`,
      fenced(cut(excerpts(boot), BLOCK)),
      '</details>\n',
    ])
  return [
    `\n## ${OUTCOMES[outcome].mark} ${kind}: ${code(cell.id)}\n`,
    `${title}: ${code(message)}\n`,
    details ? fenced(cut(details, BLOCK)) : '',
    ...consoles,
    boots.length > BOOTS ? `${boots.length - BOOTS} more boots are in report.html.\n` : '',
  ]
    .filter(Boolean)
    .join('\n')
}

/** In a code span nothing is markup, a mention or a link; its fence is longer than what is in it. */
export function code(text: string, max = 500): string {
  const line = oneLine(text, max)
  if (line === '') return ''
  const fence = '`'.repeat(longest(line, 0) + 1)
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${line}${pad}${fence}`
}

/** A block that nothing in it can end. */
export function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(3, longest(text, 0) + 1))
  return `${fence}text\n${printable(text).replace(/\n$/, '')}\n${fence}\n`
}

/** In a table a `|` ends the entry even in a code span. */
function inTable(text: string): string {
  return text.replaceAll('|', '\\|')
}

function longest(text: string, least: number): number {
  return (text.match(/`+/g) ?? []).reduce((length, run) => Math.max(length, run.length), least)
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** Pieces, as long as they fit. */
class Page {
  readonly #pieces: string[] = []
  readonly #limit: number
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  add(text: string): boolean {
    const bytes = Buffer.byteLength(text) + 1
    if (this.#bytes + bytes > this.#limit) return false
    this.#bytes += bytes
    if (text !== '') this.#pieces.push(text)
    return true
  }

  /** As many as fit, in order; how many don't is said (there is room reserved for that). */
  addAll(texts: readonly string[], say: (left: number, all: number) => string): void {
    let fit = 0
    while (fit < texts.length && this.add(texts[fit] ?? '')) fit++
    const left = texts.length - fit
    if (left > 0)
      this.#pieces.push(
        `\n**${say(left, texts.length)}: such a page may have 1 MiB. All is in report.html.**\n`,
      )
  }

  text(): string {
    return this.#pieces.join('\n')
  }
}
