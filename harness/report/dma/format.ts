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

const HEX = /(?:0x)?([0-9a-f]{1,16})(?![0-9a-f])/iy
const DECIMAL = /[-+]?\d{1,19}(?!\d)/y
/** `(____ptrval____)`, `(ptrval)`, `(null)`, `(efault)`: lib/vsprintf.c, since 4.15. */
const NO_POINTER = /[( ]{0,17}(?:_{4}ptrval_{4}|ptrval|null|efault)\)/y

/**
 * What each conversion printed in the text at `at`, where the prefix is known to stand. `whole` is false if the text
 * left the format before the last conversion: it was cut, or is another message. Text after the format is allowed.
 */
export function read(format: Format, text: string, at: number): { printed: Printed[]; whole: boolean } {
  const printed: Printed[] = []
  let position = at + format.prefix.length
  for (const [i, { kind, literal }] of format.steps.entries()) {
    const last = i === format.steps.length - 1
    const end = kind === 'text' ? textEnd(text, position, literal) : numberEnd(kind, text, position, printed)
    if (end === -1) return { printed, whole: false }
    if (kind === 'text') printed.push(text.slice(position, end).trim())
    // Of a line that was cut the last words may be missing.
    const follows =
      text.startsWith(literal, end) ||
      (last && literal.startsWith(text.slice(end, end + literal.length + 1).trimEnd()))
    if (!follows) return { printed, whole: false }
    position = end + literal.length
  }
  return { printed, whole: true }
}

function textEnd(text: string, from: number, literal: string): number {
  return literal === '' ? text.length : text.indexOf(literal, from)
}

/** printk pads numbers with blanks: `node   0`. */
function numberEnd(kind: Step['kind'], text: string, from: number, printed: Printed[]): number {
  let at = from
  while (text.charCodeAt(at) === 0x20) at++
  const pattern = kind === 'hex' ? HEX : DECIMAL
  pattern.lastIndex = at
  const found = pattern.exec(text)
  if (found) {
    printed.push(kind === 'hex' ? BigInt('0x' + (found[1] ?? '0')) : BigInt(found[0]))
    return pattern.lastIndex
  }
  NO_POINTER.lastIndex = at
  if (kind !== 'hex' || !NO_POINTER.test(text)) return -1
  printed.push(null)
  return NO_POINTER.lastIndex
}
