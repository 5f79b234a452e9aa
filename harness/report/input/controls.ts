/**
 * What terminals and serial lines leave in a log, undone: escape sequences, overwriting, erasing, lost bytes.
 */

// ECMA-48: CSI is ESC [ parameters intermediates final; OSC is ESC ] text, ended by BEL or ESC \; others are ESC, some
// intermediates, final. A sequence that the log cuts short ends where it cannot go on, and a time stamp is none. 512 is longer than any.
const ESCAPE =
  // eslint-disable-next-line no-control-regex
  /\x1b(?=\[ {0,8}\d{1,10}\.\d)|(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-Z\\-~]?|\x1b\][^\x07\x1b]{0,512}(?:\x07|\x1b\\)?|\x1b[ -/]{0,8}[0-Z\\^-~]?/g
// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x07\x0b-\x1f\x7f-\x9f\ufffd\ufeff\u200b]/g
// eslint-disable-next-line no-control-regex
const ANY = /[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd\ufeff\u200b]/

/**
 * What a terminal would show of the line; several lines if carriage returns divide it into lines of the kernel's.
 * `starts` tells whether a part is a line of its own.
 */
export function withoutControls(raw: string, starts: (part: string) => boolean): string[] {
  if (!ANY.test(raw)) return [raw]
  const text = raw.includes('\x1b') || raw.includes('\x9b') ? raw.replace(ESCAPE, '') : raw
  const lines: string[] = []
  let shown = ''
  for (const part of text.includes('\r') ? text.split('\r').reverse() : [text]) {
    const clean = (part.includes('\b') ? erased(part) : part).replace(CONTROL, '')
    if (clean !== '' && starts(clean)) {
      if (shown !== '') lines.push(shown)
      lines.push(clean)
      shown = ''
    } else if (clean.length > shown.length) {
      // From the last part to the first: what comes later stands over what came before.
      shown += clean.slice(shown.length)
    }
  }
  if (shown !== '' || lines.length === 0) lines.push(shown)
  return lines.reverse()
}

/** Each backspace takes back a character: `\b \b` is how a shell erases. */
function erased(text: string): string {
  const kept: string[] = []
  let at = 0
  for (let end = text.indexOf('\b'); end !== -1; end = text.indexOf('\b', at)) {
    if (end > at) kept.push(text.slice(at, end))
    const last = kept.pop()
    if (last !== undefined && last.length > 1) kept.push(last.slice(0, -1))
    at = end + 1
  }
  return kept.join('') + text.slice(at)
}
