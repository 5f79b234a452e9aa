import type { Esr } from '../report.ts'
import { systemRegister } from './a64/system-register.ts'
import { breakMeaning } from './break.ts'
import { faultName } from './fault-status.ts'

/** The syndrome, taken apart: what the rows below read. */
interface Syndrome {
  /** Bits 24:0. */
  iss: number
  /** Bits 55:32: ISS2, since FEAT_LS64 and FEAT_MTE_PERM. */
  iss2: number
  /** Taken from a lower exception level: from a process. */
  lower: boolean
}

interface Class {
  name: string
  /** Has a fault status code in bits 5:0. */
  fsc?: true
  /** Has WnR in bit 6. */
  wnr?: true
  /** Taken from a lower exception level. */
  lower?: true
  words: string | ((syndrome: Syndrome) => string)
}

const UNRECOGNIZED = 'UNRECOGNIZED EC'

/**
 * Exception classes: names as arch/arm64/kernel/traps.c, esr_class_str of 7.3 has them; older kernels have the same, but
 * not all of them (5.10 has no SME and MOPS, 6.12 no Guarded Control Stack). ISS by the Arm ARM, ESR_EL1.
 */
const CLASSES: Readonly<Record<number, Class>> = {
  0x00: { name: 'Unknown/Uncategorized', words: 'undefined instruction, or a reason without a class' },
  0x01: { name: 'WFI/WFE', words: ({ iss }) => `${['wfi', 'wfe', 'wfit', 'wfet'][iss & 3] ?? ''} trapped` },
  0x03: { name: 'CP15 MCR/MRC', words: 'access to a cp15 register trapped' },
  0x04: { name: 'CP15 MCRR/MRRC', words: 'access to a cp15 register trapped' },
  0x05: { name: 'CP14 MCR/MRC', words: 'access to a cp14 register trapped' },
  0x06: { name: 'CP14 LDC/STC', words: 'access to a cp14 register trapped' },
  0x07: { name: 'ASIMD', words: 'floating point or SIMD used where it is off' },
  0x08: { name: 'CP10 MRC/VMRS', words: 'access to an id register of floating point trapped' },
  0x09: { name: 'PAC', words: 'pointer authentication used where it is off' },
  0x0a: { name: UNRECOGNIZED, words: 'ld64b, st64b or a sync instruction trapped' },
  0x0c: { name: 'CP14 MCRR/MRRC', words: 'access to a cp14 register trapped' },
  0x0d: { name: 'BTI', words: ({ iss }) => `branch to a place that is no branch target (BTYPE ${iss & 3})` },
  0x0e: { name: 'PSTATE.IL', words: 'illegal execution state (PSTATE.IL)' },
  0x11: { name: 'SVC (AArch32)', words: call('svc') },
  0x12: { name: 'HVC (AArch32)', words: call('hvc') },
  0x13: { name: 'SMC (AArch32)', words: 'smc' },
  0x15: { name: 'SVC (AArch64)', words: call('svc') },
  0x16: { name: 'HVC (AArch64)', words: call('hvc') },
  0x17: { name: 'SMC (AArch64)', words: call('smc') },
  0x18: { name: 'MSR/MRS (AArch64)', words: systemAccess },
  0x19: { name: 'SVE', words: 'SVE used where it is off' },
  0x1a: { name: 'ERET/ERETAA/ERETAB', words: 'eret trapped' },
  0x1c: { name: 'FPAC', words: authentication },
  0x1d: { name: 'SME', words: 'SME used where it is off' },
  0x1f: { name: 'EL3 IMP DEF', words: 'an exception to EL3 that the implementation defines' },
  0x20: { name: 'IABT (lower EL)', fsc: true, lower: true, words: abort('instruction') },
  0x21: { name: 'IABT (current EL)', fsc: true, words: abort('instruction') },
  0x22: { name: 'PC Alignment', words: 'the pc is not a multiple of 4' },
  0x24: { name: 'DABT (lower EL)', fsc: true, wnr: true, lower: true, words: abort('data') },
  0x25: { name: 'DABT (current EL)', fsc: true, wnr: true, words: abort('data') },
  0x26: { name: 'SP Alignment', words: 'the stack pointer is not a multiple of 16' },
  0x27: { name: 'MOPS', words: 'memcpy or memset instruction out of step' },
  0x28: { name: 'FP (AArch32)', words: floatingPoint },
  0x2c: { name: 'FP (AArch64)', words: floatingPoint },
  0x2d: { name: 'Guarded Control Stack', words: guardedStack },
  0x2f: { name: 'SError', words: systemError },
  0x30: { name: 'Breakpoint (lower EL)', lower: true, words: debug('hardware breakpoint') },
  0x31: { name: 'Breakpoint (current EL)', words: debug('hardware breakpoint') },
  0x32: { name: 'Software Step (lower EL)', lower: true, words: debug('single step') },
  0x33: { name: 'Software Step (current EL)', words: debug('single step') },
  0x34: { name: 'Watchpoint (lower EL)', wnr: true, lower: true, words: watchpoint },
  0x35: { name: 'Watchpoint (current EL)', wnr: true, words: watchpoint },
  0x38: { name: 'BKPT (AArch32)', words: ({ iss }) => `bkpt #0x${(iss & 0xffff).toString(16)}` },
  0x3a: { name: 'Vector catch (AArch32)', words: 'vector catch' },
  0x3c: { name: 'BRK (AArch64)', words: breakpoint },
}

/** ESR_EL1, as the kernel prints it after `ESR = `, `code `, or the `Internal error:`; may have 64 bits. */
export function decodeEsr(value: bigint): Esr {
  const esr = BigInt.asUintN(64, value)
  const ec = Number((esr >> 26n) & 0x3fn)
  const iss = Number(esr & 0x1ffffffn)
  const iss2 = Number((esr >> 32n) & 0xffffffn)
  const row = CLASSES[ec]
  const isSystemError = ec === 0x2f && !(iss & IDS)
  const fsc = row?.fsc || isSystemError ? iss & 0x3f : null
  return {
    value: esr,
    ec,
    ecName: row?.name ?? UNRECOGNIZED,
    il: (esr & 0x2000000n) !== 0n,
    iss: BigInt(iss),
    fsc,
    fscName: fsc === null ? null : isSystemError ? (SERRORS[fsc] ?? `unknown ${fsc}`) : faultName(fsc),
    write: row?.wnr ? (iss & WNR) !== 0 : null,
    words: sayWords(row, { iss, iss2, lower: row?.lower ?? false }, ec),
  }
}

function sayWords(row: Class | undefined, syndrome: Syndrome, ec: number): string {
  if (!row) return `exception of a class that is not known (0x${ec.toString(16).padStart(2, '0')})`
  return typeof row.words === 'string' ? row.words : row.words(syndrome)
}

/** Bits of the ISS (arch/arm64/include/asm/esr.h). */
const WNR = 1 << 6
const S1PTW = 1 << 7
const CM = 1 << 8
const EA = 1 << 9
const FNV = 1 << 10
const IDS = 1 << 24
const ISV = 1 << 24

/** Bits of ISS2 that say more of a data abort (arch/arm64/mm/fault.c, data_abort_decode()). */
const MORE: readonly [bit: number, words: string][] = [
  [1 << 10, 'by an access to tags'],
  [1 << 9, 'tags may not be accessed there'],
  [1 << 8, 'by the guarded control stack'],
  [1 << 6, 'by a permission overlay'],
  [1 << 5, 'by the dirty state'],
]

/** What is left of the machine after an external abort, SET: bits 12:11. */
const STATES = ['recoverable', null, 'uncontainable', 'restartable'] as const

function abort(kind: 'data' | 'instruction') {
  return ({ iss, iss2, lower }: Syndrome): string => {
    const where = lower ? 'a process' : 'the kernel'
    const access = iss & CM ? 'maintaining caches' : iss & WNR ? 'writing' : 'reading'
    const size = 1 << ((iss >> 22) & 3)
    const bytes = iss & ISV ? ` ${size} byte${size === 1 ? '' : 's'}` : ''
    const doing = kind === 'instruction' ? '' : `, ${access}${bytes}`
    const more: string[] = []
    const external = (iss & 0x3f) === 0x10
    const state = STATES[(iss >> 11) & 3]
    // SET is 0 too where there is no RAS extension: only what it adds is said.
    if (external && state && state !== 'recoverable') more.push(state)
    if (iss & S1PTW) more.push('while page tables were walked at stage 2')
    if (external && iss & FNV) more.push('the address is not known')
    if (kind === 'data') more.push(...MORE.filter(([bit]) => iss2 & bit).map(([, words]) => words))
    return [`${kind} abort in ${where}${doing}: ${faultName(iss & 0x3f)}`, ...more].join(', ')
  }
}

/** Bits 21:0 but rt: the register's encoding (ESR_ELx_SYS64_ISS_*). */
function systemAccess({ iss }: Syndrome): string {
  const field = (shift: number, ones: number) => (iss >> shift) & ones
  const [op0, op2, op1, crn, crm] = [field(20, 3), field(17, 7), field(14, 7), field(10, 15), field(1, 15)]
  const name = systemRegister((op0 << 14) | (op1 << 11) | (crn << 7) | (crm << 3) | op2, (iss & 1) === 1)
  return `${iss & 1 ? 'reading' : 'writing'} ${name} trapped`
}

/** ISS: bit 1 is the data key, bit 0 key B. */
function authentication({ iss }: Syndrome): string {
  return `pointer authentication failed (${iss & 2 ? 'data' : 'instruction'} key ${iss & 1 ? 'B' : 'A'})`
}

const FLOATING = [
  'invalid operation',
  'division by zero',
  'overflow',
  'underflow',
  'inexact result',
  null,
  null,
  'denormal input',
]

function floatingPoint({ iss }: Syndrome): string {
  // TFV: the bits say which
  const which = iss & (1 << 23) ? FLOATING.filter((words, bit) => words !== null && iss & (1 << bit)) : []
  return `floating-point exception${which.length > 0 ? `: ${which.join(', ')}` : ''}`
}

function guardedStack({ iss }: Syndrome): string {
  const type = ['what is returned to is not what was called from', 'locked', 'a store to it'][
    (iss >> 20) & 15
  ]
  return `guarded control stack: ${type ?? 'an exception'}`
}

/** DFSC of an SError. */
const SERRORS: Readonly<Record<number, string>> = {
  0x00: 'uncategorized',
  0x11: 'asynchronous SError interrupt',
}

/** AET, bits 12:10; only with the RAS extension (arch/arm64/kernel/traps.c, arm64_is_fatal_ras_serror()). */
const SEVERITIES: Readonly<Record<number, string>> = {
  0: 'uncontainable',
  1: 'unrecoverable',
  2: 'restartable',
  3: 'recoverable',
  6: 'corrected',
}

function systemError({ iss }: Syndrome): string {
  const start = 'asynchronous error from the bus or memory (SError)'
  if (iss & IDS) return `${start}: 0x${(iss & 0xffffff).toString(16)}, which the implementation defines`
  if ((iss & 0x3f) !== 0x11) return start
  const external = iss & EA ? ', external' : ''
  return `${start}: ${SEVERITIES[(iss >> 10) & 7] ?? 'of a severity that is not known'}${external}`
}

function debug(what: string) {
  return ({ lower }: Syndrome): string => `${what} in ${lower ? 'a process' : 'the kernel'}`
}

function watchpoint({ iss, lower }: Syndrome): string {
  return `watchpoint: ${iss & WNR ? 'a write' : 'a read'} by ${lower ? 'a process' : 'the kernel'}`
}

function call(name: string) {
  return ({ iss }: Syndrome): string => `${name} #0x${(iss & 0xffff).toString(16)}`
}

function breakpoint({ iss }: Syndrome): string {
  const immediate = iss & 0xffff
  const meaning = breakMeaning(immediate)
  return `brk #0x${immediate.toString(16)}${meaning === null ? '' : `: ${meaning}`}`
}
