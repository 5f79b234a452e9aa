import { breakMeaning } from '../break.ts'
import { condition, hex, reg, relative, signed, x, xsp } from './operand.ts'
import { row, type Row } from './pattern.ts'
import { SYSTEM } from './system.ts'

/** Where the pc comes from and goes to: branches, exceptions (Arm ARM C4.1, op0 = 101x). */
export const BRANCH: readonly Row[] = [
  row('o 00101 iiiiiiiiiiiiiiiiiiiiiiiiii', ({ o, i }) => `${o ? 'bl' : 'b'} ${relative(signed(i, 26) * 4)}`),
  row('0101010 0 iiiiiiiiiiiiiiiiiii o cccc', ({ i, o, c }) => {
    return `${o ? 'bc' : 'b'}.${condition(c)} ${relative(signed(i, 19) * 4)}`
  }),
  row('s 011010 o iiiiiiiiiiiiiiiiiii ttttt', ({ s, o, i, t }) => {
    return `${o ? 'cbnz' : 'cbz'} ${reg(s, t)}, ${relative(signed(i, 19) * 4)}`
  }),
  row('s 011011 o bbbbb iiiiiiiiiiiiii ttttt', ({ s, o, b, i, t }) => {
    return `${o ? 'tbnz' : 'tbz'} ${reg(s, t)}, #${s * 32 + b}, ${relative(signed(i, 14) * 4)}`
  }),
  row('1101011 0000 11111 000000 nnnnn 00000', ({ n }) => `br ${x(n)}`),
  row('1101011 0001 11111 000000 nnnnn 00000', ({ n }) => `blr ${x(n)}`),
  row('1101011 0010 11111 000000 nnnnn 00000', ({ n }) => (n === 30 ? 'ret' : `ret ${x(n)}`)),
  row('1101011 0100 11111 000000 11111 00000', () => 'eret'),
  row('1101011 0101 11111 000000 11111 00000', () => 'drps'),
  // Authenticated first: FEAT_PAuth
  row('1101011 000 o 11111 00001 k nnnnn 11111', ({ o, k, n }) => {
    return `${o ? 'blraa' : 'braa'}z ${x(n)}`.replace('aa', k ? 'ab' : 'aa')
  }),
  row('1101011 100 o 11111 00001 k nnnnn mmmmm', ({ o, k, n, m }) => {
    return `${o ? 'blr' : 'br'}${k ? 'ab' : 'aa'} ${x(n)}, ${xsp(m)}`
  }),
  row('1101011 0010 11111 00001 k 11111 11111', ({ k }) => `reta${k ? 'b' : 'a'}`),
  row('1101011 0100 11111 00001 k 11111 11111', ({ k }) => `ereta${k ? 'b' : 'a'}`),
  row('11010100 000 iiiiiiiiiiiiiiii 00001', ({ i }) => ({
    text: `svc ${hex(i)}`,
    meaning: 'a system call',
  })),
  row('11010100 000 iiiiiiiiiiiiiiii 00010', ({ i }) => ({
    text: `hvc ${hex(i)}`,
    meaning: 'a call to the hypervisor',
  })),
  row('11010100 000 iiiiiiiiiiiiiiii 00011', ({ i }) => ({
    text: `smc ${hex(i)}`,
    meaning: 'a call to the firmware',
  })),
  row('11010100 001 iiiiiiiiiiiiiiii 00000', ({ i }) => {
    const meaning = breakMeaning(i)
    return { text: `brk ${hex(i)}`, ...(meaning !== null && { meaning }) }
  }),
  row('11010100 010 iiiiiiiiiiiiiiii 00000', ({ i }) => ({
    text: `hlt ${hex(i)}`,
    meaning: 'halts for a debugger',
  })),
  row('11010100 101 iiiiiiiiiiiiiiii 000 ll', ({ i, l }) => {
    return l === 0 ? null : `dcps${l}${i === 0 ? '' : ` ${hex(i)}`}`
  }),
  ...SYSTEM,
]
