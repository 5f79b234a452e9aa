import { oneLine } from '../text.ts'
import type { Row } from './doctor.ts'
import type { Verdict } from './finding.ts'

/** What stands before a row, and its colour on a terminal (SGR). */
const marks: Record<Verdict, { word: string; colour: number }> = {
  ok: { word: 'ok', colour: 32 },
  optional: { word: '-', colour: 90 },
  missing: { word: 'missing', colour: 33 },
  wrong: { word: 'wrong', colour: 31 },
}

const titles: Record<Row['group'], string> = {
  machine: 'This machine',
  programs: 'Programs',
  images: 'Images',
  cache: 'Cache',
  boot: 'Boot',
}

/** The widest name of a row that others are aligned to. */
const NAME = 22

/** A row as it is printed, after the title of its group if it is the first of it; `before` is the row above. */
export function rowLines(row: Row, before: Row | undefined, colour: boolean): string[] {
  const { word, colour: sgr } = marks[row.verdict]
  const mark = colour ? `\x1b[${sgr}m${word.padEnd(7)}\x1b[39m` : word.padEnd(7)
  const head = before?.group === row.group ? [] : [...(before ? [''] : []), titles[row.group]]
  const advice = row.advice === undefined ? [] : [`${' '.repeat(10)}→ ${oneLine(row.advice, 2000)}`]
  return [...head, `  ${mark} ${row.name.padEnd(NAME)} ${oneLine(row.said, 2000)}`, ...advice]
}

/** The last line: what it all comes to. */
export function verdictLine(rows: readonly Row[]): string {
  const wrong = rows.filter(({ verdict }) => verdict === 'wrong').length
  const missing = rows.filter(({ verdict }) => verdict === 'missing').length
  if (wrong > 0) return `${wrong} wrong: dmaspec can't mend that, see the arrows`
  if (missing > 0) return `${missing} missing: make demo or make test installs and builds it`
  return 'All there.'
}
