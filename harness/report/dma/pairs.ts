import { hexAt } from '../text.ts'

/** Characters of a name, and of a value that is a word. */
const LONGEST = 40

/**
 * The values that a message names: `iova=0x1000`, `[device address=0x…]`, `[size=64 bytes]`, `[mapped as single]`.
 * A number with 0x is hexadecimal, one of digits decimal, anything else a word. The first of a name counts.
 */
export function pairs(message: string): Record<string, bigint | string> {
  const values: Record<string, bigint | string> = {}
  for (let at = message.indexOf('='); at !== -1; at = message.indexOf('=', at + 1)) {
    const name = nameBefore(message, at)
    if (name !== '' && !(name in values) && name !== '__proto__') values[name] = valueAt(message, at + 1)
  }
  for (const words of MAPPED) {
    const at = message.indexOf(`[${words} `)
    if (at === -1) continue
    const end = message.indexOf(']', at)
    const value = message.slice(at + words.length + 2, end === -1 ? at + words.length + 2 + LONGEST : end)
    values[words] ??= value.slice(0, LONGEST)
  }
  return values
}

/** kernel/dma/debug.c prints the type and direction without an equals sign. */
const MAPPED = ['mapped as', 'mapped with', 'unmapped as', 'unmapped with', 'synced with']

/** Names within brackets may have blanks: `[device address=…]`; others end at one. */
function nameBefore(message: string, equals: number): string {
  let end = equals
  while (end > 0 && message.charCodeAt(end - 1) === 0x20) end--
  const from = Math.max(0, end - LONGEST)
  const piece = message.slice(from, end)
  const bracket = Math.max(piece.lastIndexOf('['), piece.lastIndexOf('('), piece.lastIndexOf(','))
  const inside = piece.slice(bracket + 1).trimStart()
  if (bracket !== -1 && piece[bracket] === '[' && /^[a-z+ ]+$/.test(inside)) return inside
  return inside.slice(inside.lastIndexOf(' ') + 1)
}

const DECIMAL = /\d{1,19}(?![\w.])/y
const WORD = /[\w.:+-]{1,40}/y

function valueAt(message: string, from: number): bigint | string {
  let at = from
  while (at < from + 4 && message.charCodeAt(at) === 0x20) at++
  // 6.12 prints `0x%pa`, and %pa has its own 0x.
  if (message.startsWith('0x0x', at)) at += 2
  if (message.startsWith('0x', at)) return hexAt(message, at) ?? ''
  DECIMAL.lastIndex = at
  const digits = DECIMAL.exec(message)?.[0]
  if (digits !== undefined) return BigInt(digits)
  WORD.lastIndex = at
  return WORD.exec(message)?.[0] ?? ''
}
