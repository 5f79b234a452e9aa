/**
 * Text from a guest, or from a spec's titles, as it may be shown: what would be invisible, or would change how the text
 * around it reads, becomes its escape: `\u202e`.
 *
 * It is no HTML escaping: that is eta's, and textContent's in the page.
 */

// C0 but tab and line end, DEL, C1; zero width, line separators, bidi controls (CVE-2021-42574), BOM, interlinear
// annotations, tags.
const INVISIBLE =
  // eslint-disable-next-line no-control-regex
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\ud800-\udfff\u{e0000}-\u{e007f}]/gu

/** The text with every invisible character, and every half of a surrogate pair, as its escape. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, character => {
    const code = character.codePointAt(0) ?? 0
    const digits = code.toString(16)
    return code > 0xffff ? `\\u{${digits}}` : `\\u${digits.padStart(4, '0')}`
  })
}

/** JSON of a value, all its strings made visible. Keys are ours, and stay. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'string' ? visible(item) : item))
}
