import { BANKS } from '../board.ts'
import type { Dice } from './dice.ts'

/** Tables, descriptors and data: 2 MiB in the second bank, so that random bits of an address hit it now and then. */
export const ARENA = BANKS[1] ?? 0n
export const ARENA_BYTES = 2 ** 21
/** What 32-bit masters reach. */
export const LOW = Number(BANKS[0] ?? 0n)

export const hex = (value: number | bigint) => `0x${value.toString(16)}`
export const writel = (address: number, value: number) => `writel ${hex(address)} ${hex(value >>> 0)}`
export const writeq = (address: number | bigint, value: bigint) => `writeq ${hex(address)} ${hex(value)}`

/** What a register may be given: small numbers, one bit, an address, noise. */
export function value(dice: Dice): number {
  switch (dice.below(6)) {
    case 0:
      return dice.of([0, 1, 2, 3, 4, 5, 7, 0x80, 0xff, 0xffffffff, 0x80000000, 0x7fffffff, 0x80000080])
    case 1:
      return 1 << dice.below(32)
    case 2:
      return LOW + (dice.bits() & 0x3ffffffc)
    case 3:
      return Number(ARENA & 0xffff_ffffn) + dice.below(ARENA_BYTES)
    default:
      return dice.bits()
  }
}
