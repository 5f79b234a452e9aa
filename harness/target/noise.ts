/** So much of the newest output is looked at. */
const LOOKED_AT = 2000

/** Whether most of what came last is no text at all, as of a line at another speed. */
export function isMostlyNoise(lines: readonly string[]): boolean {
  const text = lines.slice(-50).join('').slice(-LOOKED_AT)
  const odd = [...text].filter(char => (char < ' ' && !'\t\r\x1b\b'.includes(char)) || char > '~').length
  return odd > text.length / 3
}
