import { bitmask, hex, isWideConstant, reg, regSp, relative, signed, x, xsp } from './operand.ts'
import { row, type Row } from './pattern.ts'

/** Data processing with an immediate (Arm ARM C4.1, op0 = 100x). */
export const IMMEDIATE: readonly Row[] = [
  row('p jj 10000 iiiiiiiiiiiiiiiiiii ddddd', ({ p, i, j, d }) => {
    const bytes = signed(i * 4 + j, 21)
    return p ? `adrp ${x(d)}, ${relative(bytes * 4096)}` : `adr ${x(d)}, ${relative(bytes)}`
  }),
  row('s o f 100010 h iiiiiiiiiiii nnnnn ddddd', ({ s, o, f, h, i, n, d }) => {
    if (!o && !f && !h && i === 0 && (n === 31 || d === 31)) return `mov ${regSp(s, d)}, ${regSp(s, n)}`
    const last = `${regSp(s, n)}, ${hex(i)}${h ? ', lsl #12' : ''}`
    if (f && d === 31) return `${o ? 'cmp' : 'cmn'} ${last}`
    return `${o ? 'sub' : 'add'}${f ? 's' : ''} ${f ? reg(s, d) : regSp(s, d)}, ${last}`
  }),
  row(
    '1 o 0 100011 0 uuuuuu 00 ffff nnnnn ddddd',
    ({ o, u, f, n, d }) => `${o ? 'subg' : 'addg'} ${xsp(d)}, ${xsp(n)}, ${hex(u * 16)}, ${hex(f)}`,
  ),
  row('s oo 100100 m rrrrrr iiiiii nnnnn ddddd', ({ s, o, m, r, i, n, d }) => {
    const value = bitmask(s, m, i, r)
    if (value === null) return null
    if (o === 1 && n === 31 && (d === 31 || !isWideConstant(s, value)))
      return `mov ${regSp(s, d)}, ${hex(value)}`
    if (o === 3 && d === 31) return `tst ${reg(s, n)}, ${hex(value)}`
    const rd = o === 3 ? reg(s, d) : regSp(s, d)
    return `${['and', 'orr', 'eor', 'ands'][o] ?? ''} ${rd}, ${reg(s, n)}, ${hex(value)}`
  }),
  row('s oo 100101 hh iiiiiiiiiiiiiiii ddddd', ({ s, o, h, i, d }) => {
    if (o === 1 || (!s && h > 1)) return null
    const all = s ? 0xffffffffffffffffn : 0xffffffffn
    const value = BigInt(i) << BigInt(16 * h)
    const plain = !(i === 0 && h !== 0)
    if (o === 2 && plain) return `mov ${reg(s, d)}, ${hex(value)}`
    if (o === 0 && plain && (s || i !== 0xffff)) return `mov ${reg(s, d)}, ${hex(~value & all)}`
    const name = ['movn', '', 'movz', 'movk'][o] ?? ''
    return `${name} ${reg(s, d)}, ${hex(i)}${h ? `, lsl #${16 * h}` : ''}`
  }),
  row('s oo 100110 m rrrrrr iiiiii nnnnn ddddd', ({ s, o, m, r, i, n, d }) => {
    if (o === 3 || s !== m || (!s && (r > 31 || i > 31))) return null
    return bitfield(o, s, r, i, reg(s, d), n)
  }),
  row('s 00 100111 u 0 mmmmm iiiiii nnnnn ddddd', ({ s, u, m, i, n, d }) => {
    if (s !== u || (!s && i > 31)) return null
    if (n === m) return `ror ${reg(s, d)}, ${reg(s, n)}, #${i}`
    return `extr ${reg(s, d)}, ${reg(s, n)}, ${reg(s, m)}, #${i}`
  }),
]

/** sbfm, bfm and ubfm have no name of their own: they are printed as what they are used for. */
function bitfield(op: number, s: number, r: number, i: number, rd: string, n: number): string {
  const size = s ? 64 : 32
  const rn = reg(s, n)
  const last = size - 1
  const width = i < r ? i + 1 : i - r + 1
  const inserted = `#${(size - r) % size}, #${width}`
  const extracted = `#${r}, #${width}`
  if (op === 1) {
    if (i < r) return n === 31 ? `bfc ${rd}, ${inserted}` : `bfi ${rd}, ${rn}, ${inserted}`
    return `bfxil ${rd}, ${rn}, ${extracted}`
  }
  const sign = op === 0
  if (i === last) return `${sign ? 'asr' : 'lsr'} ${rd}, ${rn}, #${r}`
  if (!sign && i + 1 === r) return `lsl ${rd}, ${rn}, #${last - i}`
  if (i < r) return `${sign ? 'sbfiz' : 'ubfiz'} ${rd}, ${rn}, ${inserted}`
  const letter = r === 0 && (sign || !s) ? EXTENDED[i] : undefined
  if (letter !== undefined) return `${sign ? 's' : 'u'}xt${letter} ${rd}, ${reg(0, n)}`
  return `${sign ? 'sbfx' : 'ubfx'} ${rd}, ${rn}, ${extracted}`
}

const EXTENDED: Readonly<Record<number, string>> = { 7: 'b', 15: 'h', 31: 'w' }
