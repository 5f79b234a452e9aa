import { hexAfter } from '../../text.ts'
import type { Oops } from '../../report.ts'
import type { Family } from '../family.ts'
import { decodedEsr } from '../esr.ts'

const faultAddress = (message: string, oops: Oops) => {
  oops.address = hexAfter(message, 'at virtual address ') ?? hexAfter(message, 'at ')
  if (message.includes(' read ')) oops.access = 'read'
  else if (message.includes(' write ')) oops.access = 'write'
  else if (message.includes(' execut')) oops.access = 'execute'
}

/** `synchronous external abort (0x96000210) at 0x0000007f92345000`: the syndrome in brackets, then the address. */
const abort = (message: string, oops: Oops) => {
  oops.address = hexAfter(message, ' at ')
  oops.esr = decodedEsr(hexAfter(message, '('), oops)
}

/** `Bad mode in Error handler detected on CPU1, code 0xbf000000 -- SError`, `… exception on CPU0, ESR 0x…, …` */
const exception = (message: string, oops: Oops) => {
  oops.esr = decodedEsr(hexAfter(message, 'code 0x') ?? hexAfter(message, 'ESR 0x'), oops)
}

/** A fault, an abort, an exception that arm64 (and arm32, where it says the same) takes in the kernel. */
export const MEMORY: readonly Family[] = [
  // arch/arm64/mm/fault.c, die_kernel_fault() (__do_kernel_fault() before 4.20), arch/arm/mm/fault.c: all versions
  {
    prefix: 'Unable to handle kernel NULL pointer dereference',
    kind: 'null-deref',
    symbol: 'pc',
    fatal: true,
    read: faultAddress,
  },
  // the same: paging request; read from unreadable memory, write to read-only memory (since 4.8), access to user
  // memory outside uaccess routines (4.14), execute from non-executable memory (4.16), access to user memory with fs=
  {
    prefix: 'Unable to handle kernel ',
    with: ' at virtual address',
    kind: 'paging-fault',
    symbol: 'pc',
    fatal: true,
    read: faultAddress,
  },
  // arch/arm64/mm/fault.c, do_mem_abort() until 4.19: `Unhandled fault: %s (0x%08x) at 0x%016lx`, with the name of
  // fault_info. arch/arm/mm/fault.c, do_DataAbort(): all versions. The IPMMU's `Unhandled fault: status` is no crash.
  {
    prefix: 'Unhandled fault: alignment',
    with: ' at 0x',
    kind: 'alignment',
    symbol: 'pc',
    fatal: true,
    read: abort,
  },
  {
    prefix: 'Unhandled fault: ',
    with: 'external abort',
    kind: 'external-abort',
    symbol: 'pc',
    fatal: true,
    read: abort,
  },
  {
    prefix: 'Unhandled fault: ',
    with: '(0x',
    without: 'iova',
    kind: 'paging-fault',
    name: 'unhandled fault',
    symbol: 'pc',
    fatal: true,
    read: abort,
  },
  // arch/arm/mm/fault.c, do_PrefetchAbort()
  { prefix: 'Unhandled prefetch abort: ', kind: 'external-abort', symbol: 'pc', fatal: true, read: abort },
  // arch/arm64/mm/fault.c, do_sea(), 4.12 to 4.19
  { prefix: 'Synchronous External Abort: ', kind: 'external-abort', symbol: 'pc', fatal: true, read: abort },
  // arch/arm64/kernel/traps.c, arm64_serror_panic(): since 4.16; `code 0x%016lx` since 5.18
  { prefix: 'SError Interrupt on CPU', kind: 'serror', symbol: 'pc', fatal: true, read: exception },
  // arch/arm64/kernel/traps.c, bad_mode() until 5.13: the handler says what it was
  { prefix: 'Bad mode in Error handler', kind: 'serror', symbol: 'pc', fatal: true, read: exception },
  {
    prefix: 'Bad mode in ',
    with: ' handler',
    kind: 'internal-error',
    name: 'bad mode',
    symbol: 'pc',
    fatal: true,
    read: exception,
  },
  // arch/arm64/kernel/entry-common.c, __panic_unhandled() since 5.13: `Unhandled 64-bit el1h sync exception on CPU0, ESR 0x…`
  {
    prefix: 'Unhandled ',
    with: ' exception on CPU',
    kind: 'internal-error',
    name: 'unhandled exception',
    symbol: 'pc',
    fatal: true,
    read: exception,
  },
  // arch/arm64/kernel/traps.c, panic_bad_stack(): since 4.14
  {
    prefix: 'Insufficient stack space to handle exception!',
    kind: 'stack-overflow',
    symbol: 'pc',
    fatal: true,
  },
  // arch/x86/kernel/traps.c, handle_stack_overflow(): 4.9 to 5.17 and later
  { prefix: 'BUG: stack guard page was hit at ', kind: 'stack-overflow', symbol: 'pc', fatal: true },
  { prefix: 'BUG: TASK stack guard page was hit at ', kind: 'stack-overflow', symbol: 'pc', fatal: true },
  { prefix: 'BUG: IRQ stack guard page was hit at ', kind: 'stack-overflow', symbol: 'pc', fatal: true },
  // arch/arm64/kernel/traps.c, __die(): all versions; arch/arm/kernel/traps.c. What follows says which exception it was.
  { prefix: 'Internal error: Oops - BUG', kind: 'bug', symbol: 'pc', fatal: true, joins: true },
  {
    prefix: 'Internal error: Oops - bad mode',
    kind: 'internal-error',
    name: 'bad mode',
    symbol: 'pc',
    fatal: true,
    joins: true,
  },
  // do_undefinstr(): `Oops - undefined instruction` until 4.20 and on arm32, `Oops - Undefined instruction` since 5.19
  {
    prefix: 'Internal error: Oops - undefined instruction',
    kind: 'undefined-instruction',
    symbol: 'pc',
    fatal: true,
    joins: true,
  },
  {
    prefix: 'Internal error: Oops - Undefined instruction',
    kind: 'undefined-instruction',
    symbol: 'pc',
    fatal: true,
    joins: true,
  },
  // do_bti() since 5.8; do_ptrauth_fault(), do_el1_fpac() since 5.13; do_el1_gcs() since 6.13
  { prefix: 'Internal error: Oops - BTI', kind: 'bti', symbol: 'pc', fatal: true, joins: true },
  {
    prefix: 'Internal error: Oops - FPAC',
    kind: 'bti',
    name: 'fpac',
    symbol: 'pc',
    fatal: true,
    joins: true,
  },
  {
    prefix: 'Internal error: ptrauth fault',
    kind: 'bti',
    name: 'fpac',
    symbol: 'pc',
    fatal: true,
    joins: true,
  },
  { prefix: 'Internal error: Oops - GCS', kind: 'bti', name: 'gcs', symbol: 'pc', fatal: true, joins: true },
  // cfi_handler() since 6.1, kasan_handler() and ubsan_handler(): the debug checks that are brk instructions
  {
    prefix: 'Internal error: Oops - CFI',
    kind: 'other',
    name: 'cfi failure',
    symbol: 'pc',
    fatal: true,
    joins: true,
  },
  { prefix: 'Internal error: Oops - KASAN', kind: 'kasan', symbol: 'pc', fatal: true, joins: true },
  {
    prefix: 'Internal error: UBSAN',
    kind: 'ubsan',
    nameOf: afterInternalError,
    symbol: 'pc',
    fatal: true,
    joins: true,
  },
  { prefix: 'Internal error: KASAN', kind: 'kasan', symbol: 'pc', fatal: true, joins: true },
  { prefix: 'Internal error: SP/PC alignment', kind: 'alignment', symbol: 'pc', fatal: true, joins: true },
  {
    prefix: 'Internal error: synchronous external abort',
    kind: 'external-abort',
    symbol: 'pc',
    fatal: true,
    joins: true,
  },
  {
    prefix: 'Internal error: synchronous parity',
    kind: 'external-abort',
    symbol: 'pc',
    fatal: true,
    joins: true,
  },
  {
    prefix: 'Internal error: level ',
    with: 'external abort',
    kind: 'external-abort',
    symbol: 'pc',
    fatal: true,
    joins: true,
  },
  {
    prefix: 'Internal error: synchronous tag check fault',
    kind: 'kasan',
    symbol: 'pc',
    fatal: true,
    joins: true,
  },
  { prefix: 'Internal error: alignment fault', kind: 'alignment', symbol: 'pc', fatal: true, joins: true },
  { prefix: 'Internal error: ', with: '[#', kind: 'internal-error', symbol: 'pc', fatal: true, joins: true },
]

/** `Internal error: UBSAN: array index out of bounds: 00000000f2005512 [#1]` → `ubsan: array index out of bounds` */
function afterInternalError(message: string): string {
  const [, words = ''] = message.slice('Internal error: '.length).split(': ', 2)
  return `ubsan: ${words.trim()}`
}
