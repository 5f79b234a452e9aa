import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { contextRegister, INTEN, IPMMUS, type Ipmmu, isRaised, MMUEN, SPI, utlbRegister } from './board.ts'
import { Probe, sumOf, table } from './dmaprobe.ts'
import { events, matchAll } from './events.ts'
import type { Qtest } from './qtest.ts'
import { startQtest } from './start.ts'

const CONTEXT = 3
/** ipmmu_hc's micro-TLB that is dmaprobe's, if no tree says another (images/qemu/hw/salvator_xs.c). */
const UTLB = 8
const TABLES = 0x6_0000_0000n
const page = (n: number) => 0x5_0000_0000n + 0x1000n * BigInt(n)

/** ARM ARM, long descriptors: non-secure, accessed, for the unprivileged; AP[2] makes it read-only. */
const PAGE = 1n | 2n | (1n << 5n) | (1n << 6n) | (1n << 10n)
const READ_ONLY = 1n << 7n
const NEXT = 1n | 2n | (1n << 63n)

/** Iovas from 0 on, page by page; null: not mapped. 0x7000 is read-only, at 0x8000 there is no RAM. */
const mapped = [null, page(5), page(9), page(10), page(2), page(3), null, page(20) | READ_ONLY, 0x8000_0000n]

/** Points a micro-TLB at the tables of {@link mapped}. */
function translate(qtest: Qtest, leaf: Ipmmu = 'hc', utlb = UTLB): void {
  qtest.writeq(TABLES, (TABLES + 0x1000n) | NEXT)
  qtest.writeq(TABLES + 0x1000n, (TABLES + 0x2000n) | NEXT)
  mapped.forEach((to, i) => qtest.writeq(TABLES + 0x2000n + 8n * BigInt(i), to === null ? 0n : to | PAGE))
  // Long descriptors, from level 1 on (SL0 = 2), over 32 bits.
  qtest.writel(contextRegister('mm', CONTEXT, 'IMTTBCR'), 0x8000_0080)
  qtest.writel(contextRegister('mm', CONTEXT, 'IMTTLBR0'), Number(TABLES & 0xffff_ffffn))
  qtest.writel(contextRegister('mm', CONTEXT, 'IMTTUBR0'), Number(TABLES >> 32n))
  qtest.writel(contextRegister('mm', CONTEXT, 'IMCTR'), MMUEN | INTEN)
  qtest.writel(utlbRegister(leaf, utlb), MMUEN | (CONTEXT << 4))
}

t.test('an extent of pages that lie apart is one to a probe behind an IPMMU', async t => {
  await using qtest = await startQtest({ trace: true })
  const probe = new Probe(qtest, 'ipmmu')
  translate(qtest)
  const data = randomBytes(0x2000)
  qtest.write(page(5) + 0x800n, data.subarray(0, 0x800))
  qtest.write(page(9), data.subarray(0x800, 0x1800))
  qtest.write(page(10), data.subarray(0x1800))
  t.match(await probe.run({ op: 'copy', src: 0x1800n, dst: 0x4000n, length: 0x2000n, job: 8 }), {
    cause: null,
    bytes: 0x2000n,
    sum: sumOf(data),
  })
  t.ok(data.equals(await qtest.read(page(2), 0x2000)))
  const through = { mmu: 'e6570000.iommu', utlb: UTLB, context: CONTEXT, job: 8, ok: true }
  matchAll(t, await events(qtest, 'transfer'), [
    { ...through, access: 'read', iova: 0x1800n, phys: page(5) + 0x800n, length: 0x800n },
    { ...through, access: 'write', iova: 0x4000n, phys: page(2), length: 0x800n },
    { ...through, access: 'read', iova: 0x2000n, phys: page(9), length: 0x1800n },
    { ...through, access: 'write', iova: 0x4800n, phys: page(2) + 0x800n, length: 0x1800n },
  ])
})

t.test('what the IPMMU refuses has its address and cause, on both sides', async t => {
  const refused = [
    { what: 'not mapped', op: 'fill', at: 0x5ff9n, error: 0x6000n, access: 'write', reason: 'invalid' },
    { what: 'not mapped', op: 'checksum', at: 0x5ff9n, error: 0x6000n, access: 'read', reason: 'invalid' },
    { what: 'read-only', op: 'fill', at: 0x7000n, error: 0x7000n, access: 'write', reason: 'permission' },
    {
      what: 'beyond the span',
      op: 'fill',
      at: 1n << 32n,
      error: 1n << 32n,
      access: 'write',
      reason: 'beyond-span',
    },
  ] as const
  for (const { what, op, at, error, access, reason } of refused) {
    await using qtest = await startQtest({ trace: true })
    const probe = new Probe(qtest, 'ipmmu')
    translate(qtest)
    const outcome = await probe.run({ op, src: at, dst: at, length: 0x1000n, job: 4 })
    t.match(
      outcome,
      { cause: 'translation', access, address: error, bytes: error - at },
      `${access}, ${what}`,
    )
    matchAll(t, (await events(qtest, 'walk-fault', 'transfer', 'job')).slice(-3), [
      { event: 'walk-fault', mmu: 'e6570000.iommu', utlb: UTLB, iova: error, access, reason },
      { event: 'transfer', iova: error, ok: false, cause: 'translation', job: 4, access, context: CONTEXT },
      { event: 'job', job: 4, state: 'error', cause: 'translation', address: error },
    ])
    t.equal(await qtest.readl(contextRegister('mm', CONTEXT, 'IMELAR')), Number(error & 0xffff_ffffn))
    t.equal(await qtest.readl(contextRegister('mm', CONTEXT, 'IMEUAR')), Number(error >> 32n))
    t.not(await qtest.readl(contextRegister('mm', CONTEXT, 'IMSTR')), 0)
    t.ok(await isRaised(qtest, SPI.ipmmu), "the IPMMU's interrupt")
  }
})

t.test('reading what is read-only, and mapping what is no memory', async t => {
  await using qtest = await startQtest()
  const probe = new Probe(qtest, 'ipmmu')
  translate(qtest)
  qtest.writel(page(20), 9)
  t.match(await probe.run({ op: 'checksum', src: 0x7000n, length: 4n }), { cause: null, sum: 0x9_0000_0009n })
  t.match(await probe.run({ op: 'fill', dst: 0x8010n, length: 4n }), {
    cause: 'no-memory',
    access: 'write',
    address: 0x8010n,
  })
  t.equal(await qtest.readl(contextRegister('mm', CONTEXT, 'IMSTR')), 0, 'which is no fault of the IPMMU')
})

t.test('tables of descriptors are fetched through the IPMMU too', async t => {
  await using qtest = await startQtest({ trace: true })
  const probe = new Probe(qtest, 'ipmmu')
  translate(qtest)
  // The table crosses from 0x1000's page to 0x2000's.
  const bytes = table(
    Array.from({ length: 3 }, (_, i) => ({ address: 0x2800n + 4n * BigInt(i), length: 4n })),
  )
  qtest.write(page(5) + 0xff8n, bytes.subarray(0, 8))
  qtest.write(page(9), bytes.subarray(8))
  qtest.write(page(9) + 0x800n, Buffer.from([1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]))
  t.match(await probe.run({ op: 'sg-checksum', src: 0x1ff8n, srcCount: 3, job: 2 }), {
    cause: null,
    bytes: 12n,
    sum: (10n << 32n) | 6n,
  })
  const fetches = (await events(qtest, 'transfer')).filter(e => 'what' in e && e.what === 'descriptor')
  matchAll(t, fetches, [
    { iova: 0x1ff8n, phys: page(5) + 0xff8n, length: 8n, context: CONTEXT, job: 2 },
    { iova: 0x2000n, phys: page(9), length: 8n },
    { iova: 0x2008n, phys: page(9) + 8n, length: 16n },
    { iova: 0x2018n, phys: page(9) + 0x18n, length: 16n },
  ])
  t.match(await probe.run({ op: 'sg-checksum', src: 0x5ff8n, srcCount: 1 }), {
    cause: 'translation',
    access: 'read',
    address: 0x6000n,
  })
})

t.test('a micro-TLB that is off lets addresses through as they are', async t => {
  await using qtest = await startQtest({ trace: true })
  const probe = new Probe(qtest, 'ipmmu')
  t.match(await probe.run({ op: 'fill', dst: page(1), length: 4n, pattern: 6 }), { cause: null })
  t.equal(await qtest.readl(page(1)), 6)
  matchAll(t, await events(qtest, 'transfer'), [{ mmu: null, utlb: null, context: null, phys: page(1) }])
  t.match(await probe.run({ op: 'fill', dst: 1n << 40n, length: 4n }), { cause: 'bus-limit' })
})

t.test("the device tree's iommus says which micro-TLB a probe is behind, whatever bus it is on", async t => {
  await using qtest = await startQtest({ trace: true, dtb: tree(t.testdir(), 'ds1', 33) })
  const probe = new Probe(qtest, 'ipmmu')
  translate(qtest, 'ds1', 33)
  t.match(await probe.run({ op: 'fill', dst: 0x1000n, length: 4n, pattern: 6 }), { cause: null })
  t.equal(await qtest.readl(page(5)), 6)
  matchAll(t, await events(qtest, 'transfer'), [{ mmu: 'e7740000.iommu', utlb: 33, phys: page(5) }])
})

t.test('iommus that name what there is not end QEMU', async t => {
  await t.rejects(startQtest({ dtb: tree(t.testdir(), 'ds1', 48) }), {
    message: /iommus of ea100000.dmaprobe: 0xe7740000 has no micro-TLB 48/,
  })
  await t.rejects(startQtest({ dtb: tree(t.testdir(), 'mm', 0) }), {
    message: /iommus of ea100000.dmaprobe: 0xe67b0000 has no micro-TLB 0/,
  })
})

/** A device tree with a dmaprobe on a bus of its own, which has one address cell. */
function tree(folder: string, mmu: Ipmmu, utlb: number): string {
  const file = join(folder, `${mmu}-${utlb}.dtb`)
  const source = `/dts-v1/;
/ {
	#address-cells = <2>;
	#size-cells = <2>;
	memory@48000000 { device_type = "memory"; reg = <0 0x48000000 0 0x38000000>; };
	soc {
		#address-cells = <2>;
		#size-cells = <2>;
		mmu: iommu@0 { reg = <0 0x${IPMMUS[mmu].toString(16)} 0 0x1000>; #iommu-cells = <1>; };
		bus {
			#address-cells = <1>;
			#size-cells = <1>;
			dmaprobe@ea100000 { reg = <0xea100000 0x1000>; iommus = <&mmu ${utlb}>; };
		};
	};
};
`
  writeFileSync(file, execFileSync('dtc', ['-q', '-I', 'dts', '-O', 'dtb', '-'], { input: source }))
  return file
}
