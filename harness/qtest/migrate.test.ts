import t from 'tap'
import {
  CONTEXT,
  contextRegister,
  CONTEXTS,
  FLUSH,
  INTEN,
  IPMMUS,
  isRaised,
  MMUEN,
  SPI,
  utlbRegister,
  UTLBS,
  type Ipmmu,
} from './board.ts'
import { Probe, REGISTER, START as PROBE_START } from './dmaprobe.ts'
import { BIT, Context, PAGE, Tables } from './ipmmu.ts'
import { migrated } from './migrate.ts'
import type { Qtest } from './qtest.ts'
import { startQtest } from './start.ts'
import {
  descriptorTable,
  emptyDisk,
  ENDS,
  SATA,
  SECTOR,
  startSata,
  START,
  TO_MEMORY,
  transferAt,
  transferEnd,
} from './sata.ts'

/** Little RAM: all of it goes through the file. */
const memory = '256M'
const TABLES = 0x4900_0000n
const RAM = 0x4a00_0000n
const IOVA = 0x1000n
const UTLB = 8

t.setTimeout(60_000)

t.test('all registers of every IPMMU', async t => {
  await using before = await startQtest({ memory })
  const addresses = (Object.keys(IPMMUS) as Ipmmu[]).flatMap(mmu => [
    ...Array.from({ length: CONTEXTS }, (_, n) =>
      (Object.keys(CONTEXT) as (keyof typeof CONTEXT)[]).map(name => contextRegister(mmu, n, name)),
    ).flat(),
    ...Array.from({ length: UTLBS }, (_, n) => [
      utlbRegister(mmu, n, 'IMUCTR'),
      utlbRegister(mmu, n, 'IMUASID'),
    ]).flat(),
  ])
  addresses.forEach((address, i) => before.writel(address, Math.imul(i + 1, 0x9e3779b9) & ~FLUSH))
  const read = (qtest: Qtest) => Promise.all(addresses.map(address => qtest.readl(address)))
  const kept = await read(before)
  t.ok(new Set(kept).size > addresses.length / 2, 'each has a value of its own')
  await using after = await migrated(before, { memory })
  t.same(await read(after), kept, `${addresses.length} registers`)
})

t.test('walks, a latched fault and its interrupt', async t => {
  await using before = await startQtest({ memory })
  const tables = new Tables(before, TABLES)
  tables.set(IOVA, 3, RAM | PAGE)
  tables.set(0x3000n, 3, RAM | PAGE | BIT.READ_ONLY)
  const context = new Context(before, 6)
  context.enable(tables.root)
  context.attach(UTLB)
  t.equal((await new Probe(before, 'ipmmu').run({ op: 'fill', dst: IOVA, length: 4n })).cause, null)
  t.equal(
    (await new Probe(before, 'ipmmu').run({ op: 'fill', dst: 0x3008n, length: 4n })).cause,
    'translation',
  )
  const fault = await context.fault()
  t.same(fault, { imstr: 0x2402, address: 0x3008n })
  tables.set(IOVA, 3, (RAM + 0x1000n) | PAGE)

  await using after = await migrated(before, { memory })
  const same = new Context(after, 6)
  t.same(await same.fault(), fault)
  t.ok(await isRaised(after, SPI.ipmmu))
  const probe = new Probe(after, 'ipmmu')
  t.equal(
    (await probe.run({ op: 'fill', dst: 0x3010n, length: 4n })).cause,
    'translation',
    'refused as before',
  )
  t.same(await same.fault(), fault, 'and the first one is still the one')
  t.equal((await probe.run({ op: 'fill', dst: IOVA, length: 4n, pattern: 0xabc })).cause, null)
  t.equal(await after.readl(RAM + 0x1000n), 0xabc, 'what was stale is fresh: the caches stay behind')
  same.write('IMSTR', 0)
  t.notOk(await isRaised(after, SPI.ipmmu), 'the line falls')
  same.write('IMCTR', MMUEN)
  await probe.run({ op: 'fill', dst: 0x3000n, length: 4n })
  t.notOk(await isRaised(after, SPI.ipmmu))
  same.write('IMCTR', MMUEN | INTEN)
  t.ok(await isRaised(after, SPI.ipmmu), 'and rises again')
})

t.test('SATA: a command that waits for START, by a table of descriptors', async t => {
  const disk = emptyDisk(t.testdir())
  await using before = await startQtest({ memory, disk })
  startSata(before)
  before.memset(RAM, SECTOR, 0x5a)
  t.match(await transferAt(before, Number(RAM), { toMemory: false, lba: 7 }), { error: 0 })
  const read = (qtest: Qtest) =>
    Promise.all(
      Object.entries(SATA)
        .filter(([name]) => name !== 'TASK_COMMAND')
        .map(async ([name, address]) => `${name} ${await qtest.readl(address)}`),
    )

  // What was written went into the snapshot, which stays behind: the disk is zeroes on the other side.
  before.memset(RAM, SECTOR, 0xff)
  before.write(
    TABLES,
    descriptorTable([
      { address: Number(RAM), length: 200 },
      { address: Number(RAM) + 200, length: 312 },
    ]),
  )
  before.writel(SATA.DTB_ADR, Number(TABLES))
  before.writel(SATA.TASK_COUNT, 1)
  before.writel(SATA.CONTROL1, 0x10808 | TO_MEMORY)
  before.writel(SATA.TASK_COMMAND, 0xc8)
  const kept = await read(before)

  await using after = await migrated(before, { memory, disk })
  t.same(await read(after), kept)
  after.writel(SATA.CONTROL1, 0x10808 | TO_MEMORY | START)
  const { status, error } = await transferEnd(after)
  t.equal(status & (ENDS.NEND | ENDS.ERR | ENDS.DNEND), ENDS.NEND | ENDS.DNEND)
  t.equal(error, 0)
  t.same(await after.read(RAM, SECTOR), Buffer.alloc(SECTOR))
  t.ok((await after.readl(SATA.STATUS)) & ENDS.NEND)
})

t.test('SATA: an engine that waits for the drive, and an interrupt that waits for the driver', async t => {
  const disk = emptyDisk(t.testdir())
  await using before = await startQtest({ memory, disk })
  startSata(before)
  // FLUSH CACHE raises an interrupt that nobody takes; then the engine is started without a command.
  before.writel(SATA.TASK_COMMAND, 0xe7)
  while (!(await isRaised(before, SPI.sata))) await before.done()
  before.writel(SATA.DMA_START_ADR, Number(RAM))
  before.writel(SATA.DMA_TRANS_CNT, SECTOR)
  before.memset(RAM, SECTOR, 0xff)
  before.writel(SATA.CONTROL1, 0x10800 | TO_MEMORY | START)
  t.ok((await before.readl(SATA.STATUS)) & ENDS.ACT)

  await using after = await migrated(before, { memory, disk })
  t.ok((await after.readl(SATA.STATUS)) & ENDS.ACT)
  t.ok(await isRaised(after, SPI.sata))
  await after.readl(SATA.TASK_COMMAND)
  after.writel(SATA.INT_STATUS, 0)
  t.notOk(await isRaised(after, SPI.sata), 'it is acknowledged')
  after.writel(SATA.TASK_COUNT, 1)
  after.writel(SATA.TASK_COMMAND, 0xc8)
  const { status } = await transferEnd(after)
  t.ok(status & ENDS.NEND)
  t.same(await after.read(RAM, SECTOR), Buffer.alloc(SECTOR))
})

t.test('SATA: a forged cursor loads, and its transfer ends as any other', async t => {
  const disk = emptyDisk(t.testdir())
  const rows = [
    {
      what: 'more descriptors fetched than there may be',
      addr: 0,
      length: 0,
      fetched: 0x1001,
      log: /no DTEND/,
    },
    { what: 'the most that can be', addr: 0, length: 0, fetched: 0xffffffff, log: /no DTEND/ },
    { what: 'an extent past 32 bits', addr: 0xffffffff, length: 0xffffffff, fetched: 0, log: /no RAM at/ },
  ]
  for (const { what, addr, length, fetched, log } of rows) {
    await using before = await startQtest({ memory, disk })
    startSata(before)
    before.writel(SATA.DMA_START_ADR, 0x13579bdc)
    before.writel(SATA.DMA_TRANS_CNT, 0x2468ace0)
    before.writel(SATA.CONTROL1, 0x10800 | TO_MEMORY | START)
    await using after = await migrated(before, { memory, disk }, state => {
      // cur.addr, length, fetched and last, behind the registers, which have the first two as well.
      const cursor = state.indexOf(Buffer.from('13579bdc2468ace00000000001', 'hex'))
      t.ok(cursor > 0)
      for (const [i, value] of [Number(RAM), addr, length, fetched].entries())
        state.writeUInt32BE(value, cursor - 4 + 4 * i)
      state[cursor + 12] = 0
    })
    after.writel(SATA.TASK_COUNT, 1)
    after.writel(SATA.TASK_COMMAND, 0xc8)
    t.ok((await transferEnd(after)).status & ENDS.ERR, what)
    t.match(await after.log(), [log], 'one line, and no more')
  }
})

t.test('dmaprobe: a job that waits for its time', async t => {
  await using before = await startQtest({ memory })
  const probe = new Probe(before, 'bare')
  probe.start({ op: 'fill', dst: RAM, length: 4096n, pattern: 0x1234, delay: 1000, job: 77 })
  t.equal((await probe.read('STATUS')) & 1, 1)
  await using after = await migrated(before, { memory })
  const same = new Probe(after, 'bare')
  t.equal(await same.read('JOB'), 77)
  t.equal(await same.read('CTRL'), (await probe.read('CTRL')) & ~PROBE_START)
  t.equal((await same.read('STATUS')) & 1, 1, 'busy')
  await after.clockStep(2_000_000)
  t.match(await same.ended(), { cause: null, bytes: 4096n })
  t.equal(await after.readl(RAM + 4092n), 0x1234 + 1023)
  t.equal(await after.readl(0xea110000 + REGISTER.PATTERN), 0x1234)
})
