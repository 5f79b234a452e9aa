import type { Oops, OopsKind } from '../report.ts'
import { after, between, hexAfter, numberAfter } from '../text.ts'
import { parseSymbol } from './symbol.ts'

/** How a crash announces itself. The first row whose prefix the message has is taken. */
export interface Header {
  prefix: string
  /** Must be in the message too: tells a kernel's line from another sentence with the same start. */
  with?: string
  kind: OopsKind
  /** What the title starts with, if not the kind. */
  name?: string
  /**
   * Printed after other lines of the same crash: does not open a second one. `Internal error:` follows the fault's own
   * line in __die(), and stands alone for undefined instructions and the like.
   */
  joins?: true
  read?(message: string, oops: Oops): void
}

const faultAddress = (message: string, oops: Oops) => {
  oops.address = hexAfter(message, 'at virtual address ')
}

export const HEADERS: readonly Header[] = [
  // arch/arm64/mm/fault.c, die_kernel_fault() (__do_kernel_fault() before 4.20): all versions
  {
    prefix: 'Unable to handle kernel NULL pointer dereference at virtual address ',
    kind: 'null-deref',
    read: faultAddress,
  },
  // the same: paging request; read from unreadable memory, write to read-only memory (since 4.8) and so on
  {
    prefix: 'Unable to handle kernel ',
    with: ' at virtual address ',
    kind: 'paging-fault',
    read: faultAddress,
  },
  // lib/bug.c, __report_bug(): all versions; capital K if CONFIG_DEBUG_BUGVERBOSE is off
  { prefix: 'kernel BUG at ', kind: 'bug' },
  { prefix: 'Kernel BUG at ', kind: 'bug' },
  // arch/arm64/kernel/traps.c, arm64_serror_panic(): since 4.16
  { prefix: 'SError Interrupt on CPU', kind: 'other', name: 'serror' },
  // arch/arm64/kernel/traps.c, __die(): all versions
  { prefix: 'Internal error: Oops - BUG', kind: 'bug', joins: true },
  { prefix: 'Internal error: ', kind: 'internal-error', joins: true },
  // What the debug flavour's checks find; none of them has an end line.
  // mm/kasan/report.c, print_error_description(): since 4.0; ` in %pS`, after a line of ===
  { prefix: 'BUG: KASAN: ', kind: 'bug', name: 'kasan', read: readPlace },
  // kernel/sched/core.c, __might_resched(), __schedule_bug(): all versions
  {
    prefix: 'BUG: sleeping function called from invalid context at ',
    kind: 'bug',
    name: 'sleeping in atomic',
  },
  { prefix: 'BUG: scheduling while atomic: ', kind: 'bug', name: 'scheduling while atomic' },
  // kernel/locking/spinlock_debug.c, spin_dump()
  { prefix: 'BUG: spinlock ', kind: 'bug', name: 'spinlock' },
  // kernel/locking/lockdep.c, the heads of its reports: all versions
  ...[
    'WARNING: possible circular locking dependency detected',
    'WARNING: possible recursive locking detected',
    'WARNING: possible irq lock inversion dependency detected',
    'WARNING: inconsistent lock state',
    'WARNING: bad unlock balance detected!',
    'WARNING: suspicious RCU usage',
  ].map(prefix => ({
    prefix,
    kind: 'warning' as const,
    name: `lockdep: ${prefix.replace(/^WARNING: | detected!?$/g, '')}`,
  })),
  // kernel/panic.c, __warn(): `WARNING: CPU: 1 PID: 1 at file:line symbol`
  { prefix: 'WARNING: CPU: ', kind: 'warning', read: readWarning },
  // the same in 7.0: `WARNING: file:line at symbol, CPU#1: comm/pid`
  { prefix: 'WARNING: ', with: ', CPU#', kind: 'warning', read: readWarningWithSymbol },
]

/** kernel/panic.c, vpanic() */
export const PANIC = 'Kernel panic - not syncing: '
/** kernel/panic.c, print_oops_end_marker(): ends an oops and a WARN alike */
export const END_TRACE = '---[ end trace '
/** kernel/panic.c, vpanic(): not printed if panic= makes it reset */
export const END_PANIC = '---[ end Kernel panic - not syncing'
/** arch/arm64/kernel/stacktrace.c, dump_backtrace() */
export const CALL_TRACE = 'call trace:'
/** arch/arm64/kernel/traps.c, dump_kernel_instr(): printed after the call trace */
export const CODE = 'Code: '

/** A fact in the body of a crash: printed once, so the first one counts. */
export interface Field {
  prefix: string
  read(rest: string, oops: Oops): void
}

export const FIELDS: readonly Field[] = [
  // arch/arm64/kernel/process.c, __show_regs(): `pc : %pS` since 4.16, `PC is at %pS` before
  { prefix: 'pc : ', read: (rest, oops) => (oops.pc ??= parseSymbol(rest)) },
  { prefix: 'lr : ', read: (rest, oops) => (oops.lr ??= parseSymbol(rest)) },
  { prefix: 'PC is at ', read: (rest, oops) => (oops.pc ??= parseSymbol(rest)) },
  { prefix: 'LR is at ', read: (rest, oops) => (oops.lr ??= parseSymbol(rest)) },
  // mm/kasan/report.c, kasan_non_canonical_hook(): a check of KASAN's is what faulted, at the shadow of this address
  { prefix: 'KASAN: null-ptr-deref in range [', read: readShadowed },
  // lib/dump_stack.c, dump_stack_print_info(): all versions; `UID: 0` since 6.12
  { prefix: 'CPU: ', read: readTask },
  { prefix: 'Hardware name: ', read: (rest, oops) => (oops.hardware ??= rest.trimEnd()) },
  // kernel/workqueue.c, print_worker_info()
  { prefix: 'Workqueue: ', read: (rest, oops) => (oops.workqueue ??= rest.trimEnd()) },
]

// `2 PID: 51 Comm: kworker/2:1 Not tainted 4.20.0`, `1 UID: 0 PID: 587 Comm: x Kdump: loaded Tainted: G        W  7.0.0`
function readTask(rest: string, oops: Oops): void {
  if (oops.comm !== null) return
  oops.cpu ??= numberAfter(`CPU: ${rest}`, 'CPU: ')
  oops.pid ??= numberAfter(rest, 'PID: ')
  const comm = after(rest, 'Comm: ')
  if (comm === null) return
  const ends = [' Kdump: loaded', ' Not tainted', ' Tainted: ']
    .map(mark => comm.indexOf(mark))
    .filter(at => at >= 0)
  oops.comm = comm.slice(0, ends.length > 0 ? Math.min(...ends) : comm.length).trimEnd()
  oops.tainted ??= comm.includes(' Not tainted') ? 'Not tainted' : taintLetters(comm)
}

// kernel/panic.c, print_tainted(): a column a flag, blank if it is not set
function taintLetters(text: string): string | null {
  const flags = after(text, ' Tainted: ')
  if (flags === null) return null
  return flags
    .split(' ', 32)
    .filter(word => /^[A-Z]{1,20}$/.test(word))
    .join(' ')
}

function readPlace(message: string, oops: Oops): void {
  oops.pc = parseSymbol(after(message, ' in ') ?? '')
}

// `0x0000000000000040-0x0000000000000047]`
function readShadowed(rest: string, oops: Oops): void {
  if (oops.kind !== 'paging-fault') return
  oops.kind = 'null-deref'
  oops.address = hexAfter(` ${rest}`, ' ')
}

function readWarning(message: string, oops: Oops): void {
  oops.cpu = numberAfter(message, 'CPU: ')
  oops.pid = numberAfter(message, 'PID: ')
  const place = after(message, ' at ') ?? ''
  oops.pc = parseSymbol(place) ?? parseSymbol(after(place, ' ') ?? '')
}

function readWarningWithSymbol(message: string, oops: Oops): void {
  oops.pc = parseSymbol(after(message, ' at ') ?? '')
  oops.cpu = numberAfter(message, ', CPU#')
  const task = between(message, ', CPU#', '\n')?.split(': ')[1] ?? ''
  const slash = task.lastIndexOf('/')
  if (slash > 0) oops.pid = numberAfter(task.slice(slash), '/')
}
