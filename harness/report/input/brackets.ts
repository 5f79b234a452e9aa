/** Where `[   T51]` closes, if it stands at `at`; else -1. */
export function callerEnd(raw: string, at: number): number {
  let to = at + 1
  while (to < at + 9 && raw.charCodeAt(to) === 0x20) to++
  const kind = raw.charCodeAt(to)
  if (kind !== 0x43 && kind !== 0x54) return -1
  const first = to
  for (let digit = 0; digit >= 0 && digit <= 9 && to < first + 10; digit = raw.charCodeAt(to) - 0x30) to++
  return to - first > 1 && raw.charCodeAt(to) === 0x5d ? to : -1
}

/**
 * `[ffff000009c9b990] pgd=…` (arch/arm64/mm/fault.c, show_pte()), `[<ffff000008081234>] foo+0x1/0x2` (dump_backtrace(),
 * until 4.15).
 */
export function isAddress(raw: string, at: number): boolean {
  const from = raw.charCodeAt(at + 1) === 0x3c ? at + 2 : at + 1
  const end = from + 16
  if (end >= raw.length) return false
  for (let digit = from; digit < end; digit++) if (!isHexDigit(raw, digit)) return false
  return raw.charCodeAt(end) === (from === at + 1 ? 0x5d : 0x3e)
}

export function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0x30 && code <= 0x39
}

function isHexDigit(text: string, at: number): boolean {
  const letter = text.charCodeAt(at) | 0x20
  return isDigit(text, at) || (letter >= 0x61 && letter <= 0x66)
}
