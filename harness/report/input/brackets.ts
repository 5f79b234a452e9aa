import { isDigit, isHexDigit } from '../text.ts'

/** Where `[   T51]` closes, if it stands at `at`; else -1. */
export function callerEnd(raw: string, at: number): number {
  let to = at + 1
  while (to < at + 9 && raw.charCodeAt(to) === 0x20) to++
  const kind = raw.charCodeAt(to)
  if (kind !== 0x43 && kind !== 0x54) return -1
  const first = to
  to++
  while (to < first + 10 && isDigit(raw, to)) to++
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
