/** An IPMMU context and its page tables, as tests set them up. */
import { CONTEXT, contextRegister, FLUSH, INTEN, MMUEN, utlbRegister, type Ipmmu } from './board.ts'
import type { Qtest } from './qtest.ts'

/** Descriptor bits (ARM ARM G5.5; ipmmu-vmsa.c: NS and NSTable must be set). */
export const BIT = {
  VALID: 1n << 0n,
  TABLE: 1n << 1n,
  NS: 1n << 5n,
  USER: 1n << 6n,
  READ_ONLY: 1n << 7n,
  AF: 1n << 10n,
  NO_USER_BELOW: 1n << 61n,
  READ_ONLY_BELOW: 1n << 62n,
  NS_TABLE: 1n << 63n,
} as const

/** What maps memory for reads and writes; a page has TABLE too. */
export const BLOCK = BIT.VALID | BIT.NS | BIT.USER | BIT.AF
export const PAGE = BLOCK | BIT.TABLE
export const TABLE = BIT.VALID | BIT.TABLE | BIT.NS_TABLE

/** IMTTBCR: EAE, and SL0 and TSZ0. */
export function ttbcr(sl0: number, tsz0 = 0): number {
  return (0x80000000 | (sl0 << 6) | tsz0) >>> 0
}

/** Start levels as SL0 says them. */
export const SL0 = { 1: 2, 2: 1, 3: 0 } as const

export interface Fault {
  imstr: number
  address: bigint
}

/** A context of the main, seen by masters of one leaf. */
export class Context {
  readonly #qtest: Qtest
  readonly #leaf: Ipmmu
  readonly number: number

  constructor(qtest: Qtest, number: number, leaf: Ipmmu = 'hc') {
    this.#qtest = qtest
    this.#leaf = leaf
    this.number = number
  }

  write(register: keyof typeof CONTEXT, value: number, mmu: Ipmmu = 'mm'): void {
    this.#qtest.writel(contextRegister(mmu, this.number, register), value)
  }

  read(register: keyof typeof CONTEXT, mmu: Ipmmu = 'mm'): Promise<number> {
    return this.#qtest.readl(contextRegister(mmu, this.number, register))
  }

  /** Switches it on, on main and leaf as the driver does, with its first table at an address. */
  enable(table: bigint, control: number = ttbcr(SL0[1]), imctr = MMUEN | INTEN): void {
    this.write('IMTTLBR0', Number(table & 0xffff_ffffn))
    this.write('IMTTUBR0', Number(table >> 32n))
    this.write('IMTTBCR', control)
    this.write('IMCTR', imctr | FLUSH)
    this.write('IMCTR', imctr | FLUSH, this.#leaf)
  }

  /** Puts a micro-TLB of the leaf into this context. */
  attach(utlb: number): void {
    this.#qtest.writel(utlbRegister(this.#leaf, utlb), MMUEN | FLUSH | (this.number << 4))
  }

  flush(mmu: Ipmmu): void {
    this.write('IMCTR', MMUEN | INTEN | FLUSH, mmu)
  }

  /** Both levels, as the driver's ipmmu_tlb_invalidate() does. */
  flushBoth(): void {
    this.flush('mm')
    this.flush(this.#leaf)
  }

  async fault(): Promise<Fault> {
    const [imstr, low, high] = await Promise.all([
      this.read('IMSTR'),
      this.read('IMELAR'),
      this.read('IMEUAR'),
    ])
    return { imstr, address: (BigInt(high) << 32n) | BigInt(low) }
  }
}

/** Page tables that start at level 1, made as they are needed, each new table one page behind the last. */
export class Tables {
  readonly root: bigint
  readonly #qtest: Qtest
  readonly #made = new Map<string, bigint>()
  #next: bigint

  constructor(qtest: Qtest, root: bigint) {
    this.#qtest = qtest
    this.root = root
    this.#next = root + 4096n
    qtest.memset(root, 4096)
  }

  /** Writes the descriptor of an address at a level; tables above it are made with these bits. */
  set(iova: bigint, level: 1 | 2 | 3, descriptor: bigint, tableBits = TABLE): void {
    let at = this.root + (iova >> 30n) * 8n
    for (let above = 1; above < level; above++) {
      const shift = above === 1 ? 30n : 21n
      const key = `${above} ${iova >> shift}`
      let table = this.#made.get(key)
      if (table === undefined) {
        table = this.#next
        this.#next += 4096n
        this.#made.set(key, table)
        this.#qtest.memset(table, 4096)
      }
      this.#qtest.writeq(at, table | tableBits)
      at = table + ((iova >> (shift - 9n)) & 511n) * 8n
    }
    this.#qtest.writeq(at, descriptor)
  }
}
