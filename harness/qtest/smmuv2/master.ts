import type { Qtest } from '../qtest.ts'
import { cb, GR0, GR1, HUPCF, PROBE, SCTLR_ON, SMR_VALID, STREAM, TRANSLATE } from './registers.ts'
import type { Regime } from './walker.ts'

/** dmaprobe's registers, as far as these tests use them. */
const JOB = { CTRL: 0x08, STATUS: 0x0c, OP: 0x10, SRC: 0x18, DST: 0x20, LEN: 0x28, ERROR: 0x40 } as const
const FILL = 1
const CHECKSUM = 2
const START = 1
const BUSY = 1

/** dmaprobe's ERROR: how an access ended. */
export const OUTCOMES = ['ok', 'translation', 'bus-limit', 'no-memory'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** One access of the dmaprobe's, of `length` bytes. */
export async function access(
  qtest: Qtest,
  kind: 'read' | 'write',
  iova: bigint,
  length = 1n,
): Promise<Outcome> {
  qtest.writel(PROBE + JOB.STATUS, 6)
  qtest.writel(PROBE + JOB.OP, kind === 'write' ? FILL : CHECKSUM)
  qtest.writeq(PROBE + (kind === 'write' ? JOB.DST : JOB.SRC), iova)
  qtest.writeq(PROBE + JOB.LEN, length)
  qtest.writel(PROBE + JOB.CTRL, START)
  while ((await qtest.readl(PROBE + JOB.STATUS)) & BUSY) await qtest.clockStep(1)
  const error = await qtest.readl(PROBE + JOB.ERROR)
  const outcome = OUTCOMES[error]
  if (outcome === undefined) throw new Error(`dmaprobe's error ${error}`)
  return outcome
}

/** Sends a stream to a context bank by a group, the first if none is named. */
export function route(
  qtest: Qtest,
  { group = 0, stream = STREAM, mask = 0, type = TRANSLATE, bank = 0, privilege = 0 } = {},
): void {
  qtest.writel(GR0.S2CR(group), type | privilege | bank)
  qtest.writel(GR0.SMR(group), SMR_VALID | (mask << 16) | stream)
}

/** Lets a context bank translate. */
export function enable(
  qtest: Qtest,
  regime: Regime,
  { bank = 0, asid = bank, vmid = 0, hupcf = false }: Partial<BankOptions> = {},
): void {
  const stage2 = regime.stage === 2
  qtest.writel(GR1.CBA2R(bank), 1)
  qtest.writel(GR1.CBAR(bank), (stage2 ? 0 : 1 << 16) | vmid)
  qtest.writel(cb(bank, 'TCR2'), regime.ps)
  qtest.writel(cb(bank, 'TCR'), tcr(regime))
  qtest.writeq(cb(bank, 'TTBR0'), (stage2 ? 0n : BigInt(asid) << 48n) | regime.ttbr)
  qtest.writel(cb(bank, 'SCTLR'), SCTLR_ON | (hupcf ? HUPCF : 0))
}

interface BankOptions {
  bank: number
  asid: number
  vmid: number
  hupcf: boolean
}

/** TCR of stage 1, with EPD1 as the driver has it; VTCR of stage 2. */
export function tcr({ stage, t0sz, sl0, ps }: Regime): number {
  return stage === 1 ? (1 << 23) | t0sz : (1 << 31) | (ps << 16) | (sl0 << 6) | t0sz
}

/** The latched fault of a context bank. */
export async function fault(
  qtest: Qtest,
  bank = 0,
): Promise<{ fsr: number; far: bigint; fsynr0: number; stream: number }> {
  const [fsr, far, fsynr0, stream] = await Promise.all([
    qtest.readl(cb(bank, 'FSR')),
    qtest.readq(cb(bank, 'FAR')),
    qtest.readl(cb(bank, 'FSYNR0')),
    qtest.readl(GR1.CBFRSYNRA(bank)),
  ])
  return { fsr, far, fsynr0, stream }
}

/** As the driver's handler: writes back what it read. */
export function clear(qtest: Qtest, bank = 0): void {
  qtest.writel(cb(bank, 'FSR'), -1)
}

/** Drops every translation. */
export function invalidateAll(qtest: Qtest): void {
  qtest.writel(GR0.TLBIALLNSNH, 0)
  qtest.writel(GR0.sTLBGSYNC, 0)
}
