/**
 * Reading facts out of a message without regular expressions that could backtrack: each function looks at a
 * character once or twice, and returns null for what isn't there.
 */

/** Where the next character is that is neither blank nor tab. */
export function pastBlanks(text: string, at: number): number {
  for (let to = at; to < text.length; to++) {
    const code = text.charCodeAt(to)
    if (code !== 32 && code !== 9) return to
  }
  return Math.max(at, text.length)
}

export function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0x30 && code <= 0x39
}

export function isHexDigit(text: string, at: number): boolean {
  const letter = text.charCodeAt(at) | 0x20
  return isDigit(text, at) || (letter >= 0x61 && letter <= 0x66)
}

/** The rest of the text after the first `literal`. */
export function after(text: string, literal: string): string | null {
  const at = text.indexOf(literal)
  return at === -1 ? null : text.slice(at + literal.length)
}

/** What stands between the first `open` and the next `close`, or the end of the text. */
export function between(text: string, open: string, close: string): string | null {
  const rest = after(text, open)
  if (rest === null) return null
  const end = rest.indexOf(close)
  return end === -1 ? rest : rest.slice(0, end)
}

const HEX = /(?:0x)?([0-9a-f]{1,16})(?![0-9a-f])/iy
const DECIMAL = /-?\d{1,15}(?!\d)/y

/** The hexadecimal number, with or without 0x, that follows `literal`. */
export function hexAfter(text: string, literal: string): bigint | null {
  const at = text.indexOf(literal)
  return at === -1 ? null : hexAt(text, at + literal.length)
}

/** The hexadecimal number at `at`: at most 64 bits. */
export function hexAt(text: string, at: number): bigint | null {
  HEX.lastIndex = at
  const digits = HEX.exec(text)?.[1]
  return digits === undefined ? null : BigInt('0x' + digits)
}

/** The decimal number that follows `literal`. */
export function numberAfter(text: string, literal: string): number | null {
  const at = text.indexOf(literal)
  if (at === -1) return null
  DECIMAL.lastIndex = at + literal.length
  const digits = DECIMAL.exec(text)?.[0]
  return digits === undefined ? null : Number(digits)
}

/**
 * Where a message starts in a line that dev_printk() may have given a device (`driver device: `) or pr_fmt() a
 * subsystem (`iommu: `); -1 if `message` only occurs inside another sentence.
 */
export function messageAt(text: string, message: string): number {
  const at = text.indexOf(message)
  return at <= 0 || text.startsWith(': ', at - 2) ? at : -1
}

/**
 * The device that dev_printk() put before the message at `at`: `ipmmu-vmsa e67b0000.iommu: ` → e67b0000.iommu.
 * A function's name may stand between: `sata_rcar ee300000.sata: direct_map_page: `.
 */
export function deviceBefore(text: string, at: number): string | null {
  const segments = text.slice(0, at).split(': ').slice(0, -1)
  const named = segments.findLast(segment => segment.trim().includes(' '))
  return named === undefined ? null : named.slice(named.lastIndexOf(' ') + 1)
}

/**
 * The same text, in memory of its own: a piece of a line would keep the line, and with it whatever the line was cut
 * out of.
 */
export function own(text: string): string {
  return (' ' + text).slice(1)
}
