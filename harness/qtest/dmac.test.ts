import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { parseEvent } from '../trace/trace.ts'
import { contextRegister, isRaised } from './board.ts'
import { CHCR, descriptors, Dmac, DMAC0, DMAC0_SPI, UNITS } from './dmac.ts'
import { mapPages } from './pages.ts'
import type { Qtest } from './qtest.ts'
import { startQtest } from './start.ts'

const SRC = 0x5_0000_0000n
const DST = 0x6_0000_0000n
const RISING = CHCR.SRC_INC | CHCR.DST_INC | CHCR.IE
const transfers = async (qtest: Qtest) =>
  (await qtest.trace()).map(parseEvent).filter(event => event.event === 'transfer')

t.test('each unit copies as many bytes as it has, and the channel says so', async t => {
  await using qtest = await startQtest({ trace: true })
  const dmac = new Dmac(qtest)
  for (const [unit, bits] of Object.entries(UNITS)) {
    const data = randomBytes(5 * Number(unit))
    qtest.write(SRC, data)
    qtest.memset(DST, 0x1000)
    dmac.extent(2, SRC, DST, 5)
    const chcr = await dmac.run(2, RISING | bits)
    t.equal(chcr & (CHCR.TE | CHCR.CAE), CHCR.TE, `${unit} bytes`)
    t.ok(data.equals(await qtest.read(DST, data.length)))
    t.equal((await qtest.read(DST, data.length + 1)).at(-1), 0, 'and no more')
    t.same([await dmac.read(2, 'TCR'), await dmac.read(2, 'TCRB')], [0, 0])
    t.ok(await isRaised(qtest, DMAC0_SPI.channel(2)))
    t.equal(await qtest.readl(DMAC0 + 0x20), 1 << 2, 'DMAISTA')
    dmac.write(2, { CHCR: 0 })
    t.notOk(await isRaised(qtest, DMAC0_SPI.channel(2)), 'TE is cleared by writing 0')
  }
  const [read, write] = await transfers(qtest)
  t.match(read, { master: 'e6700000.dma-controller', mmu: null, access: 'read', iova: SRC, phys: SRC })
  t.match(write, { access: 'write', iova: DST, phys: DST, what: 'data', ok: true })
})

t.test('addresses stand still, or fall', async t => {
  await using qtest = await startQtest()
  const dmac = new Dmac(qtest)
  qtest.write(SRC, Buffer.from('abcdefgh'))
  dmac.extent(1, SRC, DST, 3)
  await dmac.run(1, CHCR.DST_INC | UNITS[2]!)
  t.equal((await qtest.read(DST, 6)).toString(), 'ababab', 'a fixed source')
  dmac.write(1, { CHCR: 0 })
  dmac.extent(1, SRC + 6n, DST, 4)
  await dmac.run(1, CHCR.SRC_DEC | CHCR.DST_INC | UNITS[2]!)
  t.equal((await qtest.read(DST, 8)).toString(), 'ghefcdab', 'a falling source')
  dmac.write(1, { CHCR: 0 })
  dmac.extent(1, SRC, DST + 6n, 4)
  await dmac.run(1, CHCR.SRC_INC | CHCR.DST_DEC | UNITS[2]!)
  t.equal((await qtest.read(DST, 8)).toString(), 'ghefcdab', 'a falling destination')
})

t.test('an address error ends its channel, and no other', async t => {
  await using qtest = await startQtest()
  const dmac = new Dmac(qtest)
  const wrong = {
    'not aligned': [SRC + 2n, DST],
    'no memory': [0x20_0000n, DST],
    registers: [SRC, 0xe670_0060n],
  }
  for (const [what, [src = 0n, dst = 0n]] of Object.entries(wrong)) {
    dmac.extent(4, src, dst, 4)
    const chcr = await dmac.run(4, RISING | UNITS[4]!)
    t.equal(chcr & (CHCR.TE | CHCR.DE), 0, `${what}: it has stopped`)
    t.ok(await isRaised(qtest, DMAC0_SPI.channel(4)), "the channel's interrupt")
    t.ok(await isRaised(qtest, DMAC0_SPI.error), 'the error interrupt')
    t.equal(await qtest.readw(DMAC0 + 0x60), 1 | (1 << 2), 'DMAOR.AE')
    dmac.extent(5, SRC, DST, 4)
    t.equal((await dmac.run(5, RISING | UNITS[4]!)) & CHCR.TE, CHCR.TE, 'another channel')
    qtest.writel(DMAC0 + 0x80, 1 << 4)
    t.notOk(await isRaised(qtest, DMAC0_SPI.error))
    t.equal(await dmac.read(4, 'CHCR'), 0, 'DMACHCLR resets it')
    t.equal((await dmac.read(5, 'CHCR')) & CHCR.TE, CHCR.TE, 'and no other')
    dmac.write(5, { CHCR: 0 })
  }
})

const LIST = SRC + 0x10_0000n
const three = [1, 2, 3].map(n => ({
  src: SRC + BigInt(n * 0x1000),
  dst: DST + BigInt(n * 0x2000),
  units: 16 * n,
}))

/** Points channel 3 at the list of {@link three}. */
function list(qtest: Qtest, dmac: Dmac): Buffer {
  const data = randomBytes(0x4000)
  qtest.write(SRC, data)
  qtest.write(LIST, descriptors(three))
  dmac.extent(3, SRC, DST, 0)
  dmac.write(3, { FIXDPBASE: Number(LIST >> 32n), DPBASE: Number(LIST & 0xffff_ffffn) | 1 })
  dmac.write(3, { CHCRB: (2 << 24) | (1 << 15) })
  return data
}

t.test('a list of descriptors is one transfer', async t => {
  await using qtest = await startQtest({ trace: true })
  const dmac = new Dmac(qtest)
  const data = list(qtest, dmac)
  dmac.write(3, { DPCR: 2 << 24 })
  const chcr = await dmac.run(3, RISING | UNITS[4]! | CHCR.LIST | CHCR.ONCE | CHCR.DSIE)
  t.equal(chcr & (CHCR.TE | CHCR.DSE), CHCR.TE | CHCR.DSE)
  for (const { dst, units } of three) {
    const from = Number(dst - DST) / 2
    t.ok(data.subarray(from, from + 4 * units).equals(await qtest.read(dst, 4 * units)))
  }
  t.equal(((await dmac.read(3, 'CHCRB')) >> 16) & 0xff, 0, 'DPTR has come round')
  t.same(
    (await transfers(qtest)).filter(x => x.what === 'descriptor').map(x => x.iova),
    [LIST, LIST + 16n, LIST + 32n],
  )
})

t.test('for ever: stages go on until the channel is stopped', async t => {
  await using qtest = await startQtest()
  const dmac = new Dmac(qtest)
  list(qtest, dmac)
  dmac.write(3, { DPCR: 1 << 24 })
  await dmac.run(3, RISING | UNITS[4]! | CHCR.LIST | CHCR.FOR_EVER | CHCR.DSIE, CHCR.DSE)
  t.ok(await isRaised(qtest, DMAC0_SPI.channel(3)))
  qtest.memset(three[2]!.dst, 4)
  for (let tries = 0; tries < 1000 && (await qtest.readl(three[2]!.dst)) === 0; tries++);
  t.not(await qtest.readl(three[2]!.dst), 0, 'the third stage came again')
  dmac.write(3, { CHCR: 0 })
  qtest.memset(three[2]!.dst, 4)
  await qtest.done()
  t.equal(await qtest.readl(three[2]!.dst), 0, 'and no more')
})

t.test('behind an IPMMU, a channel has its own micro-TLB; what that refuses is an address error', async t => {
  await using qtest = await startQtest({ trace: true })
  const dmac = new Dmac(qtest)
  const tables = 0x7_0000_0000n
  mapPages(qtest, { leaf: 'ds0', utlb: 6, context: 2, tables, pages: [null, SRC, DST] })
  qtest.write(SRC, Buffer.from('through!'))
  dmac.extent(6, 0x1000n, 0x2000n, 2)
  await dmac.run(6, RISING | UNITS[4]!)
  t.equal((await qtest.read(DST, 8)).toString(), 'through!')
  const through = { mmu: 'e6740000.iommu', utlb: 6, context: 2 }
  t.match(await transfers(qtest), [
    { ...through, access: 'read', iova: 0x1000n, phys: SRC },
    { ...through, access: 'write', iova: 0x2000n, phys: DST },
  ])

  dmac.write(6, { CHCR: 0 })
  dmac.extent(6, 0x1000n, 0x3000n, 2)
  t.not((await dmac.run(6, RISING | UNITS[4]!)) & CHCR.CAE, 0)
  t.equal(await qtest.readl(contextRegister('mm', 2, 'IMELAR')), 0x3000)

  dmac.extent(7, SRC, DST + 8n, 2)
  await dmac.run(7, RISING | UNITS[4]!)
  t.equal((await qtest.read(DST + 8n, 8)).toString(), 'through!', "channel 7's micro-TLB is off")
})

t.test('the erratum: the first descriptor does not set DAR if an IPMMU translates it', async t => {
  await using qtest = await startQtest()
  const dmac = new Dmac(qtest)
  const tables = 0x7_0000_0000n
  mapPages(qtest, { leaf: 'ds0', utlb: 3, context: 2, tables, pages: [null, SRC, DST, LIST] })
  qtest.write(SRC, Buffer.from('the erratum'))
  qtest.write(LIST, descriptors([{ src: 0x1000n, dst: 0x2000n, units: 1 }]))
  dmac.extent(3, 0n, 0x2100n, 0)
  dmac.write(3, { FIXDPBASE: 0, DPBASE: 0x3001, CHCRB: 1 << 15 })
  await dmac.run(3, RISING | UNITS[4]! | CHCR.LIST | CHCR.ONCE)
  t.equal((await qtest.read(DST + 0x100n, 4)).toString(), 'the ', 'DAR is what it was')
  t.equal(await qtest.readl(DST), 0)
})

t.test('a transfer that was stopped goes on in another QEMU', async t => {
  await using here = await startQtest()
  const dmac = new Dmac(here)
  const data = randomBytes(2 << 20)
  const units = data.length / 4
  here.write(SRC, data)
  // Falling addresses are moved unit by unit: slowly enough to be stopped on the way.
  const falling = CHCR.SRC_DEC | CHCR.DST_DEC | CHCR.IE | UNITS[4]! | CHCR.AUTO
  const last = BigInt(data.length - 4)
  dmac.extent(9, SRC + last, DST + last, units)
  dmac.write(9, { CHCR: falling | CHCR.DE })
  while ((await dmac.read(9, 'TCR')) === units);
  dmac.write(9, { CHCR: falling })
  const left = await dmac.read(9, 'TCR')
  t.ok(left > 0 && left < units, `${left} of ${units} units are left`)

  const file = join(here.folder, 'state')
  await here.qmp.execute('migrate', { uri: `file:${file}` })
  await until(async () => (await status(here, 'query-migrate')) === 'completed')
  await using there = await startQtest({ args: ['-incoming', 'defer'] })
  await there.qmp.execute('migrate-incoming', { uri: `file:${file}` })
  await until(async () => (await status(there, 'query-status')) !== 'inmigrate')
  t.equal(await there.readl(dmac.at(9, 'TCR')), left)
  there.writel(dmac.at(9, 'CHCR'), falling | CHCR.DE)
  await until(async () => ((await there.readl(dmac.at(9, 'CHCR'))) & CHCR.TE) !== 0)
  t.ok(data.equals(await there.read(DST, data.length)), 'all of it has arrived')
  t.ok(await isRaised(there, DMAC0_SPI.channel(9)))
})

const status = async (qtest: Qtest, command: string) =>
  ((await qtest.qmp.execute(command)) as { status: string }).status

/** Asks again, for 20 s at most. */
async function until(done: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await done()); tries++) {
    if (tries === 2000) throw new Error('it never came to that')
    await sleep(10)
  }
}
