import { readCode } from '../arm64/code.ts'
import { readTaints } from '../arm64/taint.ts'
import { LIMITS } from '../limits.ts'
import type { Oops } from '../report.ts'
import { after, between, hexAfter, hexAt, numberAfter } from '../text.ts'
import { decodedEsr } from './esr.ts'
import { suspicious } from './families/locks.ts'
import type { Open } from './open.ts'
import { parsePlace } from './symbol.ts'

/** A fact in the body of a crash: printed once, so the first one counts. */
export interface Field {
  prefix: string
  with?: string
  /** Which crash the line is of, where two are printed at once: the one that lacks this. */
  lacks?(oops: Oops): boolean
  read(rest: string, open: Open, message: string): void
}

export const FIELDS: readonly Field[] = [
  // arch/arm64/kernel/process.c, __show_regs(): `pc : %pS` since 4.16; `PC is at %pS` and bare addresses before
  { prefix: 'pc : ', lacks: ({ pc }) => pc === null, read: programCounter },
  {
    prefix: 'lr : ',
    lacks: ({ lr }) => lr === null,
    read: (rest, { oops }) => (oops.lr ??= parsePlace(rest)),
  },
  { prefix: 'PC is at ', lacks: ({ pc }) => pc === null, read: programCounter },
  {
    prefix: 'LR is at ',
    lacks: ({ lr }) => lr === null,
    read: (rest, { oops }) => (oops.lr ??= parsePlace(rest)),
  },
  // arch/x86/kernel/dumpstack.c, show_ip(): `RIP: 0010:foo+0x1/0x2`, `RIP: 0010:[<ffff…>]  [<ffff…>] foo+0x1/0x2`; 0033 is a user's
  { prefix: 'RIP: ', read: instructionPointer },
  { prefix: 'EIP: ', read: instructionPointer },
  // arch/powerpc/kernel/process.c, show_regs()
  { prefix: 'NIP [', read: (rest, { oops }) => (oops.pc ??= parsePlace(after(rest, '] ') ?? '')) },
  { prefix: 'LR [', read: (rest, { oops }) => (oops.lr ??= parsePlace(after(rest, '] ') ?? '')) },
  // arch/arm64/mm/fault.c, mem_abort_decode(): since 4.14
  {
    prefix: 'ESR = ',
    lacks: ({ esr, fatal }) => fatal && esr === null,
    read: (rest, open) => setEsr(hexAt(rest, 0), open),
  },
  // arch/arm64/kernel/traps.c, __die(); arch/arm's ends in `ARM` or `THUMB2`
  { prefix: 'Internal error: ', read: (rest, open) => died(rest, open) },
  { prefix: 'Oops: ', with: '[#', read: (_rest, open, message) => died(message, open) },
  { prefix: 'invalid opcode: ', with: '[#', read: (_rest, open, message) => died(message, open) },
  // mm/kasan/report.c, kasan_non_canonical_hook(): a check of KASAN's is what faulted, at the shadow of this address
  { prefix: 'KASAN: null-ptr-deref in range [', read: shadowed },
  { prefix: 'KASAN: ', with: ' in range [', read: (rest, { oops }) => (oops.message ??= rest.trimEnd()) },
  // mm/kasan/report.c, print_error_description(): since 4.0; `Read of size 8 at addr ffff… by task comm/1`
  { prefix: 'Read of size ', read: (rest, { oops }) => access('read', rest, oops) },
  { prefix: 'Write of size ', read: (rest, { oops }) => access('write', rest, oops) },
  // kernel/kcsan/report.c: `write to 0xffff… of 2 bytes by task 1 on cpu 0:`
  { prefix: 'write', with: ' bytes by ', read: (rest, open, message) => race('write', message, open.oops) },
  { prefix: 'read', with: ' bytes by ', read: (rest, open, message) => race('read', message, open.oops) },
  // lib/dump_stack.c, dump_stack_print_info(): all versions; `UID: 0` since 6.12
  { prefix: 'CPU: ', lacks: ({ kernel }) => kernel === null, read: task },
  { prefix: 'CPU ', with: 'Comm: ', read: task },
  { prefix: 'Tainted: ', read: (rest, { oops }) => taints(rest, oops) },
  // `      Not tainted 5.9.0 #15` of a hung task; `4.14.0-rc3+ #22 Not tainted` of lockdep's box
  { prefix: 'Not tainted ', read: (rest, { oops }) => notTainted(rest, oops) },
  {
    prefix: 'Hardware name: ',
    lacks: ({ hardware }) => hardware === null,
    read: (rest, { oops }) => (oops.hardware ??= rest.trimEnd()),
  },
  // kernel/workqueue.c, print_worker_info()
  {
    prefix: 'Workqueue: ',
    lacks: ({ workqueue }) => workqueue === null,
    read: (rest, { oops }) => (oops.workqueue ??= rest.trimEnd()),
  },
  { prefix: 'Modules linked in:', read: modules },
  // arch/arm64/kernel/traps.c, dump_kernel_instr(): `Code: ` after the call trace; x86 prints it before, and a user's after
  { prefix: 'Code: ', lacks: ({ code, die }) => code === null && die !== null, read: code },
  // arch/arm64/kernel/process.c, until 5.x: `Process kworker/2:1 (pid: 51, stack limit = 0x…)`
  { prefix: 'Process ', with: ' (pid: ', read: process },
  // lib/smp_processor_id.c
  { prefix: 'caller is ', read: (rest, { oops }) => (oops.pc ??= parsePlace(rest)) },
  // include/linux/rcupdate.h, through lockdep_rcu_suspicious()
  { prefix: '', with: ' suspicious rcu_', read: (_rest, { oops }, message) => suspicious(message, oops) },
  // kernel/sched/core.c, __might_resched(): `in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 1, name: swapper/0`
  { prefix: 'in_atomic(): ', read: atomic },
  // mm/oom_kill.c; kernel/hung_task.c since 6.16: hints
  { prefix: 'Out of memory: Kill', read: (_rest, { oops }, message) => (oops.message ??= message) },
]

function programCounter(rest: string, { oops }: Open): void {
  const pc = parsePlace(rest)
  // A WARN's header has it, less what module and build id say.
  if (pc && (oops.pc === null || oops.pc.symbol === pc.symbol)) oops.pc = pc
  oops.arch ??= 'arm64'
  // A jump to where no function is: the address is all that there is.
  const address = pc ? null : hexAt(rest, 0)
  if (address !== null) oops.registers['pc'] ??= address
}

function instructionPointer(rest: string, open: Open): void {
  const { oops } = open
  oops.arch = 'x86'
  if (rest.startsWith('0033:') || rest.startsWith('0023:') || rest.startsWith('002b:')) {
    open.userRegisters = true
    return
  }
  const place = /^[0-9a-f]{4}:/i.test(rest) ? rest.slice(5) : rest
  oops.pc ??= parsePlace(place)
}

function setEsr(value: bigint | null, { oops }: Open): void {
  if (oops.esr || value === null) return
  oops.arch ??= 'arm64'
  oops.esr = decodedEsr(value, oops)
  if (oops.esr?.write !== null && oops.esr !== null) oops.access ??= oops.esr.write ? 'write' : 'read'
}

// `Oops: 96000004 [#1] PREEMPT SMP`, `Oops - BUG: 0 [#1] SMP`, arm32 `Oops: 5 [#1] ARM`: arm64 gives the syndrome
export function died(die: string, open: Open): void {
  const { oops } = open
  open.died = true
  oops.fatal = true
  oops.die ??= die.trimEnd()
  const end = die.indexOf(' [#')
  const word = end > 0 ? die.slice(die.lastIndexOf(' ', end - 1) + 1, end) : ''
  const digits = /^[0-9a-f]{8,16}$/.test(word)
  if (digits && oops.arch !== 'x86' && !/ ARM\b| THUMB2/.test(die)) setEsr(BigInt(`0x${word}`), open)
  else if (/ ARM\b| THUMB2/.test(die)) {
    oops.arch = 'arm'
    oops.esr = null
  }
}

// `0x0000000000000040-0x0000000000000047]`
function shadowed(rest: string, open: Open): void {
  const { oops } = open
  if (oops.kind !== 'paging-fault' && oops.kind !== 'internal-error') return
  oops.kind = 'null-deref'
  oops.address = hexAt(rest, 0)
}

function access(kind: 'read' | 'write', rest: string, oops: Oops): void {
  oops.access ??= kind
  oops.accessSize ??= numberAfter(` ${rest}`, ' ')
  oops.address ??= hexAfter(rest, ' at addr ')
  const task = after(rest, ' by task ')
  if (task === null) return
  const slash = task.lastIndexOf('/')
  if (slash <= 0) return
  oops.comm ??= task.slice(0, slash)
  oops.pid ??= numberAfter(task.slice(slash), '/')
}

function race(kind: 'read' | 'write', message: string, oops: Oops): void {
  oops.access ??= kind
  oops.address ??= hexAfter(message, ' to ')
  oops.accessSize ??= numberAfter(message, ' of ')
  oops.cpu ??= numberAfter(message, ' on cpu ')
}

// `2 PID: 51 Comm: kworker/2:1 Not tainted 4.20.0 #74`, `1 UID: 0 PID: 587 Comm: x Kdump: loaded Tainted: G        W  7.0.0 #1`
function task(rest: string, { oops }: Open, message: string): void {
  if (oops.kernel !== null) return
  oops.cpu ??= numberAfter(message, 'CPU: ') ?? numberAfter(message, 'CPU ')
  oops.pid ??= numberAfter(message, 'PID: ')
  const comm = after(rest, 'Comm: ')
  if (comm === null) return
  const ends = [' Kdump: loaded', ' Not tainted', ' Tainted: ', ' tainted: ']
    .map(mark => comm.indexOf(mark))
    .filter(at => at >= 0)
  oops.comm = comm.slice(0, ends.length > 0 ? Math.min(...ends) : comm.length).trimEnd()
  const clean = after(comm, ' Not tainted')
  if (clean !== null) notTainted(clean, oops)
  else taints(after(comm, ' Tainted: ') ?? '', oops)
}

function notTainted(rest: string, oops: Oops): void {
  oops.tainted ??= 'Not tainted'
  if (rest.trim() !== '') oops.kernel ??= release(rest)
}

// kernel/panic.c, print_tainted(): a column a flag, blank if it is not set; then the kernel's release
function taints(rest: string, oops: Oops): void {
  if (rest === '') return
  const read = readTaints(rest)
  if (oops.tainted === null && read.tainted !== '') [oops.tainted, oops.taints] = [read.tainted, read.taints]
  const words = rest.split(' ')
  const first = words.findIndex(word => /^\d{1,2}\.\d/.test(word))
  if (first !== -1) oops.kernel ??= release(words.slice(first).join(' '))
}

/** `7.0.0-rc3+ #1 PREEMPT(full)` → `7.0.0-rc3+ #1` */
function release(text: string): string {
  const [name = '', build = ''] = text.trim().split(' ', 2)
  return build.startsWith('#') ? `${name} ${build}` : name
}

function modules(rest: string, { oops }: Open): void {
  const names = rest.split('[last unloaded', 1)[0]?.split(' ') ?? []
  for (const name of names) {
    if (oops.modules.length >= LIMITS.modules) return
    // `foo(O+)`: taint letters, coming and going
    const plain = name.split('(', 1)[0]?.trim() ?? ''
    if (/^\w[\w-]{0,63}$/.test(plain)) oops.modules.push(plain)
  }
}

function code(rest: string, open: Open): void {
  open.sink = null
  if (open.userRegisters || open.oops.code) return
  open.oops.code = readCode(rest, open.oops.arch ?? 'arm64')
}

function process(rest: string, { oops }: Open): void {
  oops.comm ??= rest.slice(0, rest.indexOf(' (pid: '))
  oops.pid ??= numberAfter(rest, '(pid: ')
}

function atomic(rest: string, { oops }: Open): void {
  oops.pid ??= numberAfter(rest, 'pid: ')
  oops.comm ??= between(rest, 'name: ', '\n')
}

const ANYWHERE = FIELDS.filter(({ prefix }) => prefix === '')
const BY_FIRST = new Map<number, Field[]>()
for (const field of FIELDS) {
  const key = field.prefix.charCodeAt(0)
  if (field.prefix !== '') BY_FIRST.set(key, [...(BY_FIRST.get(key) ?? []), field])
}

function fits({ prefix, with: other }: Field, message: string): boolean {
  return message.startsWith(prefix) && (other === undefined || message.includes(other))
}

/** The field that a line is; null for most. */
export function fieldOf(message: string): Field | null {
  const rows = BY_FIRST.get(message.charCodeAt(0))
  const field = rows?.find(row => fits(row, message))
  return field ?? ANYWHERE.find(row => fits(row, message)) ?? null
}
