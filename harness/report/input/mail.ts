/** What mail programs and web pages do to characters, undone. Lines are not joined here. */

// RFC 2045, 6.7, as encoders write it: a `=` itself is always =3D, so a line with any other `=` in it is not encoded.
// Blanks are encoded only at a line's end; what isn't ASCII is UTF-8, or a non-breaking blank of Latin-1.
const ENCODED = /=(?:3D|[C-F][0-9A-F](?:=[89AB][0-9A-F]){1,3}|A0|(?:20|09|0D)$)/g
const ENCODED_BLANK = /=(?:20|09|0D)?$/

/** Whether a line can be quoted-printable, and shows it: every `=` starts an escape, and one is of more than a blank. */
export function looksEncoded(raw: string): boolean {
  let found = false
  const body = raw.replace(ENCODED_BLANK, '')
  for (let at = body.indexOf('='); at !== -1; at = body.indexOf('=', at)) {
    ENCODED.lastIndex = at
    if (ENCODED.exec(body)?.index !== at) return false
    at = ENCODED.lastIndex
    found = true
  }
  return found
}

/** Decodes an encoded line, but for a `=` at its end. What is not ASCII becomes a blank: no message of the kernel's has it. */
export function decoded(raw: string): string {
  return raw.replace(ENCODED, escape => {
    const code = parseInt(escape.slice(1, 3), 16)
    return code < 0x80 ? String.fromCharCode(code) : ' '
  })
}

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' ' },
  ...{ '#34': '"', '#39': "'", '#x27': "'", '#60': '<', '#62': '>', '#91': '[', '#93': ']', '#160': ' ' },
}
const ENTITY = /&(lt|gt|amp|quot|apos|nbsp|#34|#39|#x27|#60|#62|#91|#93|#160);/g

// KernelCI's and LAVA's log pages, and mails that are HTML only. Nothing that the kernel prints looks like these.
const TAG =
  /<\/?(?:a|b|br|code|div|em|font|i|li|p|pre|samp|span|strong|table|tbody|td|tr|tt)(?: [^<>]{0,400})?\/?>/gi

const ODD =
  /[\u00a0\u2000-\u200a\u202f\u3000]|[\u2018\u2019\u201a]|[\u201c-\u201e]|[\u2010-\u2015\u2212]|\u2026|[\u2502\u2503\u2551]/g
// eslint-disable-next-line no-control-regex
const NOT_ASCII = /[^\x00-\x7f]/

function plainOf(odd: string): string {
  const code = odd.charCodeAt(0)
  if (code === 0x2026) return '...'
  // tbot's and others' frames
  if (code >= 0x2500 && code < 0x2580) return '|'
  if (code === 0x2212 || (code >= 0x2010 && code <= 0x2015)) return '-'
  if (code >= 0x2018 && code <= 0x201a) return "'"
  return code >= 0x201c && code <= 0x201e ? '"' : ' '
}

/** Entities, tags, non-breaking blanks, smart quotes and dashes as the kernel printed them. */
export function withoutMarkup(raw: string): string {
  let text = raw
  if (text.includes('<')) text = text.replace(TAG, '')
  if (text.includes('&')) text = text.replace(ENTITY, (whole, name: string) => ENTITIES[name] ?? whole)
  return NOT_ASCII.test(text) ? text.replace(ODD, plainOf) : text
}

/** A blank at the end of an encoded line, and no other `=` in it. */
export const BLANK_END = /^[^=]*=20$/

/** RFC 2045: lines have at most 76 characters; the break may be in the middle of a word, where no message ends with `=`. */
export function isSoftBreak(text: string): boolean {
  return text.length <= 76 && (text.length >= 73 || (text.length >= 60 && /[\w,.:;)\]]=$/.test(text)))
}
