import type { Instruction } from '../report.ts'
import { decodeWord } from './instruction.ts'
import type { Addressing } from './a64/pattern.ts'
import { describePointer, shadowed } from './pointer.ts'

/** Tags: the top byte is no part of the address (TBI, MTE, KASAN), and pointer authentication may have bits there. */
const ADDRESS = (1n << 56n) - 1n
const PAGE = 4096n

/**
 * One sentence why an access goes where it goes: `ldr x0, [x1, #56] with x1 = 0: NULL + 0x38`. Null if the instruction
 * accesses nothing, or the log has not the registers.
 *
 * @param registers By name, x0 to x30 and sp, when the instruction faulted.
 * @param address The faulting address; null if the log does not have it.
 */
export function explainAccess(
  instruction: Instruction,
  registers: Readonly<Record<string, bigint>>,
  address: bigint | null,
): string | null {
  const { memory, word, text } = instruction
  // A prefetch does not fault.
  if (!memory || memory.access === 'prefetch') return null
  const base = valueOf(memory.base, registers)
  if (base === null) return null
  const addressing = decodeWord(word)?.addressing
  const index = memory.index === null ? 0n : valueOf(memory.index, registers)
  if (index === null) return null
  const scaled = memory.index === null ? 0n : offsetOf(index, addressing)
  const made = BigInt.asUintN(64, base + scaled + memory.displacement)

  const held = [`${memory.base} = ${number(base)}`]
  if (memory.index !== null && memory.index !== memory.base) held.push(`${memory.index} = ${number(index)}`)
  const start = `${text} with ${held.join(', ')}`
  if (address !== null && !within(made, memory.size, address)) {
    return `${start}: that is ${number(made)} and not ${number(address)}: the registers are not those of the access`
  }
  const ways = [shadow(base, index, made) ?? sum(base, scaled, memory.displacement, made)]
  const across = address !== null && (address & ADDRESS) !== (made & ADDRESS) ? address - made : 0n
  if (across !== 0n) ways.push(`faulted at its byte ${BigInt.asUintN(56, across)}`)
  return `${start}: ${ways.join(', ')}`
}

/** Null if the log does not have the register. */
function valueOf(name: string, registers: Readonly<Record<string, bigint>>): bigint | null {
  if (name === 'xzr' || name === 'wzr') return 0n
  const wide = name.startsWith('w') ? `x${name.slice(1)}` : name
  // x30 is printed as lr by kernels that print its symbol.
  const value = own(registers, wide) ?? (wide === 'x30' ? own(registers, 'lr') : undefined)
  if (value === undefined) return null
  return BigInt.asUintN(name.startsWith('w') ? 32 : 64, value)
}

function own(registers: Readonly<Record<string, bigint>>, name: string): bigint | undefined {
  return Object.hasOwn(registers, name) ? registers[name] : undefined
}

/** What the index register adds. */
function offsetOf(index: bigint, addressing: Addressing | undefined): bigint {
  const widened = addressing?.extend === 'sxtw' ? BigInt.asIntN(32, index) : BigInt.asIntN(64, index)
  return widened << BigInt(addressing?.shift ?? 0)
}

/** An access that is not aligned may fault at its second page. */
function within(made: bigint, size: number | null, address: bigint): boolean {
  const distance = BigInt.asUintN(56, address - made)
  return distance < BigInt(size ?? 1)
}

/** `NULL + 0x38`, `0xffff000012340000 + 0x38 = 0xffff000012340038`. */
function sum(base: bigint, scaled: bigint, displacement: bigint, made: bigint): string {
  const parts = [scaled, displacement].filter(part => part !== 0n)
  const added = parts
    .map(part => (isSmall(part) && part < 0n ? ` - ${hex(-part)}` : ` + ${unsigned(part)}`))
    .join('')
  // A zero that a pointer is added to is no pointer itself.
  const pointer = isSmall(scaled + displacement) ? describePointer(base) : null
  if (pointer === 'NULL') {
    const isPlain = parts.length === 0 || (parts.length === 1 && made < 1n << 63n)
    return `NULL${added}${isPlain ? '' : ` = ${hex(made)}`}`
  }
  const said = pointer ?? (base < PAGE && made < PAGE * 16n ? 'near NULL' : null)
  const equals = added === '' ? hex(made) : `${hex(base)}${added} = ${hex(made)}`
  return said === null ? equals : `${equals}, ${said}`
}

/** What KASAN's own check of an address was about to check. */
function shadow(base: bigint, index: bigint, made: bigint): string | null {
  const checked = shadowed(base, made) ?? shadowed(index, made)
  return checked === null ? null : `${hex(made)}, KASAN's shadow of ${hex(checked)}`
}

/** An offset rather than a pointer. */
const isSmall = (value: bigint) => value > -(1n << 40n) && value < 1n << 40n
const unsigned = (value: bigint) => hex(BigInt.asUintN(64, value))
const hex = (value: bigint) => `0x${value.toString(16)}`
/** Small numbers are said as they are. */
const number = (value: bigint) => (value < 10n ? String(value) : hex(value))
