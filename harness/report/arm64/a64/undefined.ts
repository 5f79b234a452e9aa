import { row, type Row } from './pattern.ts'

/** What is no instruction (Arm ARM C4.1, op0 = 0000). */
export const UNDEFINED: readonly Row[] = [
  row('0000000000000000 iiiiiiiiiiiiiiii', ({ i }) => ({
    text: `udf #${i}`,
    meaning: i === 0 ? 'no instruction: zeroes' : 'no instruction: undefined for ever',
  })),
]

/** Words with which the kernel and others fill memory: include/linux/poison.h, all versions. */
export const POISON: Readonly<Record<number, string>> = {
  0xcccccccc: 'no instruction: __init code that was freed (POISON_FREE_INITMEM)',
  0x6b6b6b6b: 'no instruction: memory that was freed (POISON_FREE)',
  0xa56b6b6b: 'no instruction: memory that was freed (POISON_FREE, POISON_END)',
  0x5a5a5a5a: 'no instruction: memory that was never written (POISON_INUSE)',
  0xaaaaaaaa: 'no instruction: a freed page (PAGE_POISON), or memory that was never written',
  0xffffffff: 'no instruction: all ones, as an erased flash or a missing device reads',
}
