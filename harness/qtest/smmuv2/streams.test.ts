import t from 'tap'
import { startQtest } from '../start.ts'
import { access, enable, route } from './master.ts'
import {
  BYPASS,
  cb,
  CLIENTPD,
  FAULT,
  GFIE,
  GFSR,
  GR0,
  GROUPS,
  SMMU,
  SMR_VALID,
  STREAM,
  TRANSLATE,
  USFCFG,
} from './registers.ts'
import { MAPPED, TABLES, Tables, TARGET } from './tables.ts'

const PATH = '/machine/smmu@ea200000'
const IOVA = 0xffff_e000n
const PROBE_IOVA = TARGET + 0x5000n

t.setTimeout(120_000)

t.test('ID registers say what arm_smmu_device_cfg_probe() takes for an MMU-500', async t => {
  await using qtest = await startQtest()
  const [id0, id1, id2, id3, id7] = await Promise.all(
    [GR0.ID0, GR0.ID1, GR0.ID2, GR0.ID3, GR0.ID7].map(id => qtest.readl(id)),
  )
  // S1TS, S2TS, SMS, ATOSNS, no AArch32, no coherent walk; 15 bits of stream, 48 groups
  t.equal(id0, (0x6f << 24) | (15 << 9) | 48)
  t.equal(id1, (3 << 28) | 16, '4 KiB pages, 2^4 of them before the banks, 16 banks')
  t.equal(id2, (1 << 12) | (5 << 8) | (2 << 4) | 2, '4 KiB granule; 48 bits in, 40 out')
  t.equal(id3, 0)
  t.equal(id7, 0x20, 'r2p0')
  qtest.writel(GR0.ID0, 0)
  t.equal(await qtest.readl(GR0.ID0), id0)
  t.match(await qtest.log(), [/smmuv2 ea200000.iommu: write of read-only register 0x20/])
})

t.test('at reset every stream goes through', async t => {
  await using qtest = await startQtest({ trace: true })
  t.equal(await qtest.readl(GR0.sCR0), CLIENTPD)
  route(qtest, { type: FAULT })
  t.equal(await access(qtest, 'write', PROBE_IOVA), 'ok', 'whatever its group says')
  t.match(await lastTransfer(qtest), { mmu: null, phys: '0x600005000', ok: true })
})

t.test('the masks of stream match registers can be probed', async t => {
  await using qtest = await startQtest()
  for (const group of [0, GROUPS - 1]) {
    qtest.writel(GR0.SMR(group), 0x7fff)
    t.equal(await qtest.readl(GR0.SMR(group)), 0x7fff, 'arm_smmu_test_smr_masks(): ids')
    qtest.writel(GR0.SMR(group), 0x7fff_0000)
    t.equal(await qtest.readl(GR0.SMR(group)), 0x7fff_0000, 'and masks')
  }
  t.equal(await qtest.readl(GR0.SMR(GROUPS)), 0, 'there is no group 48')
  t.match(await qtest.log(), [/read of unimplemented register 0x8c0/])
})

t.test('a stream that no group matches', async t => {
  await using qtest = await startQtest({ trace: true })
  await qtest.interceptOut(PATH)
  qtest.writel(GR0.sCR0, GFIE)
  t.equal(await access(qtest, 'read', PROBE_IOVA), 'ok', 'goes through without USFCFG')
  qtest.writel(GR0.sCR0, GFIE | USFCFG)
  t.equal(await access(qtest, 'read', PROBE_IOVA), 'translation', 'and is refused with it')
  t.same(await globalFault(qtest), { sgfsr: GFSR.USF, far: PROBE_IOVA, syn0: 0, stream: STREAM })
  t.equal(await qtest.irq(0), true)
  t.equal(await qtest.irq(1), false)

  t.equal(await access(qtest, 'write', PROBE_IOVA + 4n), 'translation')
  t.same(
    await globalFault(qtest),
    { sgfsr: (GFSR.USF | GFSR.MULTI) >>> 0, far: PROBE_IOVA, syn0: 0, stream: STREAM },
    'the second only says that there was one',
  )
  qtest.writel(GR0.sGFSR, -1)
  t.equal(await qtest.readl(GR0.sGFSR), 0)
  t.equal(await qtest.irq(0), false)

  await access(qtest, 'write', PROBE_IOVA)
  t.equal((await globalFault(qtest)).syn0, 2, 'sGFSYNR0.WNR')
  qtest.writel(GR0.sCR0, USFCFG)
  t.equal(await qtest.irq(0), false, 'without GFIE nobody is told')
  t.equal(await access(qtest, 'read', PROBE_IOVA), 'translation', 'who is refused is')
})

t.test('a group takes the streams that its mask leaves', async t => {
  await using qtest = await startQtest()
  qtest.writel(GR0.sCR0, USFCFG)
  const cases = [
    { stream: STREAM, mask: 0, taken: true },
    { stream: STREAM + 1, mask: 0, taken: false },
    { stream: STREAM + 1, mask: 1, taken: true },
    { stream: 0x7fef, mask: 0x7fff, taken: true },
    { stream: 0x4010, mask: 0x3fff, taken: false },
  ]
  for (const { stream, mask, taken } of cases) {
    route(qtest, { group: 47, stream, mask, type: BYPASS })
    t.equal(
      await access(qtest, 'read', PROBE_IOVA),
      taken ? 'ok' : 'translation',
      `${stream.toString(16)} but for ${mask.toString(16)}`,
    )
    qtest.writel(GR0.sGFSR, -1)
  }
  route(qtest, { group: 47, stream: STREAM, type: BYPASS })
  qtest.writel(GR0.SMR(47), STREAM)
  t.equal(await access(qtest, 'read', PROBE_IOVA), 'translation', 'a group that is not valid takes none')
})

t.test('groups that refuse: each has its bit in sGFSR', async t => {
  await using qtest = await startQtest({ trace: true })
  qtest.writel(GR0.sCR0, USFCFG)
  const refused = async (bit: number, reason: string) => {
    t.equal(await access(qtest, 'read', PROBE_IOVA), 'translation', reason)
    t.equal((await globalFault(qtest)).sgfsr, bit, reason)
    t.match((await events(qtest, 'walk-fault')).at(-1), { reason, context: null, utlb: STREAM })
    qtest.writel(GR0.sGFSR, -1)
  }
  await refused(GFSR.USF, 'unmatched-stream')
  route(qtest, { type: FAULT })
  await refused(GFSR.ICF, 'fault-context')
  route(qtest, { type: TRANSLATE, bank: 16 })
  await refused(GFSR.UCBF, 'no-context-bank')
  route(qtest, { group: 0, type: BYPASS })
  route(qtest, { group: 1, stream: STREAM & ~0xf, mask: 0x1f, type: BYPASS })
  await refused(GFSR.SMCF, 'stream-conflict')
})

t.test('a group sends its streams to any context bank', async t => {
  await using qtest = await startQtest({ trace: true })
  const tables = new Tables(qtest)
  tables.map(IOVA, (TARGET + 0x7000n) | MAPPED)
  qtest.writel(GR0.sCR0, USFCFG)
  for (const bank of [0, 7, 15]) {
    route(qtest, { bank })
    enable(qtest, { stage: 1, ttbr: TABLES, t0sz: 16, sl0: 0, ps: 2 }, { bank })
    t.equal(await access(qtest, 'read', IOVA + 0x123n), 'ok')
    const transfer = { mmu: 'ea200000.iommu', utlb: STREAM, context: bank, phys: '0x600007123' }
    t.match(await lastTransfer(qtest), transfer)
    qtest.writel(cb(bank, 'SCTLR'), 0)
    t.equal(await access(qtest, 'read', PROBE_IOVA), 'ok')
    t.match(await lastTransfer(qtest), { mmu: null }, 'a bank that is off lets addresses through')
  }
})

t.test('registers are there by 4 and by 8 bytes, and keep what is written', async t => {
  await using qtest = await startQtest()
  for (const bank of [0, 15]) {
    qtest.writeq(cb(bank, 'TTBR0'), 0x0123_4567_89ab_c000n)
    t.equal(await qtest.readl(cb(bank, 'TTBR0') + 4), 0x0123_4567)
    qtest.writel(cb(bank, 'TTBR1') + 4, 0x89)
    t.equal(await qtest.readq(cb(bank, 'TTBR1')), 0x89_0000_0000n)
    for (const register of ['TCR', 'TCR2', 'CONTEXTIDR', 'MAIR0', 'MAIR1'] as const) {
      qtest.writel(cb(bank, register), 0x1000 + bank)
      t.equal(await qtest.readl(cb(bank, register)), 0x1000 + bank, register)
    }
  }
  t.equal(await qtest.readl(cb(1, 'TCR')), 0, 'and the next bank has its own')
  await qtest.readl(SMMU + 0x2000)
  qtest.writel(cb(0, 'RESUME'), 1)
  t.match(await qtest.log(), [/unimplemented register 0x2000/, /context 0: nothing to resume/])
})

t.test("arm_mmu500_reset(): ACTLR takes writes once sACR's cache lock is off", async t => {
  await using qtest = await startQtest()
  const [CACHE_LOCK, CPRE] = [1 << 26, 1 << 1]
  t.equal(await qtest.readl(cb(3, 'ACTLR')), CPRE)
  qtest.writel(cb(3, 'ACTLR'), 0)
  t.equal(await qtest.readl(cb(3, 'ACTLR')), CPRE)
  qtest.writel(GR0.sACR, (await qtest.readl(GR0.sACR)) & ~CACHE_LOCK)
  qtest.writel(cb(3, 'ACTLR'), 0)
  t.equal(await qtest.readl(cb(3, 'ACTLR')), 0)
})

t.test('reset forgets it all', async t => {
  await using qtest = await startQtest({ trace: true })
  qtest.writel(GR0.sCR0, USFCFG)
  route(qtest, { type: BYPASS })
  await access(qtest, 'read', PROBE_IOVA)
  qtest.writel(GR0.SMR(0), SMR_VALID)
  await access(qtest, 'read', PROBE_IOVA)
  t.equal(await qtest.readl(GR0.sGFSR), GFSR.USF)
  await qtest.qmp.execute('system_reset')
  t.equal(await qtest.readl(GR0.sCR0), CLIENTPD)
  t.equal(await qtest.readl(GR0.sGFSR), 0)
  t.equal(await qtest.readl(GR0.SMR(0)), 0)
  t.equal(await qtest.readl(GR0.S2CR(0)), 0)
})

type Session = Awaited<ReturnType<typeof startQtest>>

async function globalFault(qtest: Session): Promise<Record<string, number | bigint>> {
  const [sgfsr, far, syn0, stream] = await Promise.all([
    qtest.readl(GR0.sGFSR),
    qtest.readq(GR0.sGFAR),
    qtest.readl(GR0.sGFSYNR0),
    qtest.readl(GR0.sGFSYNR1),
  ])
  return { sgfsr, far, syn0, stream }
}

async function events(qtest: Session, kind: string): Promise<Record<string, unknown>[]> {
  const all = (await qtest.trace()).map(line => JSON.parse(line) as Record<string, unknown>)
  return all.filter(({ event }) => event === kind)
}

async function lastTransfer(qtest: Session): Promise<Record<string, unknown>> {
  return (await events(qtest, 'transfer')).at(-1) ?? {}
}
