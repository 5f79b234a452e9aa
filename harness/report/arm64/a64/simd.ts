import { reg, signed, xsp } from './operand.ts'
import { row, type Decoded, type Fields, type Row } from './pattern.ts'

/** ld1 to ld4 and st1 to st4, by opcode: how many registers, and of how many elements a structure is. */
const MULTIPLE: Readonly<Record<number, { registers: number; elements: number }>> = {
  0: { registers: 4, elements: 4 },
  2: { registers: 4, elements: 1 },
  4: { registers: 3, elements: 3 },
  6: { registers: 3, elements: 1 },
  7: { registers: 1, elements: 1 },
  8: { registers: 2, elements: 2 },
  10: { registers: 2, elements: 1 },
}
const ARRANGEMENTS = ['8b', '16b', '4h', '8h', '2s', '4s', '1d', '2d']

/** Loads and stores of SIMD structures (Arm ARM C4.1, op0 = x1x0); the kernel has them in NEON code and crypto. */
export const SIMD: readonly Row[] = [
  row('0 q 0011000 l 000000 oooo ss nnnnn ttttt', ({ q, l, o, s, n, t }) => {
    return multiple(l, o, s * 2 + q, n, t, null)
  }),
  row('0 q 0011001 l 0 mmmmm oooo ss nnnnn ttttt', ({ q, l, o, s, n, t, m }) => {
    return multiple(l, o, s * 2 + q, n, t, m)
  }),
  row('0 q 0011010 l r 00000 ooo h ss nnnnn ttttt', fields => single(fields, null)),
  row('0 q 0011011 l r mmmmm ooo h ss nnnnn ttttt', fields => single(fields, fields.m)),
  // SVE: what a task's state is saved and restored with (arch/arm64/kernel/entry-fpsimd.S)
  row('100 00101 10 iiiiii 010 jjj nnnnn ttttt', ({ i, j, n, t }) => scalable('load', `z${t}`, i * 8 + j, n)),
  row('111 00101 10 iiiiii 010 jjj nnnnn ttttt', ({ i, j, n, t }) =>
    scalable('store', `z${t}`, i * 8 + j, n),
  ),
  row('100 00101 10 iiiiii 000 jjj nnnnn 0 tttt', ({ i, j, n, t }) =>
    scalable('load', `p${t}`, i * 8 + j, n),
  ),
  row('111 00101 10 iiiiii 000 jjj nnnnn 0 tttt', ({ i, j, n, t }) =>
    scalable('store', `p${t}`, i * 8 + j, n),
  ),
]

function multiple(
  l: number,
  o: number,
  size: number,
  n: number,
  t: number,
  m: number | null,
): Decoded | null {
  const shape = MULTIPLE[o]
  if (!shape || (size === 6 && shape.elements > 1)) return null
  const list = vectors(t, shape.registers, ARRANGEMENTS[size] ?? '')
  const bytes = shape.registers * (size & 1 ? 16 : 8)
  return decoded(`${l ? 'ld' : 'st'}${shape.elements} ${list}`, l, n, m, bytes)
}

function single(f: Fields, m: number | null): Decoded | null {
  const { l, r, o, q, h, s, n, t } = f
  const elements = (o & 1) * 2 + r + 1
  const scale = o >> 1
  if (scale === 3) {
    if (!l || h) return null
    const list = vectors(t, elements, ARRANGEMENTS[s * 2 + q] ?? '')
    return decoded(`ld${elements}r ${list}`, l, n, m, elements * 2 ** s)
  }
  const double = scale === 2 && s === 1
  if ((scale === 1 && s & 1) || (scale === 2 && s & 2) || (double && h)) return null
  const index = double ? q : (q * 8 + h * 4 + s) >> scale
  const list = `${vectors(t, elements, double ? 'd' : 'bhs'.charAt(scale))}[${index}]`
  return decoded(`${l ? 'ld' : 'st'}${elements} ${list}`, l, n, m, elements * (double ? 8 : 2 ** scale))
}

/** `str z0, [x0, #1, mul vl]`: how many bytes that is, the instruction does not say. */
function scalable(access: 'load' | 'store', rt: string, i: number, n: number): Decoded | string {
  const text = `${access === 'load' ? 'ldr' : 'str'} ${rt}, [${xsp(n)}`
  if (i !== 0) return `${text}, #${signed(i, 9)}, mul vl]`
  return { text: `${text}]`, memory: { access, base: xsp(n), index: null, displacement: 0n, size: null } }
}

function decoded(start: string, l: number, n: number, m: number | null, size: number): Decoded {
  const post = m === null ? '' : m === 31 ? `, #${size}` : `, ${reg(1, m)}`
  return {
    text: `${start}, [${xsp(n)}]${post}`,
    memory: { access: l ? 'load' : 'store', base: xsp(n), index: null, displacement: 0n, size },
    addressing: { mode: m === null ? 'offset' : 'post', extend: null, shift: 0 },
  }
}

/** `{v0.16b-v3.16b}`, `{v0.16b, v1.16b}`: as objdump lists registers, counted round from v31 to v0. */
function vectors(first: number, count: number, arrangement: string): string {
  const last = (first + count - 1) & 31
  const names = Array.from({ length: count }, (_, i) => `v${(first + i) & 31}.${arrangement}`)
  if (count > 2 && last > first) return `{v${first}.${arrangement}-v${last}.${arrangement}}`
  return `{${names.join(', ')}}`
}
