import { isDigit, isHexDigit } from '../text.ts'

/**
 * Messages by the kernel's own printk formats: a row of a table holds the format as the source has it, and a line is
 * held against it. No regular expression here can backtrack: each part is bounded and disjoint from the next.
 */

/** What a conversion printed: a number, a text; null for a pointer that printk would not show. */
export type Printed = bigint | string | null

interface Step {
  kind: 'hex' | 'decimal' | 'text'
  /** What stands between this conversion and the next one, or the end. */
  literal: string
}

/** A printk format, taken apart. */
export interface Format {
  /** What stands before the first conversion. */
  prefix: string
  steps: readonly Step[]
}

const CONVERSION =
  /%[-#0 +]{0,3}\d{0,3}(?:hh|h|ll|l|L|z)?(d|i|u|x|X|Lx|s|c|pad|pap|pOFn|pOF|pGg|px|pK|pa|pr|pR|pe|p)/g
const KINDS: Readonly<Record<string, Step['kind']>> = {
  ...{ d: 'decimal', i: 'decimal', u: 'decimal' },
  ...{ s: 'text', c: 'text', pOF: 'text', pOFn: 'text', pGg: 'text', pr: 'text', pR: 'text', pe: 'text' },
}

/** Takes a printk format apart; done once for each row, when the module is loaded. */
export function compile(format: string): Format {
  const conversions = [...format.matchAll(CONVERSION)]
  return {
    prefix: format.slice(0, conversions[0]?.index ?? format.length),
    steps: conversions.map((conversion, i) => ({
      kind: KINDS[conversion[1] ?? ''] ?? 'hex',
      literal: format.slice(conversion.index + conversion[0].length, conversions[i + 1]?.index),
    })),
  }
}

const [ZERO, SMALL_X, PLUS, MINUS] = [0x30, 0x78, 0x2b, 0x2d]

/** How many digits a number has at most. */
const MOST = { decimal: 19, hex: 16 }

/** `(____ptrval____)`, `(ptrval)`, `(null)`, `(efault)`: lib/vsprintf.c, since 4.15. */
const NO_POINTER = /[( ]{0,17}(?:_{4}ptrval_{4}|ptrval|null|efault)\)/y

/**
 * Whether the text at `at`, where the prefix is known to stand, has the format up to its last conversion; if not, it was
 * cut, or is another message. Text after the format is allowed. The line ends at `to`, with the text or a line's end.
 */
export function fits({ prefix, steps }: Format, text: string, at: number, to: number): boolean {
  let position = at + prefix.length
  for (let i = 0; i < steps.length && position !== -1; i++) position = stepEnd(steps, i, text, position, to)
  return position !== -1
}

/** What each conversion printed there, up to where the text leaves the format. */
export function read({ prefix, steps }: Format, text: string, at: number): Printed[] {
  const printed: Printed[] = []
  let position = at + prefix.length
  for (const [i, { kind, literal }] of steps.entries()) {
    const end = printedEnd(kind, literal, text, position, text.length)
    if (end === -1) break
    printed.push(kind === 'text' ? text.slice(position, end).trim() : numberAt(kind, text, position, end))
    position = stepEnd(steps, i, text, position, text.length)
    if (position === -1) break
  }
  return printed
}

/** Where the conversion that starts at `from` ends, and what stands behind it; -1 if it isn't there. */
function stepEnd(steps: readonly Step[], i: number, text: string, from: number, to: number): number {
  const { kind, literal } = steps[i] as Step
  const end = printedEnd(kind, literal, text, from, to)
  if (end === -1) return -1
  if (standsAt(text, literal, end)) return end + literal.length
  // Of a line that was cut the last words may be missing.
  const isCut =
    i === steps.length - 1 &&
    literal.startsWith(text.slice(end, Math.min(to, end + literal.length + 1)).trimEnd())
  return isCut ? end + literal.length : -1
}

/** Most literals are a character or two. */
function standsAt(text: string, literal: string, at: number): boolean {
  if (literal.length === 0) return true
  if (text.charCodeAt(at) !== literal.charCodeAt(0)) return false
  return literal.length === 1 || text.startsWith(literal, at)
}

function printedEnd(kind: Step['kind'], literal: string, text: string, from: number, to: number): number {
  if (kind === 'text') {
    if (literal === '') return to
    const length = text.slice(from, to).indexOf(literal)
    return length === -1 ? -1 : from + length
  }
  const start = skipBlanks(text, from)
  const end = numberEnd(kind, text, start)
  if (end !== -1 || kind !== 'hex') return end
  NO_POINTER.lastIndex = start
  return NO_POINTER.test(text) ? NO_POINTER.lastIndex : -1
}

/** printk pads numbers with blanks: `node   0`. */
function skipBlanks(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) === 0x20) at++
  return at
}

/** What was found to be a number, or the word for a pointer that is not shown. */
function numberAt(kind: 'hex' | 'decimal', text: string, from: number, end: number): bigint | null {
  const start = skipBlanks(text, from)
  if (numberEnd(kind, text, start) === -1) return null
  const digits = text.slice(start, end)
  return BigInt(kind === 'hex' && !/^0x/i.test(digits) ? `0x${digits}` : digits)
}

/** Where the number that starts at `at` ends; -1 if none does, or one that is too long. */
function numberEnd(kind: 'hex' | 'decimal', text: string, at: number): number {
  if (at >= text.length) return -1
  const code = text.charCodeAt(at)
  if (kind === 'decimal') return digitsEnd(kind, text, code === PLUS || code === MINUS ? at + 1 : at)
  if (code !== ZERO || at + 1 >= text.length || (text.charCodeAt(at + 1) | 0x20) !== SMALL_X)
    return digitsEnd(kind, text, at)
  const end = digitsEnd(kind, text, at + 2)
  // `0x` without digits is a 0, and something else.
  return end === -1 ? at + 1 : end
}

function digitsEnd(kind: 'hex' | 'decimal', text: string, from: number): number {
  const tooFar = Math.min(text.length, from + MOST[kind] + 1)
  let at = from
  while (at < tooFar && (kind === 'hex' ? isHexDigit(text, at) : isDigit(text, at))) at++
  return at === from || at - from > MOST[kind] ? -1 : at
}
