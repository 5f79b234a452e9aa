import { setTimeout as sleep } from 'node:timers/promises'
import { join } from 'node:path'
import t from 'tap'
import { BUSY, DONE, IRQEN, Probe, patternOf, sumOf, table } from './dmaprobe.ts'
import { isRaised } from './board.ts'
import type { Qtest } from './qtest.ts'
import { startQtest } from './start.ts'

const memory = '256M'
const ram = 0x4000_0000n

/** Saves a QEMU's state to a file, and starts another from it; the first one is stopped from then on. */
async function moved(from: Qtest, folder: string): Promise<Qtest> {
  const file = `file:${join(folder, 'state')}`
  await from.qmp.execute('stop')
  await from.qmp.execute('migrate', { uri: file })
  for (;;) {
    const { status } = (await from.qmp.execute('query-migrate')) as { status: string }
    if (status === 'completed') break
    if (status === 'failed') throw new Error('the migration failed')
    await sleep(10)
  }
  const to = await startQtest({ memory, args: ['-incoming', file] })
  for (;;) {
    const { status } = (await to.qmp.execute('query-status')) as { status: string }
    if (status !== 'inmigrate') break
    await sleep(10)
  }
  await to.qmp.execute('cont')
  return to
}

t.setTimeout(120_000)

t.test('a job that is at work goes on where it was', async t => {
  await using before = await startQtest({ memory })
  const probe = new Probe(before, 'bare')
  const length = 0xc00_0003n
  probe.start({ op: 'fill', dst: ram, length, pattern: 0x100, job: 12, ctrl: IRQEN })
  while ((await before.readl(ram)) === 0);
  await before.qmp.execute('stop')
  t.equal(await probe.read('STATUS'), BUSY)
  const reached = await lastWritten(before, length)
  t.ok(
    reached > 0n && reached < length,
    `0x${reached.toString(16)} of 0x${length.toString(16)} bytes were written`,
  )
  await sleep(50)
  t.equal(await lastWritten(before, length), reached, 'of a machine that is stopped, nothing is')

  await using after = await moved(before, t.testdir())
  const there = new Probe(after, 'bare')
  const expected = sumOf(patternOf(0x100, Number(length)))
  t.match(await there.ended(), { cause: null, bytes: length, sum: expected })
  t.equal(await there.read('JOB'), 12)
  t.ok(await isRaised(after, there.spi))
  t.match(await there.run({ op: 'checksum', src: ram, length }), { cause: null, sum: expected })
  t.equal(await probe.read('STATUS'), BUSY, 'while it is where it was in the one that was left')
})

t.test('so does one that waits for its time, with its list', async t => {
  await using before = await startQtest({ memory })
  // Of this instance, bus address 0 is the first one of the RAM.
  const extents = [5n, 9n, 2n].map((length, i) => ({ address: 0x1003n * BigInt(i + 1), length }))
  before.write(ram + 0x8000n, table(extents))
  const job = { op: 'sg-fill', dst: 0x8000n, dstCount: 3, pattern: 0x44332211, delay: 100 } as const
  new Probe(before, '30bit').start(job)
  await before.clockStep(60_000)

  await using after = await moved(before, t.testdir())
  const there = new Probe(after, '30bit')
  t.equal(await there.read('STATUS'), BUSY)
  // The timer goes by the guest's clock, which is where it was; but qtest's own begins at 0 with each QEMU.
  await after.clockStep(99_999)
  t.equal(await there.read('STATUS'), BUSY, 'a nanosecond before its time')
  await after.clockStep(1)
  t.match(await there.ended(), { cause: null, bytes: 16n, sum: sumOf(patternOf(0x44332211, 16)) })
  t.equal(await there.read('STATUS'), DONE)
  const parts = await Promise.all(extents.map(e => after.read(ram + e.address, Number(e.length))))
  t.same(Buffer.concat(parts), patternOf(0x44332211, 16))
})

/** How far a fill with words that are not 0 came, in whole pages. */
async function lastWritten(qtest: Qtest, length: bigint): Promise<bigint> {
  let [low, high] = [0n, length >> 12n]
  while (low < high) {
    const middle = (low + high) >> 1n
    if ((await qtest.readl(ram + (middle << 12n))) !== 0) low = middle + 1n
    else high = middle
  }
  return low << 12n
}
