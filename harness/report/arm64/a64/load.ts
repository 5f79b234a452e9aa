import type { Instruction } from '../../report.ts'
import { reg, relative, signed, x, xsp } from './operand.ts'
import { row, type Addressing, type Decoded, type Row } from './pattern.ts'

type Access = NonNullable<Instruction['memory']>['access']

/** What a load or store of one register is called, and moves. */
interface Kind {
  /** Without `ld` or `st`: `rb`, `rsw`. */
  suffix: string
  access: Access
  /** Bytes. */
  size: number
  /** The register, printed. */
  rt: string
}

/** Size and opc of Arm ARM's "Loads and Stores" → what is moved; null if not allocated. */
function kind(size: number, simd: number, opc: number, t: number): Kind | null {
  if (simd) {
    const scale = opc & 2 ? 4 : size
    if (opc & 2 && size !== 0) return null
    return {
      suffix: 'r',
      access: opc & 1 ? 'load' : 'store',
      size: 2 ** scale,
      rt: `${'bhsdq'.charAt(scale)}${t}`,
    }
  }
  const letter = ['b', 'h', '', ''][size] ?? ''
  const bytes = 2 ** size
  if (opc < 2) {
    return { suffix: `r${letter}`, access: opc ? 'load' : 'store', size: bytes, rt: reg(size === 3, t) }
  }
  if (size === 3) return opc === 2 ? { suffix: '', access: 'prefetch', size: 0, rt: prefetch(t) } : null
  if (size === 2 && opc === 3) return null
  return { suffix: `rs${letter || 'w'}`, access: 'load', size: bytes, rt: reg(opc === 2, t) }
}

const named = ({ access }: Kind) => (access === 'load' ? 'ld' : 'st')

/** `pldl1keep`, or the number of one that has no name. */
function prefetch(operation: number): string {
  const type = ['pld', 'pli', 'pst'][operation >> 3]
  const level = ((operation >> 1) & 3) + 1
  if (type === undefined || level > 3) return `#0x${operation.toString(16).padStart(2, '0')}`
  return `${type}l${level}${operation & 1 ? 'strm' : 'keep'}`
}

/** One access at a register plus a constant. */
export function at(
  name: string,
  registers: string,
  access: Access,
  n: number,
  displacement: number,
  size: number | null,
  mode: Addressing['mode'] = 'offset',
): Decoded {
  const base = xsp(n)
  const address = {
    offset: displacement === 0 ? `[${base}]` : `[${base}, #${displacement}]`,
    pre: `[${base}, #${displacement}]!`,
    post: `[${base}], #${displacement}`,
  }[mode]
  return {
    text: `${name} ${registers === '' ? '' : `${registers}, `}${address}`,
    memory: {
      access,
      base,
      index: null,
      // What is added to make the address: a post-index is added after the access.
      displacement: mode === 'post' ? 0n : BigInt(displacement),
      size: size || null,
    },
    addressing: { mode, extend: null, shift: 0 },
  }
}

/** Loads and stores of one register (Arm ARM C4.1, op0 = x1x0). */
export const LOAD: readonly Row[] = [
  // A literal: relative to this instruction
  row('oo 011 v 00 iiiiiiiiiiiiiiiiiii ttttt', ({ o, v, i, t }) => {
    if (v && o === 3) return null
    const bytes = signed(i, 19) * 4
    const rt = v ? `${'sdq'.charAt(o)}${t}` : o === 3 ? prefetch(t) : reg(o, t)
    const access = !v && o === 3 ? 'prefetch' : 'load'
    const name = access === 'prefetch' ? 'prfm' : !v && o === 2 ? 'ldrsw' : 'ldr'
    const size = access === 'prefetch' ? null : v ? 4 * 2 ** o : o === 1 ? 8 : 4
    return {
      text: `${name} ${rt}, ${relative(bytes)}`,
      memory: { access, base: 'pc', index: null, displacement: BigInt(bytes), size },
    }
  }),
  // Unscaled, post-indexed, unprivileged, pre-indexed
  row('ss 111 v 00 oo 0 iiiiiiiii kk nnnnn ttttt', ({ s, v, o, i, k, n, t }) => {
    const what = kind(s, v, o, t)
    if (!what) return null
    const displacement = signed(i, 9)
    if (what.access === 'prefetch') {
      return k === 0 ? at('prfum', what.rt, 'prefetch', n, displacement, null) : null
    }
    if (k === 2 && v) return null
    const way = k === 0 ? 'u' : k === 2 ? 't' : ''
    const decoded = at(
      `${named(what)}${way}${what.suffix}`,
      what.rt,
      what.access,
      n,
      displacement,
      what.size,
      k === 1 ? 'post' : k === 3 ? 'pre' : 'offset',
    )
    return k === 2 ? { ...decoded, meaning: "an access to a process's memory" } : decoded
  }),
  // A register as offset
  row('ss 111 v 00 oo 1 mmmmm eee h 10 nnnnn ttttt', ({ s, v, o, m, e, h, n, t }) => {
    const what = kind(s, v, o, t)
    if (!what || !(e & 2)) return null
    const extend = ({ 2: 'uxtw', 3: 'lsl', 6: 'sxtw', 7: 'sxtx' } as const)[e] ?? 'lsl'
    const shift = h ? (what.access === 'prefetch' ? 3 : Math.log2(what.size)) : 0
    const index = reg(e & 1, m)
    const how = h ? `, ${extend} #${shift}` : extend === 'lsl' ? '' : `, ${extend}`
    const name = what.access === 'prefetch' ? 'prfm' : `${named(what)}${what.suffix}`
    return {
      text: `${name} ${what.rt}, [${xsp(n)}, ${index}${how}]`,
      memory: { access: what.access, base: xsp(n), index, displacement: 0n, size: what.size || null },
      addressing: { mode: 'offset', extend, shift },
    }
  }),
  // An unsigned immediate, in units of the size
  row('ss 111 v 01 oo iiiiiiiiiiii nnnnn ttttt', ({ s, v, o, i, n, t }) => {
    const what = kind(s, v, o, t)
    if (!what) return null
    if (what.access === 'prefetch') return at('prfm', what.rt, 'prefetch', n, i * 8, null)
    return at(`${named(what)}${what.suffix}`, what.rt, what.access, n, i * what.size, what.size)
  }),
  // ldraa, ldrab: the base is authenticated first
  row('11 111 0 00 k s 1 iiiiiiiii w 1 nnnnn ttttt', ({ k, s, i, w, n, t }) => {
    const displacement = signed(s * 512 + i, 10) * 8
    const decoded = at(k ? 'ldrab' : 'ldraa', x(t), 'load', n, displacement, 8, w ? 'pre' : 'offset')
    return w && displacement === 0 ? { ...decoded, text: decoded.text.replace(', #0]', ']') } : decoded
  }),
  // Pairs
  row('oo 101 v 0 kk l iiiiiii uuuuu nnnnn ttttt', ({ o, v, k, l, i, u, n, t }) => {
    const [pair, size] = pairOf(o, v, l, t, u)
    if (pair === null || (k === 0 && !v && o === 1)) return null
    const name = v || o !== 1 ? `${l ? 'ld' : 'st'}${k === 0 ? 'n' : ''}p` : l ? 'ldpsw' : 'stgp'
    const scale = !v && o === 1 && !l ? 16 : size
    const mode = k === 1 ? 'post' : k === 3 ? 'pre' : 'offset'
    return at(name, pair, l ? 'load' : 'store', n, signed(i, 7) * scale, 2 * size, mode)
  }),
  // RCpc, unscaled: FEAT_LRCPC2
  row('ss 011001 oo 0 iiiiiiiii 00 nnnnn ttttt', ({ s, o, i, n, t }) => {
    const what = kind(s, 0, o, t)
    if (!what || what.access === 'prefetch') return null
    const name = `${what.access === 'store' ? 'stlu' : 'ldapu'}${what.suffix}`
    return at(name, what.rt, what.access, n, signed(i, 9), what.size)
  }),
  // Memory tags: FEAT_MTE
  row('11011001 oo 1 iiiiiiiii kk nnnnn ttttt', ({ o, i, k, n, t }) => {
    if (k === 0) {
      if (o === 1) return at('ldg', x(t), 'load', n, signed(i, 9) * 16, 16)
      if (i !== 0) return null
      const name = ['stzgm', '', 'stgm', 'ldgm'][o] ?? ''
      return at(name, x(t), o === 3 ? 'load' : 'store', n, 0, null)
    }
    const name = ['stg', 'stzg', 'st2g', 'stz2g'][o] ?? ''
    const mode = k === 1 ? 'post' : k === 3 ? 'pre' : 'offset'
    return at(name, xsp(t), 'store', n, signed(i, 9) * 16, o & 2 ? 32 : 16, mode)
  }),
  // memcpy and memset in hardware: FEAT_MOPS
  row('00 011 o 01 pp 0 sssss kkkk 01 nnnnn ddddd', ({ o, p, s, k, n, d }) => {
    if (p === 3) return memorySet(o, s, k, n, d)
    const name = `cpy${o ? '' : 'f'}${'pme'.charAt(p)}${MOPS[k] ?? ''}`
    return `${name} [${x(d)}]!, [${x(s)}]!, ${x(n)}!`
  }),
]

const MOPS = [
  ...['', 'wt', 'rt', 't', 'wn', 'wtwn', 'rtwn', 'twn'],
  ...['rn', 'wtrn', 'rtrn', 'trn', 'n', 'wtn', 'rtn', 'tn'],
]

function memorySet(tagged: number, s: number, k: number, n: number, d: number): string | null {
  const stage = 'pme'.charAt(k >> 2)
  if (stage === '') return null
  return `set${tagged ? 'g' : ''}${stage}${['', 't', 'n', 'tn'][k & 3] ?? ''} [${x(d)}]!, ${x(n)}!, ${x(s)}`
}

function pairOf(o: number, v: number, l: number, t: number, u: number): [string | null, number] {
  if (o === 3) return [null, 0]
  if (v) return [`${'sdq'.charAt(o)}${t}, ${'sdq'.charAt(o)}${u}`, 4 * 2 ** o]
  if (o === 1) return [`${x(t)}, ${x(u)}`, l ? 4 : 8]
  return [`${reg(o, t)}, ${reg(o, u)}`, o ? 8 : 4]
}
