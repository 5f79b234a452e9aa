import { pastBlanks } from '../text.ts'

/** How many digits a register is printed with: a value of another length was cut, or is none. */
type Digits = readonly number[]

const WORD: Digits = [8]
const LONG: Digits = [16]
const EITHER: Digits = [8, 16]
const SELECTOR: Digits = [4]
const BASE: Digits = [4, 8, 16]

/**
 * The registers that are printed, by architecture.
 *
 * - arch/arm64/kernel/process.c, __show_regs(): `x29: %016llx x28: …`, two a line to 5.12, then three; `pc : [<…>] lr :
 *   [<…>] pstate: %08llx` to 4.15, a line each since; `pmr_save:` since 5.1
 * - arch/arm/kernel/process.c, __show_regs(): `r10: %08lx  r9 : …`, `sp : … ip : … fp : …`; all versions
 * - arch/x86/kernel/process_64.c and process_32.c, __show_regs(); all versions
 */
const REGISTERS = new Map<string, Digits>([
  ...named(
    Array.from({ length: 31 }, (_, n) => `x${n}`),
    LONG,
  ),
  ...named(['pc', 'lr', 'sp', 'pstate'], EITHER),
  ...named(['pmr', 'pmr_save'], WORD),
  ...named(
    Array.from({ length: 13 }, (_, n) => `r${n}`),
    WORD,
  ),
  ...named(['ip', 'fp', 'psr', 'xPSR'], WORD),
  ...named(['RAX', 'RBX', 'RCX', 'RDX', 'RSI', 'RDI', 'RBP', 'RSP', 'RIP', 'ORIG_RAX'], LONG),
  ...named(['R08', 'R09', 'R10', 'R11', 'R12', 'R13', 'R14', 'R15'], LONG),
  ...named(['EAX', 'EBX', 'ECX', 'EDX', 'ESI', 'EDI', 'EBP', 'ESP', 'EIP', 'EFLAGS', 'PKRU'], WORD),
  ...named(['RFLAGS', 'CR8'], LONG),
  ...named(['CR0', 'CR2', 'CR3', 'CR4', 'DR0', 'DR1', 'DR2', 'DR3', 'DR6', 'DR7'], EITHER),
  ...named(['CS', 'DS', 'ES', 'SS'], SELECTOR),
  ...named(['FS', 'GS', 'knlGS'], BASE),
])

function named(names: string[], digits: Digits): [string, Digits][] {
  return names.map(name => [name, digits])
}

const LONGEST_NAME = 8
const MOST_A_LINE = 32

/**
 * The registers of a line, by the names that are printed, in order: `x29: ffff80001234fd10 x28: …`, `sp : ffff…`,
 * `RSP: 0018:ffff… EFLAGS: 00010246`. `(null)` is 0. Null if the line does not begin with a register that has a value:
 * `pc : ipmmu_domain_free+0x1c/0xa0` has none. Reads up to what is no register; a value whose end was cut is left out.
 */
export function readRegisters(text: string): [string, bigint][] | null {
  const found: [string, bigint][] = []
  let at = 0
  for (let seen = 0; seen < MOST_A_LINE; seen++) {
    at = pastBlanks(text, at)
    const nameEnd = skipName(text, at)
    // Most lines have no colon there, and are done with.
    const colon = isBlank(text.charCodeAt(nameEnd)) ? nameEnd + 1 : nameEnd
    if (text.charCodeAt(colon) !== COLON) break
    const name = text.slice(at, nameEnd)
    const digits = REGISTERS.get(name)
    if (!digits) break
    const start = pastBlanks(text, colon + 1)
    // arm32's backtraces print what functions saved as ` r10:8336a068 r9:00000000`: those are not the crash's registers.
    if (start === colon + 1 && digits !== BASE) break
    const value = readValue(text, skipSegment(text, start), digits)
    if (!value) break
    if (value.value !== null) found.push([name, value.value])
    at = value.end
  }
  return found.length > 0 ? found : null
}

/** A value, and where it ends; its value is null if the kernel hides it. */
interface Value {
  value: bigint | null
  end: number
}

function readValue(text: string, at: number, digits: Digits): Value | null {
  if (text.charCodeAt(at) === OPEN) {
    const word = WORDS.find(([printed]) => text.startsWith(printed, at))
    return word ? { value: word[1], end: at + word[0].length } : null
  }
  const inBrackets = text.startsWith('[<', at)
  const start = inBrackets ? at + 2 : at
  const prefix = text.charCodeAt(start + 1) === SMALL_X && text.charCodeAt(start) === ZERO ? 2 : 0
  const end = skipHex(text, start + prefix)
  const length = end - start - prefix
  const whole = inBrackets || prefix > 0 ? length > 0 && length <= 16 : digits.includes(length)
  if (!whole || isNameCode(text.charCodeAt(end))) return null
  if (inBrackets && !text.startsWith('>]', end)) return null
  const value = hexValue(text, start + prefix, end)
  return { value, end: inBrackets ? end + 2 : skipSelector(text, end) }
}

const [COLON, OPEN, ZERO, SMALL_X] = [0x3a, 0x28, 0x30, 0x78]

/** In place of a number; lib/vsprintf.c, ptr_to_id(): %p before there is enough randomness, since 4.15. */
const WORDS: readonly [printed: string, value: bigint | null][] = [
  ['(null)', 0n],
  ['(____ptrval____)', null],
  ['(ptrval)', null],
]

const HALVES = new Uint32Array(2)
const WHOLE = new BigUint64Array(HALVES.buffer)
/** Which of the halves is the low one on this machine. */
const LOW = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1

/** Several times faster than BigInt() of a string: a log may be all registers. */
function hexValue(text: string, start: number, end: number): bigint {
  const middle = Math.max(start, end - 8)
  HALVES[LOW] = halfValue(text, middle, end)
  HALVES[1 - LOW] = halfValue(text, start, middle)
  return WHOLE[0] ?? 0n
}

function halfValue(text: string, start: number, end: number): number {
  let value = 0
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    // `a` and `A` are 1 in the low four bits.
    value = (value << 4) | (code < 0x40 ? code & 15 : (code & 15) + 9)
  }
  return value
}

const isBlank = (code: number) => code === 0x20 || code === 0x09

/** Letters, digits and the underline; NaN, behind the text, is none. */
function isNameCode(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x5f
  )
}

function skipName(text: string, from: number): number {
  let at = from
  while (at - from <= LONGEST_NAME && isNameCode(text.charCodeAt(at))) at++
  return at
}

/** Over hexadecimal digits, one more than a register has at most. */
function skipHex(text: string, from: number): number {
  let at = from
  while (at - from < 17) {
    const code = text.charCodeAt(at) | 0x20
    if (!((code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66))) break
    at++
  }
  return at
}

/** x86: `0018:` before RSP and RIP, and blanks. */
function skipSegment(text: string, at: number): number {
  return skipHex(text, at) === at + 4 && text.charAt(at + 4) === ':' ? pastBlanks(text, at + 5) : at
}

/** x86: the selector behind the base of FS and GS, `(0000)`. */
function skipSelector(text: string, at: number): number {
  return text.charAt(at) === '(' && text.charAt(at + 5) === ')' ? at + 6 : at
}
