/**
 * Text that came from a guest, or from a file that someone else wrote, made fit to be printed. Each format adds its own
 * escaping to this; none of them may show control bytes.
 */

/**
 * C0 but tab and line feed, DEL and C1; line separators, and what turns the direction of text around (CVE-2021-42574);
 * what is no character in XML 1.0: halves of surrogate pairs, U+FFFE and U+FFFF.
 */
const UNFIT =
  // eslint-disable-next-line no-control-regex
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/gu

/** The text without what clobbers a terminal, breaks XML or deceives a reader: U+FFFD in its place. Lines stay. */
export function printable(text: string): string {
  return text.replace(/\r{1,2}\n/g, '\n').replace(UNFIT, '\ufffd')
}

/** The text as one line without blanks around it, at most `max` UTF-16 units long. */
export function oneLine(text: string, max = 500): string {
  // Cut first: there is no need to look at the megabytes behind that.
  return cut(
    printable(cut(text, max * 4))
      .replace(/\s+/g, ' ')
      .trim(),
    max,
  )
}

/** The first `max` UTF-16 units at most, with a sign that there was more; never half a character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text
  const last = text.charCodeAt(max - 2)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 2 : max - 1) + '…'
}

/** The lines of a text, without the one that its last line end would begin; none longer than `max`. */
export function linesOf(text: string, max = 1000): string[] {
  if (text === '') return []
  return printable(text)
    .replace(/\n$/, '')
    .split('\n')
    .map(line => cut(line, max))
}

/** `1 cell`, `2 cells`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}

/** `13.4 MB`: powers of 1000. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e3) return `${bytes} B`
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1)
  const value = bytes / 1000 ** power
  return `${value.toFixed(value < 100 ? 1 : 0)} ${UNITS[power] === 'K' ? 'k' : UNITS[power]}B`
}

const UNITS = ['', 'K', 'M', 'G', 'T'] as const
