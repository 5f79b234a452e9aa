/** Random page tables, contexts and addresses, for the model and the walker alike. */
import fc from 'fast-check'
import { BANKS } from './board.ts'
import type { Memory } from './walker.ts'
import { isRam } from './board.ts'

/** A descriptor, its target by the number of a table where it names one. */
type Entry =
  | { is: 'table'; to: number; bits: bigint }
  | { is: 'memory'; at: bigint; bits: bigint }
  | { is: 'raw'; bits: bigint }

export interface Round {
  arena: bigint
  tables: { filler: Entry; entries: [number, Entry][] }[]
  contexts: { number: number; table: number; low: number; tsz0: number; sl0: number; eae: boolean }[]
  accesses: { context: number; iova: number; write: boolean; flushed: boolean }[]
}

/** Descriptor bits: valid and type, NS, AP, AF, and the hierarchical ones. */
const MEMORY_GOOD = 0b1n | (1n << 5n) | (1n << 6n) | (1n << 10n)
const TABLE_GOOD = 0b11n | (1n << 63n)
const PAGE = 0b10n
/** Bits that may be flipped in either, one by one: each is a fault, a right or nothing. */
const FLIPPED = [0n, 1n, 5n, 6n, 7n, 10n, 11n, 40n, 52n, 54n, 61n, 62n, 63n].map(bit => 1n << bit)

const TABLES = 12
/** Indices that entries and addresses have in common, so that walks go deep. */
const HOT = [0, 1, 2, 3, 5, 8, 255, 256, 511]

const index = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...HOT) }, fc.nat(511))
const flips = fc.oneof(
  { weight: 8, arbitrary: fc.constant(0n) },
  fc
    .subarray(FLIPPED, { minLength: 1, maxLength: 2 })
    .map(some => some.reduce((bits, flip) => bits ^ flip, 0n)),
)

/** Below and above 4 GiB, in a hole, at a device's registers, and at the end of what 40 bits reach. */
const memoryAt = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...BANKS), fc.nat(0x3ffff)) },
  fc.tuple(fc.constantFrom(0n, 0x8_0000_0000n, 0xff_c000_0000n, 0xe67b_0000n), fc.nat(0x3ffff)),
)

const entry: fc.Arbitrary<Entry> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constant('table' as const),
      to: fc.nat(TABLES - 1),
      bits: flips.map(flip => TABLE_GOOD ^ flip),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constant('memory' as const),
      at: memoryAt.map(([bank, page]) => bank + BigInt(page) * 4096n),
      bits: fc.tuple(flips, fc.boolean()).map(([flip, page]) => (MEMORY_GOOD | (page ? PAGE : 0n)) ^ flip),
    }),
  },
  fc.record({ is: fc.constant('raw' as const), bits: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
  fc.record({ is: fc.constant('raw' as const), bits: fc.constant(0n) }),
  // Nowhere: a table where no RAM is.
  fc.record({
    is: fc.constant('raw' as const),
    bits: fc.constantFrom(0x10_0000_0000n, 0x1000n, 0xe67b_0000n).map(at => at | TABLE_GOOD),
  }),
)

const iova = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .tuple(fc.nat(3), index, index, fc.nat(4095))
      .map(([gib, mib2, page, byte]) => gib * 2 ** 30 + mib2 * 2 ** 21 + page * 2 ** 12 + byte),
  },
  // What starts at level 3 has its first tables' pages here.
  fc
    .tuple(fc.nat(TABLES), index, fc.nat(4095))
    .map(([table, page, byte]) => table * 2 ** 21 + page * 2 ** 12 + byte),
)

export const round: fc.Arbitrary<Round> = fc.record({
  // 8 MiB is the alignment of the largest first table: level 3 over 4 GiB.
  arena: fc.tuple(fc.constantFrom(...BANKS), fc.nat(100)).map(([bank, n]) => bank + BigInt(n) * 0x80_0000n),
  tables: fc.array(
    fc.record({ filler: entry, entries: fc.array(fc.tuple(index, entry), { maxLength: 40, size: 'max' }) }),
    { minLength: TABLES, maxLength: TABLES },
  ),
  contexts: fc.array(
    fc.record({
      number: fc.nat(15),
      table: fc.nat(TABLES - 1),
      low: fc.oneof(fc.constant(0), fc.nat(4095)),
      tsz0: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(7)),
      sl0: fc.oneof({ weight: 24, arbitrary: fc.constantFrom(2, 2, 1, 0) }, fc.constant(3)),
      eae: fc.oneof({ weight: 40, arbitrary: fc.constant(true) }, fc.constant(false)),
    }),
    { minLength: 1, maxLength: 6, size: 'max' },
  ),
  accesses: fc.array(
    fc.record({
      context: fc.nat(5),
      iova,
      write: fc.boolean(),
      flushed: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
    }),
    { minLength: 1, maxLength: 800, size: 'max' },
  ),
})

/** Where the numbered table lies. */
export function tableAt({ arena }: Round, number: number): bigint {
  return arena + BigInt(number) * 4096n
}

/** The tables as bytes, one page after the other from the arena's start. */
export function tableBytes(made: Round): Buffer {
  const bytes = Buffer.alloc(made.tables.length * 4096)
  made.tables.forEach(({ filler, entries }, table) => {
    const bits = (entry: Entry) => {
      if (entry.is === 'table') return tableAt(made, entry.to) | entry.bits
      return entry.is === 'memory' ? entry.at | entry.bits : entry.bits
    }
    for (let i = 0; i < 512; i++) bytes.writeBigUInt64LE(bits(filler), table * 4096 + i * 8)
    for (const [i, entry] of entries) bytes.writeBigUInt64LE(bits(entry), table * 4096 + i * 8)
  })
  return bytes
}

/** The machine's memory with these tables in it: zeroes elsewhere, null where there is no RAM. */
export function memoryOf({ arena }: Round, bytes: Buffer): Memory {
  return address => {
    const offset = address - arena
    if (offset >= 0n && offset < BigInt(bytes.length)) return bytes.readBigUInt64LE(Number(offset))
    return isRam(address, 8n) ? 0n : null
  }
}
