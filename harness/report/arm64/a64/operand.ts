/** Operands as GNU objdump prints them. */

/** Register `n` with 31 as zero; 64 bits if `wide`. */
export function reg(wide: number | boolean, n: number): string {
  const letter = wide ? 'x' : 'w'
  return n === 31 ? `${letter}zr` : `${letter}${n}`
}

/** Register `n` with 31 as the stack pointer. */
export function regSp(wide: number | boolean, n: number): string {
  if (n === 31) return wide ? 'sp' : 'wsp'
  return reg(wide, n)
}

/** Of the 64-bit registers, with 31 as zero. */
export const x = (n: number) => reg(1, n)
/** Of the 64-bit registers, with 31 as the stack pointer. */
export const xsp = (n: number) => regSp(1, n)

export const hex = (value: number | bigint) => `#0x${value.toString(16)}`

/** Sign-extends the low `bits` of a field. */
export function signed(value: number, bits: number): number {
  const sign = 2 ** (bits - 1)
  return value >= sign ? value - 2 * sign : value
}

/** A place relative to this instruction, in the assembler's syntax: `.+0x10`. */
export function relative(bytes: number): string {
  return bytes < 0 ? `.-0x${(-bytes).toString(16)}` : `.+0x${bytes.toString(16)}`
}

export const CONDITIONS = [
  ...['eq', 'ne', 'cs', 'cc', 'mi', 'pl', 'vs', 'vc'],
  ...['hi', 'ls', 'ge', 'lt', 'gt', 'le', 'al', 'nv'],
] as const
export const condition = (code: number) => CONDITIONS[code & 15] ?? ''

const SHIFTS = ['lsl', 'lsr', 'asr', 'ror'] as const

/** `, lsl #3`; nothing for `lsl #0`. */
export function shifted(kind: number, amount: number): string {
  return kind === 0 && amount === 0 ? '' : `, ${SHIFTS[kind & 3] ?? ''} #${amount}`
}

export const EXTENDS = ['uxtb', 'uxth', 'uxtw', 'uxtx', 'sxtb', 'sxth', 'sxtw', 'sxtx'] as const

/** DecodeBitMasks() of the Arm ARM: the immediate of and, orr, eor, ands; null if it is reserved. */
export function bitmask(wide: number, n: number, imms: number, immr: number): bigint | null {
  if (!wide && n) return null
  const pattern = (n << 6) | (~imms & 0x3f)
  if (pattern < 2) return null
  const size = 1 << (31 - Math.clz32(pattern))
  const levels = size - 1
  const ones = (imms & levels) + 1
  if (ones > levels) return null
  const rotate = BigInt(immr & levels)
  const element = (1n << BigInt(ones)) - 1n
  const whole = (1n << BigInt(size)) - 1n
  const rotated = ((element >> rotate) | (element << (BigInt(size) - rotate))) & whole
  let value = 0n
  for (let at = 0; at < (wide ? 64 : 32); at += size) value |= rotated << BigInt(at)
  return value
}

/** Could movz or movn make it? Then orr with the zero register is not printed as mov. */
export function isWideConstant(wide: number, value: bigint): boolean {
  const all = wide ? 0xffffffffffffffffn : 0xffffffffn
  return [value, ~value & all].some(one =>
    [0n, 16n, 32n, 48n].some(shift => (one & ~(0xffffn << shift)) === 0n),
  )
}
