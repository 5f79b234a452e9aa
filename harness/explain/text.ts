import { cut, printable } from '../text.ts'
import type { Item, Page, Part, Tone } from './page.ts'
import type { Say } from './say.ts'
import { wrap } from './wrap.ts'

export interface TextOptions {
  /** In characters; what is longer is wrapped. */
  width: number
  color: boolean
}

const SGR = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  cyan: [36, 39],
} as const
type Style = keyof typeof SGR
type Paint = (style: Style, text: string) => string

const TONES: Readonly<Record<Tone, Style>> = { crash: 'red', warning: 'yellow', good: 'green', plain: 'bold' }
const NARROWEST = 40
/** Longer lines are hard to read, however wide the terminal is. */
const WIDEST = 110
/** Of a line that is not wrapped. */
const LONGEST = 400

/** A page for a terminal or a pipe. Nothing of the log gets through that is no plain text. */
export function pageText(page: Page, { width, color }: TextOptions): string {
  const paint: Paint = (style, text) =>
    color && text !== '' ? `\x1b[${SGR[style][0]}m${text}\x1b[${SGR[style][1]}m` : text
  const full = Math.min(WIDEST, Math.max(NARROWEST, width))
  return page
    .map((part, i) => (i === 0 ? '' : '\n') + partLines(part, full, paint).join('\n') + '\n')
    .join('')
}

function partLines(part: Part, width: number, paint: Paint): string[] {
  if (part.is === 'headline') {
    const head = sentence(part.text, '', width, text => paint('bold', paint(TONES[part.tone], text)))
    return [...head, ...part.below.flatMap(line => sentence(line, '', width, text => paint('dim', text)))]
  }
  return [paint('bold', part.title), ...part.items.flatMap(item => itemLines(item, width, paint))]
}

function itemLines(item: Item, width: number, paint: Paint): string[] {
  switch (item.is) {
    case 'text':
      return sentence(item.text, '  ', width, plainly(item.tone, paint), text => paint('cyan', text))
    case 'point':
      return sentence(item.text, '    ', width, plainly(undefined, paint), text => paint('cyan', text)).map(
        (line, i) => (i === 0 ? `  - ${line.slice(4)}` : line),
      )
    case 'lines':
      return item.lines.map(line => `    ${paint('cyan', cut(harmless(line), Math.max(width - 4, LONGEST)))}`)
    case 'step': {
      const indent = '    '
      const quote = wrapped(harmless(item.quote), indent, width, text => paint('cyan', text))
      const means = item.means ? sentence(item.means, indent, width, text => text) : []
      return [`  ${paint('dim', item.at)}`, ...quote, ...means]
    }
  }
}

function plainly(tone: Tone | undefined, paint: Paint): (text: string) => string {
  return tone && tone !== 'plain' ? text => paint(TONES[tone], text) : text => text
}

/** A sentence in lines, its prose and its facts painted. */
function sentence(
  say: Say,
  indent: string,
  width: number,
  prose: (text: string) => string,
  fact: (text: string) => string = prose,
): string[] {
  const pieces = say
    .map(piece => ({ ...piece, text: harmless(piece.text) }))
    .filter(({ text }) => text !== '')
  const whole = pieces.map(({ text }) => text).join('')
  return wrap(whole, width - indent.length).map(({ from, to }) => {
    let at = 0
    const painted = pieces.map(({ text, fact: isFact }) => {
      const part = text.slice(Math.max(0, from - at), Math.max(0, to - at))
      at += text.length
      return part === '' ? '' : (isFact ? fact : prose)(part)
    })
    return indent + painted.join('')
  })
}

function wrapped(text: string, indent: string, width: number, paint: (text: string) => string): string[] {
  return wrap(text, width - indent.length).map(({ from, to }) => indent + paint(text.slice(from, to)))
}

/** Without control bytes and line ends: a guest must not write lines of ours. Tabs are blanks. */
function harmless(text: string): string {
  return printable(text).replace(/[\n\t]/g, ' ')
}
