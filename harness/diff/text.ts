import { cleanLine } from './clean.ts'
import { columns } from './columns.ts'
import type { ChangedCell, Diff, PlacedDifference, PlacedLine } from './diff.ts'
import { count } from '../text.ts'
import { label, placesInWords, summary, unreachedInWords } from './words.ts'

export interface TextOptions {
  /** Of the terminal, in characters. */
  width: number
  color: boolean
  /** How many messages of each kind to show; 0 is all. */
  lines: number
}

const LABEL = 24
const NARROWEST = 60
/** Of a list of names. */
const ITEMS = 20

const SGR = { bold: 1, dim: 2, red: 31, green: 32 } as const

type Paint = (style: keyof typeof SGR, text: string) => string

/** A diff for people: what changed in behaviour first, before and after side by side. */
export function diffText(diff: Diff, { width, color, lines }: TextOptions): string {
  const paint: Paint = (style, text) => (color && text !== '' ? `\x1b[${SGR[style]}m${text}\x1b[0m` : text)
  const full = Math.max(NARROWEST, width)
  const of = (severity: string) => diff.differences.filter(difference => difference.severity === severity)
  const blocks = [
    [...head('before', diff.before, paint), ...head('after', diff.after, paint)],
    [paint('bold', summary(diff))],
    cellTable(diff.cells, full, paint),
    differences('what the kernel did', of('behaviour'), full, paint),
    differences('how it got there', of('wording'), full, paint),
    dmesg(diff, lines, paint),
    list(
      'not reached by a boot that ended early',
      of('unreached').map(difference => label(difference) + placesInWords(difference.places)),
      paint,
    ),
    list('before only', diff.onlyBefore, paint),
    list('after only', diff.onlyAfter, paint),
    list(
      'not compared',
      diff.notCompared.map(({ what, places }) => what + placesInWords(places)),
      paint,
    ),
    compared(diff),
  ]
  return blocks
    .filter(block => block.length > 0)
    .map(block => block.join('\n') + '\n')
    .join('\n')
}

function head(name: string, { path, what }: Diff['before'], paint: Paint): string[] {
  return [`${paint('bold', name.padEnd(8))}${cleanLine(what)}`, `        ${paint('dim', cleanLine(path))}`]
}

function cellTable(cells: readonly ChangedCell[], width: number, paint: Paint): string[] {
  if (cells.length === 0) return []
  const label = Math.min(Math.max(...cells.map(({ cell }) => cell.length), LABEL), width - 40)
  const widths = [label, 8, 8, 20]
  const rows = cells.map(({ cell, before, after, differences }) =>
    columns([cleanLine(cell), before, after, count(differences, 'difference')], widths),
  )
  return [paint('bold', columns(['cell', 'before', 'after', ''], widths).join('')), ...rows.flat()]
}

function differences(
  title: string,
  list: readonly PlacedDifference[],
  width: number,
  paint: Paint,
): string[] {
  if (list.length === 0) return []
  const half = Math.floor((width - LABEL - 4) / 2)
  const widths = [LABEL, half, half]
  const styles = ['bold', 'red', 'green'] as const
  const colored = (text: string, column: number) => paint(styles[column] ?? 'dim', text)
  const rows = list.map(difference => {
    const { before, after, places } = difference
    const sides = [label(difference), before.text, after.text].map(text => cleanLine(text))
    const where = placesInWords(places).trim()
    return [...columns(sides, widths, colored), ...(where === '' ? [] : [`  ${paint('dim', where)}`])]
  })
  const top = columns([title, 'before', 'after'], widths).map(line => paint('bold', line))
  return [...top, ...rows.flatMap((row, i) => (i === 0 ? row : ['', ...row]))]
}

function dmesg({ dmesg }: Diff, most: number, paint: Paint): string[] {
  const { new: fresh, gone, unreached } = dmesg
  const notes = unreachedInWords(unreached).map(text => `  (${text})`)
  if (fresh.length + gone.length + notes.length === 0) return []
  const of = (lines: readonly PlacedLine[], sign: string, style: 'red' | 'green') => {
    const shown = most === 0 ? lines : lines.slice(0, most)
    const left = lines.length - shown.length
    return [
      ...shown.map(
        line => `  ${paint(style, `${sign} ${cleanLine(line.message)}`)}${paint('dim', howOften(line))}`,
      ),
      ...(left > 0 ? [paint('dim', `  … and ${left} more: --lines 0 shows all`)] : []),
    ]
  }
  return [
    paint('bold', `dmesg: ${count(fresh.length, 'message')} new, ${gone.length} gone`),
    ...of(fresh, '+', 'green'),
    ...of(gone, '-', 'red'),
    ...notes,
  ]
}

function howOften({ times, places }: PlacedLine): string {
  if (places.length > 1) return ` (in ${places.length} boots)`
  return times > 1 ? ` (${times} times)` : ''
}

function list(title: string, items: readonly string[], paint: Paint): string[] {
  if (items.length === 0) return []
  const left = items.length - ITEMS
  const more = left > 0 ? [`  … and ${left} more: --json has them`] : []
  return [paint('bold', title), ...items.slice(0, ITEMS).map(item => `  ${cleanLine(item)}`), ...more]
}

function compared({ compared: { cells, tests, boots }, cells: changed }: Diff): string[] {
  if (cells === 0) return []
  const unchanged = cells - changed.length
  return [
    `compared: ${count(cells, 'cell')}, ${count(tests, 'test')}, ${count(boots, 'boot')} a side; ${unchanged} of the cells unchanged`,
  ]
}
