import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { type Extent, Probe, patternOf, sumOf, table } from './dmaprobe.ts'
import { startQtest } from './start.ts'

const bank = [0x4800_0000n, 0x5_0000_0000n, 0x6_0000_0000n, 0x7_0000_0000n] as const
const okay = { cause: null, access: 'read', address: 0n }

t.test('scatter lists', async t => {
  await using qtest = await startQtest()
  const probe = new Probe(qtest, 'bare')
  const tables = { src: bank[2] + 0xff8n, dst: bank[0] + 0x3_0004n }
  const cuts = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 700 })), { maxLength: 12 })

  await t.test('move the same bytes however both sides are cut', async t => {
    const job = fc.record({ op: fc.constantFrom('sg-copy', 'sg-fill', 'sg-checksum'), from: cuts, to: cuts })
    await fc.assert(
      fc.asyncProperty(job, async ({ op, from, to }) => {
        const length = (op === 'sg-fill' ? to : from).reduce((all, cut) => all + cut, 0)
        const room = to.reduce((all, cut) => all + cut, 0)
        // The last one makes both sides equal.
        const last = Math.max(0, length - room)
        const spare = Math.max(0, room - length)
        const src = extents([...from, op === 'sg-copy' ? spare : 0], bank[1])
        const dst = extents([...to, op === 'sg-copy' ? last : 0], bank[3])
        const all = op === 'sg-copy' ? length + spare : length
        const data = randomBytes(all)
        scatter(data, src, (address, bytes) => qtest.write(address, bytes))
        qtest.write(tables.src, table(src))
        qtest.write(tables.dst, table(dst))
        const outcome = await probe.run({
          op,
          src: tables.src,
          dst: tables.dst,
          srcCount: src.length,
          dstCount: dst.length,
          pattern: 5,
        })
        const moved = op === 'sg-fill' ? patternOf(5, all) : data
        const there =
          op === 'sg-checksum'
            ? data
            : Buffer.concat(await Promise.all(dst.map(e => qtest.read(e.address, Number(e.length)))))
        return (
          outcome.cause === null &&
          outcome.bytes === BigInt(all) &&
          outcome.sum === sumOf(moved) &&
          moved.equals(there)
        )
      }),
      { numRuns: 200 },
    )
    t.pass('200 lists')
  })

  const page = 4096n
  const two = [
    { address: bank[1], length: page },
    { address: bank[1] + 2n * page, length: page },
  ]
  const wrong = {
    'a destination that is too short': {
      src: two,
      dst: [two[0]],
      error: { address: tables.src + 16n, access: 'read' },
      bytes: page,
    },
    'a source that is too short': {
      src: [{ address: bank[1], length: 5n }],
      dst: two,
      error: { address: tables.dst, access: 'write' },
      bytes: 5n,
    },
    'a source of nothing': { src: [], dst: two, error: { address: tables.dst, access: 'write' }, bytes: 0n },
    'an extent past the last address': {
      src: [two[0], { address: 2n ** 64n - 1n, length: 2n }],
      dst: two,
      error: { address: tables.src + 16n, access: 'read' },
      bytes: page,
    },
  }
  for (const [what, { src, dst, error, bytes }] of Object.entries(wrong)) {
    await t.test(`${what} is a bad descriptor`, async t => {
      const extentsOf = (list: typeof src) => list.flatMap(extent => extent ?? [])
      qtest.write(tables.src, table(extentsOf(src)))
      qtest.write(tables.dst, table(extentsOf(dst)))
      const outcome = await probe.run({
        op: 'sg-copy',
        src: tables.src,
        dst: tables.dst,
        srcCount: src.length,
        dstCount: dst.length,
      })
      t.match(outcome, { cause: 'bad-descriptor', ...error, bytes })
    })
  }

  await t.test('a table where no memory is', async t => {
    const address = 0x8000_0000n - 8n
    t.match(await probe.run({ op: 'sg-checksum', src: address, srcCount: 1 }), {
      cause: 'no-memory',
      access: 'read',
      address: address + 8n,
      bytes: 0n,
    })
  })

  await t.test('200,000 empty extents end, and leave the machine to others', async t => {
    qtest.memset(bank[2], 16 * 200_000)
    probe.start({ op: 'sg-checksum', src: bank[2], srcCount: 200_000 })
    const { polls, ...outcome } = await probe.ended()
    t.match(outcome, { ...okay, bytes: 0n, sum: 0n })
    t.ok(polls > 10, `QEMU answered ${polls} times meanwhile`)
  })
})

function extents(cuts: readonly number[], base: bigint): Extent[] {
  // Neither in order nor side by side: the i-th one lies 0x1003 bytes below the one before it.
  return cuts.map((cut, i) => ({ address: base + 0x10_0000n - 0x1003n * BigInt(i), length: BigInt(cut) }))
}

function scatter(
  data: Buffer,
  list: readonly Extent[],
  write: (address: bigint, bytes: Buffer) => void,
): void {
  let at = 0
  for (const { address, length } of list) {
    write(address, data.subarray(at, at + Number(length)))
    at += Number(length)
  }
}
