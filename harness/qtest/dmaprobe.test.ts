import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { isRaised } from './board.ts'
import {
  BUSY,
  DONE,
  ERROR,
  IRQEN,
  PROBES,
  Probe,
  REGISTER,
  RESET,
  START,
  patternOf,
  sumOf,
} from './dmaprobe.ts'
import { events, matchAll } from './events.ts'
import { startQtest } from './start.ts'

const bank = [0x4800_0000n, 0x5_0000_0000n, 0x6_0000_0000n, 0x7_0000_0000n] as const
const okay = { cause: null, access: 'read', address: 0n }
const names = Object.keys(PROBES) as (keyof typeof PROBES)[]

t.setTimeout(120_000)

t.test('registers read as reset, take what they can hold, and keep what is read-only', async t => {
  await using qtest = await startQtest()
  for (const name of names) {
    const probe = new Probe(qtest, name)
    t.equal(await probe.read('ID'), 0x50414d44, `${probe.master} is a dmaprobe`)
    t.equal(await probe.read('CAPS'), 1)
    t.equal(await probe.read('STATUS'), 0)
  }
  const probe = new Probe(qtest, 'bare')
  const base = PROBES.bare.base
  const written = ['OP', 'PATTERN', 'SRC', 'DST', 'LEN', 'SRC_COUNT', 'DST_COUNT', 'JOB', 'DELAY_US', 'MARK']
  const readOnly = ['ID', 'CAPS', 'SUM', 'ERROR', 'ERR_ACCESS', 'ERR_ADDR', 'BYTES']
  for (const name of written as (keyof typeof REGISTER)[]) probe.write(name, 0xffff_ffff)
  t.same(
    await Promise.all((written as (keyof typeof REGISTER)[]).map(name => probe.read(name))),
    written.map(() => 0xffff_ffff),
  )
  for (const name of readOnly as (keyof typeof REGISTER)[]) probe.write(name, 0xffff_ffff)
  t.same(
    await Promise.all((readOnly as (keyof typeof REGISTER)[]).map(name => probe.read(name))),
    [0x50414d44, 1, 0, 0, 0, 0, 0],
  )
  t.equal((await qtest.log()).length, readOnly.length, 'each of those is in the log')
  t.equal(await qtest.readl(base + 0x64), 0, 'behind the last one there is nothing')
  qtest.writel(base + 0xffc, 1)
  t.match((await qtest.log()).slice(-2), [/read of no register 0x64/, /write to .* no register 0xffc/])
  probe.write('CTRL', IRQEN | RESET)
  t.same(await Promise.all([probe.read('SRC'), probe.read('CTRL')]), [0, IRQEN], 'RESET, then the rest')
})

t.test('copy, fill and checksum do what a computation says, wherever they begin and end', async t => {
  await using qtest = await startQtest()
  const probe = new Probe(qtest, 'bare')
  const place = fc.tuple(fc.constantFrom(...bank), fc.integer({ min: 0, max: 8192 }))
  const job = fc.record({
    op: fc.constantFrom('copy', 'fill', 'checksum'),
    from: place,
    to: place,
    length: fc.integer({ min: 0, max: 9000 }),
    pattern: fc.nat({ max: 0xffff_ffff }),
  })
  await fc.assert(
    fc.asyncProperty(job, async ({ op, from, to, length, pattern }) => {
      const src = from[0] + BigInt(from[1])
      const dst = to[0] + 0x10_0000n + BigInt(to[1])
      const data = randomBytes(length)
      const around = randomBytes(length + 16)
      qtest.write(src, data)
      qtest.write(dst - 8n, around)
      const outcome = await probe.run({
        op,
        src: op === 'fill' ? 0n : src,
        dst: op === 'checksum' ? 0n : dst,
        length: BigInt(length),
        pattern,
      })
      const moved = op === 'fill' ? patternOf(pattern, length) : data
      const there = op === 'checksum' ? around.subarray(8, 8 + length) : moved
      const expected = Buffer.concat([around.subarray(0, 8), there, around.subarray(8 + length)])
      return (
        outcome.cause === null &&
        outcome.bytes === BigInt(length) &&
        outcome.sum === sumOf(moved) &&
        expected.equals(await qtest.read(dst - 8n, length + 16))
      )
    }),
    { numRuns: 400 },
  )
  t.pass('400 jobs')
})

t.test('a copy of many chunks, from one bank of memory to another', async t => {
  await using qtest = await startQtest()
  const probe = new Probe(qtest, 'coherent')
  const data = randomBytes(3 * 2 ** 20 + 5)
  qtest.write(bank[0] + 3n, data)
  t.match(
    await probe.run({ op: 'copy', src: bank[0] + 3n, dst: bank[3] + 1n, length: BigInt(data.length) }),
    {
      ...okay,
      bytes: BigInt(data.length),
      sum: sumOf(data),
    },
  )
  t.ok(data.equals(await qtest.read(bank[3] + 1n, data.length)), 'the same bytes')
  t.equal(await qtest.readb(bank[3]), 0)
  t.equal(await qtest.readb(bank[3] + 1n + BigInt(data.length)), 0)
})

t.test('a long job leaves the machine to others', async t => {
  await using qtest = await startQtest()
  const probe = new Probe(qtest, 'bare')
  const length = 128n << 20n
  probe.start({ op: 'fill', dst: bank[1], length, pattern: 7 })
  const { polls, bytes, sum } = await probe.ended()
  t.equal(bytes, length)
  t.ok(polls >= 50, `QEMU answered ${polls} times meanwhile`)
  const words = length / 4n
  const s1 = BigInt.asUintN(32, words * 7n + (words * (words - 1n)) / 2n)
  t.equal(BigInt.asUintN(32, sum), s1, 'the sum of 7, 8, 9, …')
  t.equal(await qtest.readl(bank[1] + length - 4n), Number(words) + 6)
  t.equal(await qtest.readl(bank[1] + length), 0)
})

t.test('a job of nothing is done at once', async t => {
  await using qtest = await startQtest()
  const probe = new Probe(qtest, 'bare')
  for (const op of ['copy', 'fill', 'checksum', 'sg-copy', 'sg-fill', 'sg-checksum'] as const) {
    t.match(await probe.run({ op, src: 2n ** 63n, dst: 3n }), { ...okay, bytes: 0n, sum: 0n }, op)
    t.equal(await probe.read('STATUS'), DONE)
  }
})

t.test('an operation that there is not', async t => {
  await using qtest = await startQtest({ trace: true })
  const probe = new Probe(qtest, 'bare')
  t.match(await probe.run({ op: 6, length: 8n }), { cause: 'bad-op', address: 0n, bytes: 0n })
  t.equal(await probe.read('STATUS'), ERROR)
  matchAll(t, await events(qtest), [
    { event: 'job', op: '0x6', state: 'start' },
    { event: 'job', op: '0x6', state: 'error', cause: 'bad-op', address: null },
  ])
})

t.test('while it is busy a probe takes no other job', async t => {
  await using qtest = await startQtest()
  const probe = new Probe(qtest, 'bare')
  qtest.memset(bank[1], 16, 0xee)
  probe.start({ op: 'fill', dst: bank[1], length: 8n, pattern: 1, delay: 1000 })
  probe.writeWide('DST', bank[2])
  probe.write('OP', 2)
  probe.write('CTRL', START)
  t.equal(await probe.read('STATUS'), BUSY)
  t.match(await qtest.log(), [
    /write to register 0x20 while busy/,
    /write to register 0x24 while busy/,
    /write to register 0x10 while busy/,
    /START while busy/,
  ])
  await qtest.clockStep(999_999)
  t.equal(await probe.read('STATUS'), BUSY, 'a nanosecond before its time')
  t.equal(await qtest.readl(bank[1]), 0xeeeeeeee, 'nothing was written')
  await qtest.clockStep(1)
  t.match(await probe.ended(), { ...okay, bytes: 8n })
  t.equal(await qtest.readq(bank[1]), 0x2_0000_0001n)
  t.equal(await qtest.readq(bank[2]), 0n)
})

t.test('RESET ends a job', async t => {
  await using qtest = await startQtest({ trace: true })
  const probe = new Probe(qtest, 'bare')

  await t.test('that waits for its time', async t => {
    probe.start({ op: 'fill', dst: bank[1], length: 8n, pattern: 1, delay: 10, ctrl: IRQEN })
    probe.write('CTRL', RESET)
    await qtest.clockStep(20_000)
    await qtest.clockStep(20_000)
    t.equal(await probe.read('STATUS'), 0)
    t.equal(await qtest.readq(bank[1]), 0n)
  })

  await t.test('that is at work', async t => {
    const length = 512n << 20n
    probe.start({ op: 'fill', dst: bank[1], length, pattern: 1 })
    while ((await qtest.readl(bank[1])) === 0);
    probe.write('CTRL', RESET)
    t.equal(await probe.read('STATUS'), 0)
    t.equal(await qtest.readl(bank[1] + length - 4n), 0, 'it had not come to its end')
    const traced = await events(qtest)
    t.same(
      traced.filter(event => event.event === 'job' && event.state !== 'start'),
      [],
      'and says no word',
    )
    await new Promise(resolve => setTimeout(resolve, 50))
    t.same(await qtest.trace(), [], 'nor moves anything after')
    t.match(await probe.run({ op: 'fill', dst: bank[2], length: 4n }), { ...okay, bytes: 4n })
  })
})

t.test('the interrupt is DONE or ERROR, if it is on', async t => {
  await using qtest = await startQtest()
  for (const name of names) {
    const probe = new Probe(qtest, name)
    const high = () => isRaised(qtest, probe.spi)
    await probe.run({ op: 'fill', ctrl: 0 })
    t.equal(await high(), false, `${probe.master}: off`)
    probe.write('CTRL', IRQEN)
    t.equal(await high(), true, 'switched on after the job')
    probe.write('STATUS', ERROR)
    t.equal(await high(), true, 'another bit is cleared')
    probe.write('STATUS', DONE)
    t.equal(await high(), false, 'DONE is cleared')
    await probe.run({ op: 9, ctrl: IRQEN })
    t.equal(await high(), true, 'ERROR')
    probe.start({ op: 'fill', delay: 5, ctrl: IRQEN })
    t.equal(await high(), false, 'START clears it')
    await qtest.clockStep(5000)
    await probe.ended()
    t.equal(await high(), true)
    probe.write('CTRL', RESET)
    t.equal(await high(), false, 'RESET')
  }
})

t.test('marks and jobs are in the trace in the order in which they happened', async t => {
  await using qtest = await startQtest({ trace: true })
  const probe = new Probe(qtest, 'bare')
  probe.write('MARK', 41)
  probe.start({ op: 'copy', src: bank[0], dst: bank[1], length: 8n, job: 0xffff_ffff, delay: 1 })
  probe.write('MARK', 42)
  await qtest.clockStep(1000)
  await probe.ended()
  const job = { master: probe.master, job: 0xffff_ffff, op: 'copy', cause: null, address: null, sum: 0n }
  const direct = { mmu: null, utlb: null, context: null, length: 8n, what: 'data', ok: true }
  matchAll(t, await events(qtest), [
    { event: 'mark', master: probe.master, mark: 41 },
    { event: 'job', ...job, state: 'start' },
    { event: 'mark', mark: 42 },
    { event: 'transfer', ...direct, access: 'read', iova: bank[0], phys: bank[0], job: 0xffff_ffff },
    { event: 'transfer', ...direct, access: 'write', iova: bank[1], phys: bank[1], job: 0xffff_ffff },
    { event: 'job', ...job, state: 'done' },
  ])
})
