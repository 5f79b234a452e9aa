import { condition, EXTENDS, hex, reg, regSp, shifted, signed, x, xsp } from './operand.ts'
import { row, type Row } from './pattern.ts'

const LOGICAL = ['and', 'bic', 'orr', 'orn', 'eor', 'eon', 'ands', 'bics']
const THREE: Readonly<Record<number, string>> = {
  0: 'madd',
  1: 'msub',
  2: 'smaddl',
  3: 'smsubl',
  4: 'smulh',
  10: 'umaddl',
  11: 'umsubl',
  12: 'umulh',
}
/** What they are called if nothing is added to the product. */
const PRODUCT: Readonly<Record<string, string>> = {
  madd: 'mul',
  msub: 'mneg',
  smaddl: 'smull',
  smsubl: 'smnegl',
  umaddl: 'umull',
  umsubl: 'umnegl',
}
const TWO: Readonly<Record<number, string>> = {
  2: 'udiv',
  3: 'sdiv',
  8: 'lsl',
  9: 'lsr',
  10: 'asr',
  11: 'ror',
}
const EXTREMES = ['smax', 'umax', 'smin', 'umin']
const PAC = ['pacia', 'pacib', 'pacda', 'pacdb', 'autia', 'autib', 'autda', 'autdb']

/** Data processing with registers (Arm ARM C4.1, op0 = x101). */
export const REGISTER: readonly Row[] = [
  row('s oo 01010 hh p mmmmm iiiiii nnnnn ddddd', ({ s, o, h, p, m, i, n, d }) => {
    if (!s && i > 31) return null
    const name = LOGICAL[o * 2 + p] ?? ''
    const rm = reg(s, m) + shifted(h, i)
    if (name === 'orr' && n === 31 && h === 0 && i === 0) return `mov ${reg(s, d)}, ${reg(s, m)}`
    if (name === 'orn' && n === 31) return `mvn ${reg(s, d)}, ${rm}`
    if (name === 'ands' && d === 31) return `tst ${reg(s, n)}, ${rm}`
    return `${name} ${reg(s, d)}, ${reg(s, n)}, ${rm}`
  }),
  row('s o f 01011 hh 0 mmmmm iiiiii nnnnn ddddd', ({ s, o, f, h, m, i, n, d }) => {
    if (h === 3 || (!s && i > 31)) return null
    const rm = reg(s, m) + shifted(h, i)
    if (f && d === 31) return `${o ? 'cmp' : 'cmn'} ${reg(s, n)}, ${rm}`
    const flags = f ? 's' : ''
    if (o && n === 31) return `neg${flags} ${reg(s, d)}, ${rm}`
    return `${o ? 'sub' : 'add'}${flags} ${reg(s, d)}, ${reg(s, n)}, ${rm}`
  }),
  row('s o f 01011 00 1 mmmmm eee iii nnnnn ddddd', ({ s, o, f, m, e, i, n, d }) => {
    if (i > 4) return null
    const plain = e === (s ? 3 : 2) && (n === 31 || (!f && d === 31))
    const amount = i ? ` #${i}` : ''
    const how = plain ? (i ? `, lsl${amount}` : '') : `, ${EXTENDS[e] ?? ''}${amount}`
    const rm = reg(s && (e & 3) === 3, m) + how
    if (f && d === 31) return `${o ? 'cmp' : 'cmn'} ${regSp(s, n)}, ${rm}`
    return `${o ? 'sub' : 'add'}${f ? 's' : ''} ${f ? reg(s, d) : regSp(s, d)}, ${regSp(s, n)}, ${rm}`
  }),
  row('s o f 11010000 mmmmm 000000 nnnnn ddddd', ({ s, o, f, m, n, d }) => {
    const flags = f ? 's' : ''
    if (o && n === 31) return `ngc${flags} ${reg(s, d)}, ${reg(s, m)}`
    return `${o ? 'sbc' : 'adc'}${flags} ${reg(s, d)}, ${reg(s, n)}, ${reg(s, m)}`
  }),
  row('1 01 11010000 iiiiii 00001 nnnnn 0 mmmm', ({ i, n, m }) => `rmif ${x(n)}, #${i}, #${m}`),
  row('0 01 11010000 000000 h 0010 nnnnn 0 1101', ({ h, n }) => `setf${h ? 16 : 8} ${reg(0, n)}`),
  row('s o 1 11010010 mmmmm cccc i 0 nnnnn 0 ffff', ({ s, o, m, c, i, n, f }) => {
    return `${o ? 'ccmp' : 'ccmn'} ${reg(s, n)}, ${i ? hex(m) : reg(s, m)}, ${hex(f)}, ${condition(c)}`
  }),
  row('s o 0 11010100 mmmmm cccc 0 p nnnnn ddddd', ({ s, o, m, c, p, n, d }) => {
    const name = ['csel', 'csinc', 'csinv', 'csneg'][o * 2 + p] ?? ''
    const inverse = condition(c ^ 1)
    if (name !== 'csel' && n === m && c < 14) {
      if (n === 31 && name !== 'csneg') return `${o ? 'csetm' : 'cset'} ${reg(s, d)}, ${inverse}`
      return `${name.replace('cs', 'c')} ${reg(s, d)}, ${reg(s, n)}, ${inverse}`
    }
    return `${name} ${reg(s, d)}, ${reg(s, n)}, ${reg(s, m)}, ${condition(c)}`
  }),
  row('s 00 11010110 mmmmm oooooo nnnnn ddddd', ({ s, m, o, n, d }) => {
    const name = TWO[o]
    return name === undefined ? null : `${name} ${reg(s, d)}, ${reg(s, n)}, ${reg(s, m)}`
  }),
  row('s 00 11010110 mmmmm 010 c hh nnnnn ddddd', ({ s, m, c, h, n, d }) => {
    if (s !== (h === 3 ? 1 : 0)) return null
    return `crc32${c ? 'c' : ''}${'bhwx'.charAt(h)} ${reg(0, d)}, ${reg(0, n)}, ${reg(s, m)}`
  }),
  row('1 00 11010110 mmmmm 001100 nnnnn ddddd', ({ m, n, d }) => `pacga ${x(d)}, ${x(n)}, ${xsp(m)}`),
  // MTE
  row('1 0 f 11010110 mmmmm 000000 nnnnn ddddd', ({ f, m, n, d }) => {
    if (f && d === 31) return `cmpp ${xsp(n)}, ${xsp(m)}`
    return `subp${f ? 's' : ''} ${x(d)}, ${xsp(n)}, ${xsp(m)}`
  }),
  row('1 00 11010110 mmmmm 000100 nnnnn ddddd', ({ m, n, d }) => {
    return `irg ${xsp(d)}, ${xsp(n)}${m === 31 ? '' : `, ${x(m)}`}`
  }),
  row('1 00 11010110 mmmmm 000101 nnnnn ddddd', ({ m, n, d }) => `gmi ${x(d)}, ${xsp(n)}, ${x(m)}`),
  row('s 10 11010110 00000 000 ooo nnnnn ddddd', ({ s, o, n, d }) => {
    const name = ['rbit', 'rev16', s ? 'rev32' : 'rev', s ? 'rev' : '', 'clz', 'cls', 'ctz', 'cnt'][o]
    return name ? `${name} ${reg(s, d)}, ${reg(s, n)}` : null
  }),
  row('s 10 11010110 00000 001000 nnnnn ddddd', ({ s, n, d }) => `abs ${reg(s, d)}, ${reg(s, n)}`),
  // FEAT_CSSC, as cnt, ctz and abs
  row('s 00 11010110 mmmmm 0110 oo nnnnn ddddd', ({ s, m, o, n, d }) => {
    return `${EXTREMES[o] ?? ''} ${reg(s, d)}, ${reg(s, n)}, ${reg(s, m)}`
  }),
  row('s 00 1000111 00 oo iiiiiiii nnnnn ddddd', ({ s, o, i, n, d }) => {
    const value = o & 1 ? i : signed(i, 8)
    return `${EXTREMES[o] ?? ''} ${reg(s, d)}, ${reg(s, n)}, #${value}`
  }),
  row('1 10 11010110 00001 00 z ooo nnnnn ddddd', ({ z, o, n, d }) => {
    const name = PAC[o] ?? ''
    if (!z) return `${name} ${x(d)}, ${xsp(n)}`
    return n === 31 ? `${name.slice(0, 3)}${name.charAt(3)}z${name.charAt(4)} ${x(d)}` : null
  }),
  row('1 10 11010110 00001 01000 o 11111 ddddd', ({ o, d }) => `${o ? 'xpacd' : 'xpaci'} ${x(d)}`),
  row('s 00 11011 ooo mmmmm p aaaaa nnnnn ddddd', ({ s, o, m, p, a, n, d }) => {
    const name = THREE[o * 2 + p]
    const long = o > 0
    if (name === undefined || (long && !s)) return null
    // umulh and smulh use only the two: what is in place of the third doesn't matter
    if (name.endsWith('h')) return `${name} ${x(d)}, ${x(n)}, ${x(m)}`
    const factors = `${reg(s, d)}, ${reg(s && !long, n)}, ${reg(s && !long, m)}`
    return a === 31 ? `${PRODUCT[name] ?? name} ${factors}` : `${name} ${factors}, ${reg(s, a)}`
  }),
]
