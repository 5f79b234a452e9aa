import t from 'tap'
import { PROBES, Probe, START, patternOf, sumOf } from './dmaprobe.ts'
import { events, matchAll } from './events.ts'
import { startQtest } from './start.ts'

const bank = [0x4800_0000n, 0x5_0000_0000n, 0x6_0000_0000n, 0x7_0000_0000n] as const
const okay = { cause: null, access: 'read', address: 0n }

/** Bus addresses at each window's edges, the physical ones they are, and who refuses those that are none. */
const edges: Record<string, [bus: bigint, what: bigint | 'bus-limit' | 'no-memory'][]> = {
  bare: [
    [0x7fff_ffffn, 0x7fff_ffffn],
    [0x7_3fff_ffffn, 0x7_3fff_ffffn],
    [0xff_ffff_ffffn, 'no-memory'],
    [0x100_0000_0000n, 'bus-limit'],
    [2n ** 64n - 1n, 'bus-limit'],
  ],
  '32bit': [
    [0x7fff_ffffn, 0x7fff_ffffn],
    [0xffff_ffffn, 'no-memory'],
    [0x1_0000_0000n, 'bus-limit'],
    [0x5_0000_0000n, 'bus-limit'],
  ],
  offset: [
    [0x4800_0000n, 'bus-limit'],
    [0xf_ffff_ffffn, 'bus-limit'],
    [0x10_0000_0000n, 'no-memory'],
    [0x10_4800_0000n, 0x4800_0000n],
    [0x17_3fff_ffffn, 0x7_3fff_ffffn],
    [0x17_ffff_ffffn, 'no-memory'],
    [0x18_0000_0000n, 'bus-limit'],
  ],
  '30bit': [
    [0n, 0x4000_0000n],
    [0x3fff_ffffn, 0x7fff_ffffn],
    [0x4000_0000n, 'bus-limit'],
    [0x5_0000_0000n, 'bus-limit'],
  ],
}

for (const [name, rows] of Object.entries(edges)) {
  await t.test(`${name}: what its bus takes, moves and loses`, async t => {
    await using qtest = await startQtest({ trace: true })
    const probe = new Probe(qtest, name as keyof typeof PROBES)
    for (const [bus, what] of rows) {
      const title = `0x${bus.toString(16)}`
      await qtest.trace()
      if (typeof what === 'bigint') {
        qtest.writeb(what, 0x11)
        t.match(
          await probe.run({ op: 'fill', dst: bus, length: 1n, pattern: 0x77 }),
          { ...okay, bytes: 1n },
          title,
        )
        t.equal(await qtest.readb(what), 0x77, `${title} is 0x${what.toString(16)}`)
        t.match(await probe.run({ op: 'checksum', src: bus, length: 1n }), { ...okay, sum: 0x77_0000_0077n })
        continue
      }
      for (const op of ['fill', 'checksum'] as const) {
        const access = op === 'fill' ? 'write' : 'read'
        const outcome = await probe.run({ op, src: bus, dst: bus, length: 1n, job: 3 })
        t.match(outcome, { cause: what, access, address: bus, bytes: 0n, sum: 0n }, `${title}: ${what}`)
        matchAll(t, await events(qtest), [
          { event: 'job', state: 'start', cause: null, address: null },
          { event: 'transfer', iova: bus, ok: false, cause: what, access, job: 3, mmu: null },
          { event: 'job', job: 3, state: 'error', cause: what, address: bus },
        ])
      }
    }
  })
}

t.test('a job that crosses an edge moves all that is before it', async t => {
  await using qtest = await startQtest()
  const probe = new Probe(qtest, '30bit')
  qtest.memset(0x4000_0000, 0x2000, 0x55)
  const end = 0x4000_0000n
  t.match(await probe.run({ op: 'fill', dst: end - 7n, length: 0x2000n, pattern: 0x04030201 }), {
    cause: 'bus-limit',
    access: 'write',
    address: end,
    bytes: 7n,
    sum: sumOf(patternOf(0x04030201, 7)),
  })
  t.same(await qtest.read(0x7fff_fff9, 7), patternOf(0x04030201, 7))
  t.same(await qtest.read(0x4000_0000, 0x2000), Buffer.alloc(0x2000, 0x55), 'and does not come round')

  const bare = new Probe(qtest, 'bare')
  t.match(
    await bare.run({ op: 'copy', src: bank[1], dst: 0x8000_0000n - 5n, length: 0x1000n }),
    { cause: 'no-memory', access: 'write', address: 0x8000_0000n, bytes: 5n },
    'at the end of a bank of memory',
  )
  t.match(await bare.run({ op: 'copy', src: 0x8000_0000n - 5n, dst: bank[1], length: 0x1000n }), {
    cause: 'no-memory',
    access: 'read',
    address: 0x8000_0000n,
    bytes: 5n,
  })
})

t.test("a device's registers are no memory", async t => {
  await using qtest = await startQtest()
  const probe = new Probe(qtest, 'bare')
  const own = BigInt(PROBES.bare.base)
  t.match(await probe.run({ op: 'fill', dst: own + 8n, length: 4n, pattern: START }), { cause: 'no-memory' })
  t.match(await probe.run({ op: 'checksum', src: own, length: 4n }), { cause: 'no-memory', sum: 0n })
})
