// C0 but tab and line end, DEL, C1, and what turns the direction of text: none of it is a terminal's to obey.
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Text of a guest or a spec as a terminal may show it. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd')
}
