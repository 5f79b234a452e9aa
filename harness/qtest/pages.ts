/** Page tables for a test's few pages, and a micro-TLB that uses them. */
import { contextRegister, INTEN, type Ipmmu, MMUEN, utlbRegister } from './board.ts'
import type { Qtest } from './qtest.ts'

/** ARM ARM, long descriptors: non-secure, accessed, for the unprivileged. */
const PAGE = 1n | 2n | (1n << 5n) | (1n << 6n) | (1n << 10n)
const NEXT = 1n | 2n | (1n << 63n)

export interface Mapped {
  leaf: Ipmmu
  utlb: number
  context: number
  /** Where three pages of tables are to be. */
  tables: bigint
  /** The page of each iova from 0 on; null: not mapped. */
  pages: readonly (bigint | null)[]
}

/** Switches a micro-TLB on, behind which iova 0x1000 × n is page n of the list. */
export function mapPages(qtest: Qtest, { leaf, utlb, context, tables, pages }: Mapped): void {
  qtest.writeq(tables, (tables + 0x1000n) | NEXT)
  qtest.writeq(tables + 0x1000n, (tables + 0x2000n) | NEXT)
  pages.forEach((to, i) => qtest.writeq(tables + 0x2000n + 8n * BigInt(i), to === null ? 0n : to | PAGE))
  // Long descriptors, from level 1 on (SL0 = 2), over 32 bits.
  qtest.writel(contextRegister('mm', context, 'IMTTBCR'), 0x8000_0080)
  qtest.writel(contextRegister('mm', context, 'IMTTLBR0'), Number(tables & 0xffff_ffffn))
  qtest.writel(contextRegister('mm', context, 'IMTTUBR0'), Number(tables >> 32n))
  qtest.writel(contextRegister('mm', context, 'IMCTR'), MMUEN | INTEN)
  qtest.writel(utlbRegister(leaf, utlb), MMUEN | (context << 4))
}
