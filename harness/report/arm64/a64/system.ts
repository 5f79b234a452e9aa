import { hex, x } from './operand.ts'
import { row, type Decoded, type Row } from './pattern.ts'
import { systemRegister } from './system-register.ts'

/** Hints, by number; the others are `hint #n` (Arm ARM C6.2, HINT). */
const HINTS: Readonly<Record<number, string | Decoded>> = {
  ...{ 0: 'nop', 1: 'yield', 2: 'wfe', 3: 'wfi', 4: 'sev', 5: 'sevl', 7: 'xpaclri' },
  ...{ 8: 'pacia1716', 10: 'pacib1716', 12: 'autia1716', 14: 'autib1716' },
  ...{ 16: 'esb', 17: 'psb csync', 18: 'tsb csync', 20: 'csdb', 22: 'clearbhb' },
  24: 'paciaz',
  25: { text: 'paciasp', meaning: 'signs the return address' },
  26: 'pacibz',
  27: { text: 'pacibsp', meaning: 'signs the return address' },
  28: 'autiaz',
  29: { text: 'autiasp', meaning: 'checks the signature of the return address' },
  30: 'autibz',
  31: { text: 'autibsp', meaning: 'checks the signature of the return address' },
  32: 'bti',
  34: { text: 'bti c', meaning: 'where an indirect call may land' },
  36: { text: 'bti j', meaning: 'where an indirect jump may land' },
  38: { text: 'bti jc', meaning: 'where an indirect call or jump may land' },
}

/** Which accesses a barrier orders; of dsb and dmb. */
const BARRIERS: readonly (string | undefined)[] = [
  ...[undefined, 'oshld', 'oshst', 'osh', undefined, 'nshld', 'nshst', 'nsh'],
  ...[undefined, 'ishld', 'ishst', 'ish', undefined, 'ld', 'st', 'sy'],
]

/** Fields of the processor state that msr sets with an immediate, by `op1 op2`. */
const STATE: Readonly<Record<string, { name: string; most: number }>> = {
  '0 3': { name: 'uao', most: 1 },
  '0 4': { name: 'pan', most: 1 },
  '0 5': { name: 'spsel', most: 1 },
  '1 0': { name: 'allint', most: 1 },
  '3 1': { name: 'ssbs', most: 1 },
  '3 2': { name: 'dit', most: 1 },
  '3 4': { name: 'tco', most: 1 },
  '3 6': { name: 'daifset', most: 15 },
  '3 7': { name: 'daifclr', most: 15 },
}

/**
 * Cache, TLB and translation instructions: `op1 CRn CRm: name…`, the n-th name is op2 = n (Arm ARM C5.4). `!`: takes no
 * register.
 */
const OPERATIONS = `
  0 7 1: ic.ialluis!
  0 7 5: ic.iallu!
  0 7 6: - dc.ivac dc.isw dc.igvac dc.igsw dc.igdvac dc.igdsw
  0 7 8: at.s1e1r at.s1e1w at.s1e0r at.s1e0w
  0 7 9: at.s1e1rp at.s1e1wp
  0 7 10: - - dc.csw - dc.cgsw - dc.cgdsw
  0 7 14: - - dc.cisw - dc.cigsw - dc.cigdsw
  0 8 1: tlbi.vmalle1os! tlbi.vae1os tlbi.aside1os tlbi.vaae1os - tlbi.vale1os - tlbi.vaale1os
  0 8 2: - tlbi.rvae1is - tlbi.rvaae1is - tlbi.rvale1is - tlbi.rvaale1is
  0 8 3: tlbi.vmalle1is! tlbi.vae1is tlbi.aside1is tlbi.vaae1is - tlbi.vale1is - tlbi.vaale1is
  0 8 5: - tlbi.rvae1os - tlbi.rvaae1os - tlbi.rvale1os - tlbi.rvaale1os
  0 8 6: - tlbi.rvae1 - tlbi.rvaae1 - tlbi.rvale1 - tlbi.rvaale1
  0 8 7: tlbi.vmalle1! tlbi.vae1 tlbi.aside1 tlbi.vaae1 - tlbi.vale1 - tlbi.vaale1
  3 7 3: - - - - cfp.rctx dvp.rctx - cpp.rctx
  3 7 4: - dc.zva - dc.gva dc.gzva
  3 7 5: - ic.ivau
  3 7 10: - dc.cvac - dc.cgvac - dc.cgdvac
  3 7 11: - dc.cvau
  3 7 12: - dc.cvap - dc.cgvap - dc.cgdvap
  3 7 13: - dc.cvadp - dc.cgvadp - dc.cgdvadp
  3 7 14: - dc.civac - dc.cigvac - dc.cigdvac
  4 7 8: at.s1e2r at.s1e2w - - at.s12e1r at.s12e1w at.s12e0r at.s12e0w
  4 8 0: - tlbi.ipas2e1is tlbi.ripas2e1is - - tlbi.ipas2le1is tlbi.ripas2le1is
  4 8 1: tlbi.alle2os! tlbi.vae2os - - tlbi.alle1os! tlbi.vale2os tlbi.vmalls12e1os!
  4 8 2: - tlbi.rvae2is - - - tlbi.rvale2is
  4 8 3: tlbi.alle2is! tlbi.vae2is - - tlbi.alle1is! tlbi.vale2is tlbi.vmalls12e1is!
  4 8 4: tlbi.ipas2e1os tlbi.ipas2e1 tlbi.ripas2e1 tlbi.ripas2e1os tlbi.ipas2le1os tlbi.ipas2le1 tlbi.ripas2le1 tlbi.ripas2le1os
  4 8 5: - tlbi.rvae2os - - - tlbi.rvale2os
  4 8 6: - tlbi.rvae2 - - - tlbi.rvale2
  4 8 7: tlbi.alle2! tlbi.vae2 - - tlbi.alle1! tlbi.vale2 tlbi.vmalls12e1!
  6 7 8: at.s1e3r at.s1e3w
  6 7 14: - dc.cipapa - - - dc.cigdpapa
  6 8 1: tlbi.alle3os! tlbi.vae3os - - tlbi.paallos! tlbi.vale3os
  6 8 2: - tlbi.rvae3is - - - tlbi.rvale3is
  6 8 3: tlbi.alle3is! tlbi.vae3is - - - tlbi.vale3is
  6 8 4: - - - tlbi.rpaos - - - tlbi.rpalos
  6 8 5: - tlbi.rvae3os - - - tlbi.rvale3os
  6 8 6: - tlbi.rvae3 - - - tlbi.rvale3
  6 8 7: tlbi.alle3! tlbi.vae3 - - tlbi.paall! tlbi.vale3
`

const BY_KEY = new Map<number, string>()
for (const line of OPERATIONS.trim().split('\n')) {
  const [encoding = '', names = ''] = line.trim().split(': ')
  const [op1 = 0, crn = 0, crm = 0] = encoding.split(' ').map(Number)
  for (const [op2, name] of names.split(' ').entries()) {
    if (name !== '-') BY_KEY.set((op1 << 11) | (crn << 7) | (crm << 3) | op2, name)
  }
}

/** Caches, TLBs, system registers, barriers, hints (Arm ARM C4.1, op0 = 101x, `1101010100`). */
export const SYSTEM: readonly Row[] = [
  row('1101010100 000 011 0010 hhhhhhh 11111', ({ h }) => HINTS[h] ?? `hint ${hex(h)}`),
  row('1101010100 000 011 0001 0000 00 o ttttt', ({ o, t }) => `${o ? 'wfit' : 'wfet'} ${x(t)}`),
  row('1101010100 000 011 0011 cccc 010 11111', ({ c }) => `clrex${c === 15 ? '' : ` ${hex(c)}`}`),
  row('1101010100 000 011 0011 cc 10 001 11111', ({ c }) => `dsb ${['osh', 'nsh', 'ish', 'sy'][c] ?? ''}nxs`),
  row('1101010100 000 011 0011 cccc 100 11111', ({ c }) => {
    if (c === 0 || c === 4) return c === 0 ? 'ssbb' : 'pssbb'
    return `dsb ${barrier(c)}`
  }),
  row('1101010100 000 011 0011 cccc 101 11111', ({ c }) => `dmb ${barrier(c)}`),
  row('1101010100 000 011 0011 cccc 110 11111', ({ c }) => `isb${c === 15 ? '' : ` ${hex(c)}`}`),
  row('1101010100 000 011 0011 0000 111 11111', () => 'sb'),
  row('1101010100 000 000 0100 0000 0 oo 11111', ({ o }) => ['cfinv', 'xaflag', 'axflag'][o] ?? null),
  row('1101010100 000 011 0100 0 mm i 011 11111', ({ m, i }) => {
    return m === 0 ? null : `${i ? 'smstart' : 'smstop'}${['', ' sm', ' za', ''][m] ?? ''}`
  }),
  row('1101010100 000 ppp 0100 cccc ooo 11111', ({ p, c, o }) => {
    const field = STATE[`${p} ${o}`]
    return field && c <= field.most ? `msr ${field.name}, ${hex(c)}` : null
  }),
  row('1101010100 l 01 ppp nnnn mmmm ooo ttttt', ({ l, p, n, m, o, t }) => operation(l, p, n, m, o, t)),
  row('1101010100 l eeeeeeeeeeeeeeee ttttt', ({ l, e, t }) => {
    if (e >> 14 === 1) return null
    const name = systemRegister(e, l === 1)
    return l ? `mrs ${x(t)}, ${name}` : `msr ${name}, ${x(t)}`
  }),
]

function operation(l: number, p: number, n: number, m: number, o: number, t: number): Decoded | string {
  const name = l ? undefined : BY_KEY.get((p << 11) | (n << 7) | (m << 3) | o)
  if (name?.endsWith('!')) return name.slice(0, -1).replace('.', ' ')
  if (name !== undefined) {
    const [family = '', what = ''] = name.split('.')
    const text = `${family} ${what}, ${x(t)}`
    // By virtual address: these fault as a load or a store does.
    const touches = family === 'dc' && !what.endsWith('sw') && !what.endsWith('papa')
    if (!touches && what !== 'ivau') return text
    const access = what.endsWith('zva') || what === 'gva' ? 'store' : 'load'
    const memory = { access, base: x(t), index: null, displacement: 0n, size: null } as const
    return { text, memory, meaning: OF_CACHES[what] ?? 'cleans or throws away cache lines' }
  }
  const operands = `#${p}, C${n}, C${m}, #${o}`
  if (l) return `sysl ${x(t)}, ${operands}`
  return `sys ${operands}${t === 31 ? '' : `, ${x(t)}`}`
}

const OF_CACHES: Readonly<Record<string, string>> = {
  zva: 'clears a block of memory (memset, clear_page)',
  gva: 'tags a block of memory',
  gzva: 'tags and clears a block of memory',
  ivac: 'throws away a cache line: DMA from a device (dcache_inval_poc)',
  cvac: 'cleans a cache line: DMA to a device (dcache_clean_poc)',
  civac: 'cleans and throws away a cache line: DMA (dcache_clean_inval_poc)',
  cvau: 'cleans a cache line for code to be run',
  ivau: 'throws away a line of the instruction cache',
}

function barrier(kind: number): string {
  return BARRIERS[kind] ?? `#0x${kind.toString(16).padStart(2, '0')}`
}
