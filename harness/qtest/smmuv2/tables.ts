import type { Qtest } from '../qtest.ts'

/** Room for page tables, above 4 GiB, aligned for 16 of them side by side. */
export const TABLES = 0x5_1000_0000n
/** Memory that is mapped; 1 GiB of it, so that blocks of every size fit. */
export const TARGET = 0x6_0000_0000n
/** No memory is there. */
export const NOWHERE = 0x1_0000_0000n

/** Bits of descriptors: VALID and TABLE (or page), AF, nG, AP; S2AP. */
export const VALID = 1n
export const TABLE = 3n
export const PAGE = 3n
export const AF = 1n << 10n
export const NG = 1n << 11n
export const AP_USER = 1n << 6n
export const AP_RDONLY = 1n << 7n
export const S2_READ = 1n << 6n
export const S2_WRITE = 1n << 7n

/** As the driver maps a page of a device's: both may, nG, accessed. */
export const MAPPED = PAGE | AF | NG | AP_USER
export const MAPPED_BLOCK = MAPPED & ~2n

/** Tables as they are written to the guest's memory, remembered here for the walker. */
export class Tables {
  readonly #qtest: Qtest
  readonly #base: bigint
  readonly #memory = new Map<bigint, bigint>()

  constructor(qtest: Qtest, base = TABLES) {
    this.#qtest = qtest
    this.#base = base
    qtest.memset(base, 32 * 0x1000)
  }

  /** Address of one of the 32 table pages. */
  at(page: number): bigint {
    return this.#base + BigInt(page) * 0x1000n
  }

  /** Writes an entry of a table page. */
  set(page: number, index: number, descriptor: bigint): void {
    const address = this.at(page) + 8n * BigInt(index)
    this.#memory.set(address, descriptor)
    this.#qtest.writeq(address, descriptor)
  }

  /** Writes an entry again that a device may have written over. */
  rewrite(address: bigint): void {
    const entry = this.#memory.get(address & ~7n)
    if (entry !== undefined) this.#qtest.writeq(address & ~7n, entry)
    else if (address >= this.#base && address < this.at(32)) this.#qtest.writeq(address & ~7n, 0n)
  }

  /** What a walk reads: 0 where nothing was written, null where there is no memory. */
  readonly read = (address: bigint): bigint | null =>
    this.#memory.get(address) ?? (hasMemory(address) ? 0n : null)

  /**
   * Maps one page or block at `iova` by tables of their own, from `first` on; writes what is needed and no more.
   * Returns the page after the last one taken.
   */
  map(iova: bigint, leaf: bigint, { first = 0, from = 0, to = 3 } = {}): number {
    for (let level = from; level < to; level++)
      this.set(first + level - from, index(iova, level), this.at(first + level - from + 1) | TABLE)
    this.set(first + to - from, index(iova, to), leaf)
    return first + to - from + 1
  }
}

/** The entry of a level's table. */
export function index(iova: bigint, level: number): number {
  return Number((iova >> BigInt(12 + 9 * (3 - level))) & 511n)
}

/** The board's four banks with 4 GiB. */
export function hasMemory(address: bigint): boolean {
  return [0x4000_0000n, 0x5_0000_0000n, 0x6_0000_0000n, 0x7_0000_0000n].some(
    bank => address >= bank && address < bank + 0x4000_0000n,
  )
}
