import type { Oops } from '../../report.ts'
import { hexAfter } from '../../text.ts'
import type { Family } from '../family.ts'

const address = (message: string, oops: Oops) => {
  oops.arch = 'x86'
  oops.address = hexAfter(message, 'address: ') ?? hexAfter(message, ' at ')
}

const x86 = (_message: string, oops: Oops) => {
  oops.arch = 'x86'
}

const powerpc = (message: string, oops: Oops) => {
  oops.arch = 'powerpc'
  oops.address = hexAfter(message, ' at ') ?? hexAfter(message, 'address ')
}

/** Other architectures' heads: typed and titled. */
export const FOREIGN: readonly Family[] = [
  // arch/x86/mm/fault.c, show_fault_oops(): since 5.1, and before
  {
    prefix: 'BUG: kernel NULL pointer dereference, address: ',
    kind: 'null-deref',
    symbol: 'pc',
    fatal: true,
    read: address,
  },
  {
    prefix: 'BUG: unable to handle kernel NULL pointer dereference',
    kind: 'null-deref',
    symbol: 'pc',
    fatal: true,
    read: address,
  },
  { prefix: 'BUG: unable to handle ', kind: 'paging-fault', symbol: 'pc', fatal: true, read: address },
  // arch/x86/kernel/traps.c: `%s: %04lx [#%d]`, with `Oops: ` in front since 6.10. A user's has no die count.
  ...['', 'Oops: '].flatMap((oops): Family[] => [
    {
      ...{
        prefix: `${oops}general protection fault`,
        with: '[#',
        kind: 'internal-error',
        symbol: 'pc',
        fatal: true,
      },
      ...{ name: 'general protection fault', read: x86 },
    },
    {
      ...{
        prefix: `${oops}invalid opcode: `,
        with: '[#',
        kind: 'undefined-instruction',
        symbol: 'pc',
        fatal: true,
      },
      ...{ joins: true, read: x86 },
    },
    ...[
      'divide error',
      'double fault',
      'stack segment',
      'int3',
      'bounds',
      'alignment check',
      'trap invalid',
      'segment not present',
      'invalid TSS',
      'coprocessor',
      'control protection',
    ].map((name): Family => ({
      ...{ prefix: `${oops}${name}: `, with: '[#', kind: 'internal-error', name, symbol: 'pc', fatal: true },
      read: x86,
    })),
  ]),
  {
    prefix: 'PANIC: double fault',
    kind: 'internal-error',
    name: 'double fault',
    symbol: 'pc',
    fatal: true,
    read: x86,
  },
  {
    prefix: 'traps: PANIC: double fault',
    kind: 'internal-error',
    name: 'double fault',
    symbol: 'pc',
    fatal: true,
    read: x86,
  },
  // arch/x86/kernel/dumpstack.c, __die(): `Oops: 0002 [#1] SMP`; arch/powerpc, `Oops: Kernel access of bad area, sig: 11 [#1]`
  {
    prefix: 'Oops: ',
    with: '[#',
    kind: 'internal-error',
    name: 'oops',
    symbol: 'pc',
    fatal: true,
    joins: true,
  },
  // arch/powerpc/mm/fault.c, bad_page_fault(): `BUG: Kernel NULL pointer dereference on read at 0x…` since 5.x
  {
    prefix: 'BUG: Kernel NULL pointer dereference',
    kind: 'null-deref',
    symbol: 'pc',
    fatal: true,
    read: powerpc,
  },
  { prefix: 'BUG: Unable to handle kernel ', kind: 'paging-fault', symbol: 'pc', fatal: true, read: powerpc },
  {
    prefix: 'Unable to handle kernel paging request for ',
    kind: 'paging-fault',
    symbol: 'pc',
    fatal: true,
    read: powerpc,
  },
  // arch/riscv/kernel/traps.c, die(): `Oops [#1]`, `Kernel BUG [#1]`, `Oops - illegal instruction [#1]`
  { prefix: 'Oops [#', kind: 'internal-error', name: 'oops', symbol: 'pc', fatal: true, joins: true },
  {
    prefix: 'Oops - ',
    with: '[#',
    kind: 'internal-error',
    name: 'oops',
    symbol: 'pc',
    fatal: true,
    joins: true,
  },
  { prefix: 'Kernel BUG [#', kind: 'bug', symbol: 'pc', fatal: true, joins: true },
]
