import t from 'tap'
import { migrated } from '../migrate.ts'
import type { Qtest } from '../qtest.ts'
import { startQtest } from '../start.ts'
import { access, enable, fault, route } from './master.ts'
import { cb, CONTEXTS, GR0, GR1, GROUPS, SMR_VALID, USFCFG } from './registers.ts'
import { MAPPED, Tables } from './tables.ts'

/** Little RAM: all of it goes through the file. */
const memory = '256M'
const TABLES = 0x4900_0000n
const TARGET = 0x4a00_0000n
const IOVA = 0xffff_e000n

t.setTimeout(60_000)

t.test('every register moves', async t => {
  await using before = await startQtest({ memory })
  before.writel(GR0.sACR, 0)
  const addresses = [
    ...[GR0.sCR0, GR0.sGFSR, GR0.sGFSYNR0, GR0.sGFSYNR1, GR0.sGFAR, GR0.sGFAR + 4],
    ...Array.from({ length: GROUPS }, (_, n) => [GR0.SMR(n), GR0.S2CR(n)]).flat(),
    ...Array.from({ length: CONTEXTS }, (_, n) => [
      ...[GR1.CBAR(n), GR1.CBA2R(n), GR1.CBFRSYNRA(n)],
      ...(['SCTLR', 'ACTLR', 'TCR', 'TCR2', 'CONTEXTIDR', 'MAIR0', 'MAIR1', 'FSYNR0'] as const).map(name =>
        cb(n, name),
      ),
      ...(['TTBR0', 'TTBR1', 'FAR'] as const).flatMap(name => [cb(n, name), cb(n, name) + 4]),
    ]).flat(),
    // The last: it may lock ACTLR.
    GR0.sACR,
  ]
  // A refused stream first: what only the device writes.
  before.writel(GR0.sCR0, USFCFG)
  t.equal(await access(before, 'write', TARGET), 'translation')
  addresses.forEach((address, i) => {
    if (address < GR0.sGFAR || address > GR0.sGFSYNR1)
      before.writel(address, Math.imul(i + 1, 0x9e3779b9) & ~SMR_VALID)
  })
  const read = (qtest: Qtest) => Promise.all(addresses.map(address => qtest.readl(address)))
  const kept = await read(before)
  t.ok(new Set(kept).size > addresses.length - 10, 'nearly each has a value of its own')
  await using after = await migrated(before, { memory })
  t.same(await read(after), kept, `${addresses.length} registers`)
})

t.test('a latched fault moves with its interrupt, and translations begin afresh', async t => {
  await using before = await startQtest({ memory })
  const tables = new Tables(before, TABLES)
  tables.map(IOVA, TARGET | MAPPED)
  before.writel(GR0.sCR0, USFCFG)
  route(before)
  enable(before, { stage: 1, ttbr: TABLES, t0sz: 16, sl0: 0, ps: 2 }, { hupcf: true })
  t.equal(await access(before, 'read', IOVA), 'ok')
  t.equal(await access(before, 'read', IOVA - 0x1000n), 'translation')
  const latched = await fault(before)
  t.equal(latched.far, IOVA - 0x1000n)
  tables.map(IOVA, 0n)
  t.equal(await access(before, 'read', IOVA), 'ok', 'cached')

  await using after = await migrated(before, { memory })
  t.same(await fault(after), latched)
  t.equal(await access(after, 'read', IOVA), 'translation', 'the cache has not moved')
  await after.interceptOut('/machine/smmu@ea200000')
  after.writel(cb(0, 'SCTLR'), await after.readl(cb(0, 'SCTLR')))
  t.equal(await after.irq(1), true)
})
