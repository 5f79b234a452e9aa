import type { Instruction } from '../report.ts'
import { ATOMIC } from './a64/atomic.ts'
import { BRANCH } from './a64/branch.ts'
import { IMMEDIATE } from './a64/immediate.ts'
import { LOAD } from './a64/load.ts'
import type { Decoded, Row } from './a64/pattern.ts'
import { REGISTER } from './a64/register.ts'
import { SIMD } from './a64/simd.ts'
import { POISON, UNDEFINED } from './a64/undefined.ts'

/** Every encoding that is known; the first row that fits and is allocated is taken. */
export const ROWS: readonly Row[] = [
  ...UNDEFINED,
  ...IMMEDIATE,
  ...BRANCH,
  ...ATOMIC,
  ...LOAD,
  ...SIMD,
  ...REGISTER,
]

/** By op0, bits 28:25: what the Arm ARM tells the groups by. */
const GROUPS: readonly (readonly Row[])[] = Array.from({ length: 16 }, (_, op0) =>
  ROWS.filter(({ mask, value }) => (((op0 << 25) ^ value) & mask & (15 << 25)) === 0),
)

/** An instruction with what explains its address; null if the table does not have it. */
export function decodeWord(word: number): Decoded | null {
  for (const row of GROUPS[(word >>> 25) & 15] ?? []) {
    if ((word & row.mask) >>> 0 !== row.value) continue
    const decoded = row.decode(word)
    if (decoded) return decoded
  }
  return null
}

/**
 * An A64 instruction, as GNU objdump prints it; targets are relative to the instruction (`b .-0x10`), and those of adrp
 * to its page. Floating-point and SIMD arithmetic is `.inst 0x…`. Takes any number, of which the low 32 bits count.
 */
export function decodeInstruction(number: number): Instruction {
  const word = number >>> 0
  const decoded = decodeWord(word)
  return {
    word,
    text: decoded?.text ?? `.inst 0x${word.toString(16).padStart(8, '0')}`,
    memory: decoded?.memory ?? null,
    meaning: POISON[word] ?? decoded?.meaning ?? null,
  }
}
