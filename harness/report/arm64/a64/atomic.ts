import { at } from './load.ts'
import { reg } from './operand.ts'
import { row, type Row } from './pattern.ts'

const OPERATIONS = ['add', 'clr', 'eor', 'set', 'smax', 'smin', 'umax', 'umin']
const SIZES = ['b', 'h', '', '']

/** Exclusive, acquire, release and atomic accesses (Arm ARM C4.1, op0 = x1x0). */
export const ATOMIC: readonly Row[] = [
  // Exclusive: one register
  row('ss 001000 0 l 0 rrrrr o uuuuu nnnnn ttttt', ({ s, l, r, o, n, t }) => {
    const rt = reg(s === 3, t)
    const size = SIZES[s] ?? ''
    if (l) return at(`ld${o ? 'a' : ''}xr${size}`, rt, 'load', n, 0, 2 ** s)
    return at(`st${o ? 'l' : ''}xr${size}`, `${reg(0, r)}, ${rt}`, 'store', n, 0, 2 ** s)
  }),
  // Exclusive: a pair; compare and swap a pair
  row('s w 001000 0 l 1 rrrrr o uuuuu nnnnn ttttt', ({ s, w, l, r, o, u, n, t }) => {
    const pair = (first: number) => `${reg(w, first)}, ${reg(w, (first + 1) & 31)}`
    if (!s) {
      if (u !== 31 || r & 1 || t & 1) return null
      const name = `casp${l ? 'a' : ''}${o ? 'l' : ''}`
      return at(name, `${pair(r)}, ${pair(t)}`, 'atomic', n, 0, w ? 16 : 8)
    }
    const registers = `${reg(w, t)}, ${reg(w, u)}`
    if (l) return at(`ld${o ? 'a' : ''}xp`, registers, 'load', n, 0, w ? 16 : 8)
    return at(`st${o ? 'l' : ''}xp`, `${reg(0, r)}, ${registers}`, 'store', n, 0, w ? 16 : 8)
  }),
  // Ordered
  row('ss 001000 1 l 0 rrrrr o uuuuu nnnnn ttttt', ({ s, l, r, o, u, n, t }) => {
    if (l && o && (r !== 31 || u !== 31)) return null
    const name = `${l ? 'ld' : 'st'}${o ? '' : 'l'}${l ? 'a' : 'l'}r${SIZES[s] ?? ''}`
    return at(name, reg(s === 3, t), l ? 'load' : 'store', n, 0, 2 ** s)
  }),
  // Compare and swap
  row('ss 001000 1 l 1 rrrrr o 11111 nnnnn ttttt', ({ s, l, r, o, n, t }) => {
    const name = `cas${l ? 'a' : ''}${o ? 'l' : ''}${SIZES[s] ?? ''}`
    return at(name, `${reg(s === 3, r)}, ${reg(s === 3, t)}`, 'atomic', n, 0, 2 ** s)
  }),
  row('ss 111000 101 11111 1 100 00 nnnnn ttttt', ({ s, n, t }) => {
    return at(`ldapr${SIZES[s] ?? ''}`, reg(s === 3, t), 'load', n, 0, 2 ** s)
  }),
  row('ss 111000 a r 1 ggggg 1 000 00 nnnnn ttttt', ({ s, a, r, g, n, t }) => {
    const name = `swp${a ? 'a' : ''}${r ? 'l' : ''}${SIZES[s] ?? ''}`
    return at(name, `${reg(s === 3, g)}, ${reg(s === 3, t)}`, 'atomic', n, 0, 2 ** s)
  }),
  // Atomic arithmetic; without a result it is called a store
  row('ss 111000 a r 1 ggggg 0 ooo 00 nnnnn ttttt', ({ s, a, r, g, o, n, t }) => {
    const order = `${a ? 'a' : ''}${r ? 'l' : ''}${SIZES[s] ?? ''}`
    const operation = OPERATIONS[o] ?? ''
    const rs = reg(s === 3, g)
    if (t === 31 && !a) return at(`st${operation}${order}`, rs, 'atomic', n, 0, 2 ** s)
    return at(`ld${operation}${order}`, `${rs}, ${reg(s === 3, t)}`, 'atomic', n, 0, 2 ** s)
  }),
  // 64 bytes at once: FEAT_LS64
  row('11 111000 001 11111 1 o 01 00 nnnnn ttttt', ({ o, n, t }) => {
    return at(o ? 'ld64b' : 'st64b', reg(1, t), o ? 'load' : 'store', n, 0, 64)
  }),
  row('11 111000 001 ggggg 1 01 o 00 nnnnn ttttt', ({ g, o, n, t }) => {
    return at(o ? 'st64bv' : 'st64bv0', `${reg(1, g)}, ${reg(1, t)}`, 'store', n, 0, 64)
  }),
]
