import { LIMITS } from '../../boot/console.ts'
import type { Excerpt, Mark } from './detail.ts'

/** How much of a long console is shown: its start, its end, what is around its marks. */
const SHOWN = { head: 600, tail: 1200, around: 15, marks: 60, lineLength: 2000 }

/** console.log's lines, numbered as ConsoleReader (boot/console.ts) numbers them: report.json cites its numbers. */
export function consoleLines(raw: string): string[] {
  const texts = raw.split('\n')
  if (texts.at(-1) === '') texts.pop()
  const lines: string[] = []
  for (const text of texts) {
    const whole = text.replace(/\r{1,2}$/, '')
    for (let from = 0; from === 0 || from < whole.length; from += LIMITS.lineLength) {
      if (lines.length >= LIMITS.lines) return lines
      lines.push(whole.slice(from, from + LIMITS.lineLength))
    }
  }
  return lines
}

/** The lines themselves, or of a long console those that matter. */
export function excerpt(lines: readonly string[], marks: readonly Mark[]): Excerpt {
  const ranges = [{ from: 1, to: SHOWN.head }]
  for (const { line, count } of marks.slice(0, SHOWN.marks)) {
    ranges.push({ from: line - SHOWN.around, to: line + count + SHOWN.around })
  }
  ranges.push({ from: lines.length - SHOWN.tail + 1, to: lines.length })
  return { total: lines.length, parts: joined(ranges, lines.length).map(range => part(lines, range)) }
}

interface Range {
  from: number
  to: number
}

function joined(ranges: Range[], total: number): Range[] {
  const result: Range[] = []
  for (const range of ranges.sort((a, b) => a.from - b.from)) {
    const from = Math.max(1, range.from)
    const to = Math.min(total, range.to)
    const last = result.at(-1)
    if (last && from <= last.to + 1) last.to = Math.max(last.to, to)
    else if (from <= to) result.push({ from, to })
  }
  return result
}

function part(lines: readonly string[], { from, to }: Range): Excerpt['parts'][number] {
  return { from, lines: lines.slice(from - 1, to).map(shortened) }
}

function shortened(line: string): string {
  if (line.length <= SHOWN.lineLength) return line
  return `${line.slice(0, SHOWN.lineLength)} … ${line.length - SHOWN.lineLength} more characters`
}
