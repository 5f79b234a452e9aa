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
    at = skipBlanks(text, at)
    const nameEnd = skipName(text, at)
    const name = text.slice(at, nameEnd)
    const digits = REGISTERS.get(name)
    if (!digits) break
    const colon = text.startsWith(' :', nameEnd) ? nameEnd + 1 : nameEnd
    if (text.charAt(colon) !== ':') break
    const start = skipBlanks(text, colon + 1)
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
  if (text.startsWith('(null)', at)) return { value: 0n, end: at + 6 }
  // lib/vsprintf.c, ptr_to_id(): %p before there is enough randomness, since 4.15
  for (const hidden of ['(____ptrval____)', '(ptrval)']) {
    if (text.startsWith(hidden, at)) return { value: null, end: at + hidden.length }
  }
  const inBrackets = text.startsWith('[<', at)
  const start = inBrackets ? at + 2 : at
  const prefix = text.startsWith('0x', start) ? 2 : 0
  const end = skipHex(text, start + prefix)
  const length = end - start - prefix
  const whole = inBrackets || prefix > 0 ? length > 0 && length <= 16 : digits.includes(length)
  if (!whole || isNameCode(text.charCodeAt(end))) return null
  if (inBrackets && !text.startsWith('>]', end)) return null
  const value = BigInt(`0x${text.slice(start + prefix, end)}`)
  return { value, end: skipSelector(text, inBrackets ? end + 2 : end) }
}

const isBlank = (code: number) => code === 0x20 || code === 0x09

function skipBlanks(text: string, from: number): number {
  let at = from
  while (isBlank(text.charCodeAt(at))) at++
  return at
}

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
  return skipHex(text, at) === at + 4 && text.charAt(at + 4) === ':' ? skipBlanks(text, at + 5) : at
}

/** x86: the selector behind the base of FS and GS, `(0000)`. */
function skipSelector(text: string, at: number): number {
  return text.charAt(at) === '(' && text.charAt(at + 5) === ')' ? at + 6 : at
}
