import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parseEvent } from '../trace/trace.ts'
import { contextRegister, isRaised } from './board.ts'
import { mapPages } from './pages.ts'
import type { Qtest } from './qtest.ts'
import { startQtest } from './start.ts'
import { DM, Sdhi, SDHI_SPI, STAT, WAY } from './sdhi.ts'

const RAM = 0x5000_0000
const image = randomBytes(1 << 20)

/** With a card in SDHI 0 (SD) or soldered to SDHI 2 (eMMC). */
function start(folder: string, index: 0 | 2): Promise<Qtest> {
  const file = join(folder, 'card.img')
  writeFileSync(file, image)
  const drive = `if=sd,index=${index},format=raw,snapshot=on,file=${file}`
  return startQtest({ trace: true, args: ['-drive', drive] })
}

const transfers = async (qtest: Qtest) =>
  (await qtest.trace()).map(parseEvent).filter(event => event.event === 'transfer')

t.test('an empty socket: idle at once, and every command times out', async t => {
  await using qtest = await startQtest()
  for (const n of [0, 2] as const) {
    const sdhi = new Sdhi(qtest, n)
    t.equal((await sdhi.status()) >>> 0, (STAT.IDLE | (1 << 27) | (1 << 23)) >>> 0, 'idle, DAT0 is high')
    t.equal(await qtest.readw(sdhi.at('VERSION')), n === 0 ? 0xcc10 : 0xcd10)
    const status = await sdhi.send({ index: 1, response: 'r3' })
    t.equal(status & (STAT.RESPONDED | STAT.TIMEOUT), STAT.TIMEOUT)
    t.notOk(await isRaised(qtest, SDHI_SPI[n]), 'masked')
    sdhi.put('MASK2', 0xffff & ~(STAT.TIMEOUT >> 16))
    t.ok(await isRaised(qtest, SDHI_SPI[n]), 'not masked')
    sdhi.put('STATUS2', 0xffff & ~(STAT.TIMEOUT >> 16))
    t.notOk(await isRaised(qtest, SDHI_SPI[n]), 'cleared by writing 0')
  }
})

t.test('an SD card is seen, and answers', async t => {
  await using qtest = await start(t.testdir(), 0)
  const sdhi = new Sdhi(qtest, 0)
  const lines = STAT.PRESENT | STAT.WRITABLE
  t.equal((await sdhi.status()) & lines, lines)
  await sdhi.send({ index: 0, response: 'none' })
  t.equal((await sdhi.send({ index: 8, arg: 0x1aa })) & STAT.RESPONDED, STAT.RESPONDED)
  t.equal(await sdhi.response(), 0x1aa)
})

t.test('by PIO, a block is there as bytes, whatever the width of the access', async t => {
  await using qtest = await start(t.testdir(), 2)
  const sdhi = new Sdhi(qtest, 2)
  await sdhi.identify()
  for (const size of [2, 4, 8] as const) {
    const status = await sdhi.send({ index: 17, arg: 0x1000, way: 'read' })
    t.equal(status & (STAT.RXRDY | STAT.BUSY | STAT.IDLE), STAT.RXRDY | STAT.BUSY)
    t.ok(image.subarray(0x1000, 0x1200).equals(await sdhi.take(size)), `${8 * size} bits`)
    t.equal((await sdhi.status()) & (STAT.DATAEND | STAT.BUSY), STAT.DATAEND)
  }
  await sdhi.send({ index: 18, arg: 0, way: 'read', blocks: 2 })
  await sdhi.take(8)
  t.equal((await sdhi.status()) & STAT.DATAEND, 0, 'one of two')
  t.ok(image.subarray(512, 1024).equals(await sdhi.take(8)))
  t.equal((await sdhi.status()) & STAT.DATAEND, STAT.DATAEND)
  await sdhi.send({ index: 13, arg: 1 << 16 })
  t.equal(((await sdhi.response()) >> 9) & 0xf, 4, 'CMD12 was sent: the card is in its transfer state')
})

t.test('by DMA, many blocks go to memory and back', async t => {
  await using qtest = await start(t.testdir(), 2)
  const sdhi = new Sdhi(qtest, 2)
  await sdhi.identify()
  await qtest.trace()
  const status = await sdhi.send({ index: 18, arg: 0x2000, way: 'read', blocks: 100, dma: true })
  t.equal(status & (STAT.RESPONDED | STAT.DATAEND | STAT.BUSY), STAT.RESPONDED | STAT.BUSY, 'it waits')
  t.match(await sdhi.move('read', RAM), { info1: WAY.read.end, info2: 0 })
  t.equal((await sdhi.status()) & (STAT.DATAEND | STAT.BUSY), STAT.DATAEND)
  t.ok(image.subarray(0x2000, 0x2000 + 51200).equals(await qtest.read(RAM, 51200)))
  const moved = await transfers(qtest)
  t.match(moved[0], { master: 'ee140000.mmc', mmu: null, access: 'write', phys: BigInt(RAM) })
  t.equal(
    moved.reduce((sum, x) => sum + x.length, 0n),
    51200n,
  )

  t.notOk(await isRaised(qtest, SDHI_SPI[2]), 'INFO1 is masked')
  qtest.writel(sdhi.base + DM.INFO1_MASK, ~WAY.read.end)
  t.ok(await isRaised(qtest, SDHI_SPI[2]))
  qtest.writel(sdhi.base + DM.INFO1, 0)
  t.notOk(await isRaised(qtest, SDHI_SPI[2]))

  await sdhi.send({ index: 25, arg: 0x8_0000, way: 'write', blocks: 100, dma: true })
  t.match(await sdhi.move('write', RAM), { info1: WAY.write.end, info2: 0 })
  await sdhi.send({ index: 17, arg: 0x8_0000 + 99 * 512, way: 'read' })
  t.ok(image.subarray(0x2000 + 99 * 512, 0x2000 + 51200).equals(await sdhi.take(8)), 'it is on the card')
})

t.test('behind the IPMMU; what that refuses ends in DTRANERR, and no DATAEND', async t => {
  await using qtest = await start(t.testdir(), 2)
  const sdhi = new Sdhi(qtest, 2)
  await sdhi.identify()
  const page = BigInt(RAM)
  const tables = 0x7_0000_0000n
  mapPages(qtest, { leaf: 'ds1', utlb: 34, context: 5, tables, pages: [null, page, null] })
  await qtest.trace()
  await sdhi.send({ index: 18, arg: 0, way: 'read', blocks: 8, dma: true })
  t.match(await sdhi.move('read', 0x1000), { info1: WAY.read.end })
  t.ok(image.subarray(0, 4096).equals(await qtest.read(RAM, 4096)))
  t.match(await transfers(qtest), [
    { mmu: 'e7740000.iommu', utlb: 34, context: 5, iova: 0x1000n, phys: page, length: 4096n },
  ])

  qtest.writel(sdhi.base + DM.INFO1, 0)
  await sdhi.send({ index: 18, arg: 0, way: 'read', blocks: 9, dma: true })
  t.match(await sdhi.move('read', 0x1000), { info1: 0, info2: WAY.read.error })
  t.equal(await qtest.readl(contextRegister('mm', 5, 'IMELAR')), 0x2000)
  t.equal((await sdhi.status()) & (STAT.DATAEND | STAT.BUSY), STAT.BUSY, 'busy, and stays so')
  sdhi.put('RESET', 0)
  sdhi.put('RESET', 1)
  t.equal((await sdhi.status()) & (STAT.IDLE | STAT.BUSY), STAT.IDLE, 'until it is reset')
})
