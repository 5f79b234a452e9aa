import t from 'tap'
import { startQtest } from '../start.ts'
import { access, enable, route } from './master.ts'
import { cb, GR0, STREAM, USFCFG } from './registers.ts'
import { AF, MAPPED, MAPPED_BLOCK, NG, PAGE, S2_READ, S2_WRITE, TABLES, Tables, TARGET } from './tables.ts'
import type { Regime } from './walker.ts'

const IOVA = 0xffe0_0000n
const STAGE1: Regime = { stage: 1, ttbr: TABLES, t0sz: 16, sl0: 0, ps: 2 }
const STAGE2: Regime = { ...STAGE1, stage: 2, sl0: 2 }
const [BANK, OTHER] = [3, 4]
const [ASID, VMID] = [0x5a5a, 9]
const S2_PAGE = PAGE | AF | S2_READ | S2_WRITE

/** The value that TLBIVA and its like take (arm_smmu_tlb_inv_range_s1()). */
const va = (iova: bigint, asid = ASID) => (BigInt(asid) << 48n) | (iova >> 12n)

type Session = Awaited<ReturnType<typeof startQtest>>

/** An invalidation, and whether it takes the translation of IOVA in BANK, of ASID and VMID. */
interface Row {
  name: string
  invalidate: (qtest: Session) => void
  takes: boolean
}

const byRegister =
  (register: Parameters<typeof cb>[1], value: bigint, bank = BANK) =>
  (qtest: Session) =>
    qtest.writeq(cb(bank, register), value)
const byWord = (address: number, value: number) => (qtest: Session) => qtest.writel(address, value)

const STAGE1_ROWS: Row[] = [
  { name: 'nothing at all', invalidate: () => {}, takes: false },
  { name: 'TLBIVA of it', invalidate: byRegister('TLBIVA', va(IOVA)), takes: true },
  { name: 'TLBIVAL of it', invalidate: byRegister('TLBIVAL', va(IOVA)), takes: true },
  { name: 'TLBIVA of the next page', invalidate: byRegister('TLBIVA', va(IOVA + 0x1000n)), takes: false },
  { name: 'TLBIVA of another ASID', invalidate: byRegister('TLBIVA', va(IOVA, ASID ^ 1)), takes: false },
  {
    name: 'TLBIVA in a bank of another VMID',
    invalidate: byRegister('TLBIVA', va(IOVA), OTHER),
    takes: false,
  },
  { name: 'TLBIVAA of it', invalidate: byRegister('TLBIVAA', va(IOVA, 0)), takes: true },
  {
    name: 'TLBIVAAL of the next page',
    invalidate: byRegister('TLBIVAAL', va(IOVA + 0x1000n, 0)),
    takes: false,
  },
  { name: 'TLBIASID of it', invalidate: byWord(cb(BANK, 'TLBIASID'), ASID), takes: true },
  { name: 'TLBIASID of another', invalidate: byWord(cb(BANK, 'TLBIASID'), ASID ^ 1), takes: false },
  { name: 'TLBIALL', invalidate: byWord(cb(BANK, 'TLBIALL'), 0), takes: true },
  { name: 'TLBIALL in a bank of another VMID', invalidate: byWord(cb(OTHER, 'TLBIALL'), 0), takes: false },
  { name: 'TLBIIPAS2, which is for stage 2', invalidate: byRegister('TLBIIPAS2', IOVA >> 12n), takes: false },
  { name: 'TLBIVMID of it', invalidate: byWord(GR0.TLBIVMID, VMID), takes: true },
  { name: 'TLBIVMID of another', invalidate: byWord(GR0.TLBIVMID, VMID + 1), takes: false },
  { name: 'TLBIALLNSNH', invalidate: byWord(GR0.TLBIALLNSNH, 0), takes: true },
]

const STAGE2_ROWS: Row[] = [
  { name: 'nothing at all', invalidate: () => {}, takes: false },
  { name: 'TLBIIPAS2 of it', invalidate: byRegister('TLBIIPAS2', IOVA >> 12n), takes: true },
  { name: 'TLBIIPAS2L of it', invalidate: byRegister('TLBIIPAS2L', IOVA >> 12n), takes: true },
  {
    name: 'TLBIIPAS2 of the next page',
    invalidate: byRegister('TLBIIPAS2', (IOVA >> 12n) + 1n),
    takes: false,
  },
  { name: 'TLBIVA, which is for stage 1', invalidate: byRegister('TLBIVA', va(IOVA, 0)), takes: false },
  { name: 'TLBIVMID of it', invalidate: byWord(GR0.TLBIVMID, VMID), takes: true },
  { name: 'TLBIALLNSNH', invalidate: byWord(GR0.TLBIALLNSNH, 0), takes: true },
]

t.setTimeout(120_000)

for (const { regime, rows, leaf } of [
  { regime: STAGE1, rows: STAGE1_ROWS, leaf: MAPPED },
  { regime: STAGE2, rows: STAGE2_ROWS, leaf: S2_PAGE },
])
  t.test(`what an unmapped page of stage ${regime.stage} survives`, async t => {
    await using qtest = await startQtest()
    const tables = started(qtest, regime)
    for (const { name, invalidate, takes } of rows) {
      tables.map(IOVA, TARGET | leaf)
      t.equal(await access(qtest, 'read', IOVA), 'ok')
      tables.map(IOVA, 0n)
      invalidate(qtest)
      t.equal(await access(qtest, 'read', IOVA), 'ok', `${name}: not before a sync`)
      qtest.writel(cb(BANK, 'TLBSYNC'), 0)
      t.equal(await qtest.readl(cb(BANK, 'TLBSTATUS')), 0)
      t.equal(await access(qtest, 'read', IOVA), takes ? 'translation' : 'ok', name)
      qtest.writel(cb(BANK, 'FSR'), -1)
      qtest.writel(GR0.TLBIALLNSNH, 0)
      qtest.writel(GR0.sTLBGSYNC, 0)
    }
  })

t.test('the global sync does what the banks owe', async t => {
  await using qtest = await startQtest()
  const tables = started(qtest, STAGE1)
  tables.map(IOVA, TARGET | MAPPED)
  await access(qtest, 'read', IOVA)
  tables.map(IOVA, 0n)
  qtest.writeq(cb(BANK, 'TLBIVAL'), va(IOVA))
  qtest.writel(GR0.sTLBGSYNC, 0)
  t.equal(await qtest.readl(GR0.sTLBGSTATUS), 0)
  t.equal(await access(qtest, 'read', IOVA), 'translation')
})

t.test('a global page is for every ASID; TLBIASID leaves it, its address takes it', async t => {
  await using qtest = await startQtest()
  const tables = started(qtest, STAGE1)
  tables.map(IOVA, TARGET | (MAPPED & ~NG))
  t.equal(await access(qtest, 'read', IOVA), 'ok')
  tables.map(IOVA, 0n)
  enable(qtest, STAGE1, { bank: BANK, asid: 1, vmid: VMID })
  qtest.writel(cb(BANK, 'TLBIASID'), ASID)
  qtest.writel(cb(BANK, 'TLBIASID'), 1)
  qtest.writel(cb(BANK, 'TLBSYNC'), 0)
  t.equal(await access(qtest, 'read', IOVA), 'ok')
  qtest.writeq(cb(BANK, 'TLBIVA'), va(IOVA, 1))
  qtest.writel(cb(BANK, 'TLBSYNC'), 0)
  t.equal(await access(qtest, 'read', IOVA), 'translation')
})

t.test('translations are tagged by ASID and VMID, not by bank', async t => {
  await using qtest = await startQtest({ trace: true })
  const tables = started(qtest, STAGE1)
  tables.map(IOVA, TARGET | MAPPED)
  t.equal(await access(qtest, 'read', IOVA), 'ok')
  tables.map(IOVA, 0n)
  route(qtest, { bank: OTHER })
  enable(qtest, STAGE1, { bank: OTHER, asid: ASID, vmid: VMID })
  t.equal(await access(qtest, 'read', IOVA), 'ok', 'the other bank with both has it')
  for (const tag of [
    { asid: ASID ^ 1, vmid: VMID },
    { asid: ASID, vmid: VMID + 1 },
  ]) {
    enable(qtest, STAGE1, { bank: OTHER, ...tag })
    t.equal(await access(qtest, 'read', IOVA), 'translation', 'one with another has not')
    qtest.writel(cb(OTHER, 'FSR'), -1)
  }
})

t.test('a block is one entry: any of its addresses takes it', async t => {
  await using qtest = await startQtest({ trace: true })
  const tables = started(qtest, STAGE1)
  for (const { to, size } of [
    { to: 2, size: 0x20_0000n },
    { to: 1, size: 0x4000_0000n },
  ]) {
    tables.map(IOVA, TARGET | MAPPED_BLOCK, { to })
    const start = IOVA & -size
    t.equal(await access(qtest, 'read', start + 0x1000n), 'ok')
    tables.map(IOVA, 0n, { to })
    t.equal(await access(qtest, 'read', start + size - 1n), 'ok', 'walked once')
    qtest.writeq(cb(BANK, 'TLBIVAL'), va(start + size))
    qtest.writel(cb(BANK, 'TLBSYNC'), 0)
    t.equal(await access(qtest, 'read', start), 'ok', "the next block's address leaves it")
    qtest.writeq(cb(BANK, 'TLBIVAL'), va(start + size - 0x1000n))
    qtest.writel(cb(BANK, 'TLBSYNC'), 0)
    t.equal(await access(qtest, 'read', start), 'translation')
    qtest.writel(cb(BANK, 'FSR'), -1)
  }
  const walks = (await qtest.trace()).filter(line => line.includes('"event":"walk"'))
  t.equal(walks.length, 2)
})

t.test('a flush is in the trace when it is done: at the sync', async t => {
  await using qtest = await startQtest({ trace: true })
  started(qtest, STAGE1)
  await qtest.trace()
  qtest.writeq(cb(BANK, 'TLBIVAL'), va(IOVA))
  qtest.writel(cb(BANK, 'TLBIASID'), ASID)
  qtest.writel(GR0.TLBIALLNSNH, 0)
  t.same(await qtest.trace(), [])
  qtest.writel(cb(BANK, 'TLBSYNC'), 0)
  const flush = { event: 'context', mmu: 'ea200000.iommu', context: BANK, op: 'flush', ttbr: '0x510000000' }
  const flushes = (await qtest.trace()).map(line => JSON.parse(line) as Record<string, unknown>)
  t.match(flushes, [{ ...flush, iova: '0xffe00000' }, flush, flush, { ...flush, context: OTHER }])
  t.equal(flushes.length, 4)
  t.notOk(flushes.slice(1).some(each => 'iova' in each))
})

/** BANK translates the probe's stream; OTHER is on, of another VMID. */
function started(qtest: Session, regime: Regime): Tables {
  const tables = new Tables(qtest)
  qtest.writel(GR0.sCR0, USFCFG)
  route(qtest, { bank: BANK, stream: STREAM })
  enable(qtest, regime, { bank: BANK, asid: ASID, vmid: VMID })
  enable(qtest, regime, { bank: OTHER, asid: ASID, vmid: VMID + 1 })
  return tables
}
