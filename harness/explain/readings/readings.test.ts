import t from 'tap'
import type { KernelReport } from '../../report/report.ts'
import { dmaFact, fact, fault, reportOf, theCrash, theMail } from '../sample.ts'
import { plain } from '../say.ts'
import { sceneOf } from '../scene.ts'
import { readings } from './index.ts'
import { bits, whatStops } from './masks.ts'

function told(report: KernelReport): string[] {
  return readings(sceneOf(report, 0), report.oopses[0] ?? null).map(({ says }) => says.map(plain).join(' '))
}

t.test('nothing is said of nothing', async t => {
  t.same(told(reportOf({})), [])
  t.same(told(reportOf({ oopses: [theCrash()] })), [])
})

t.test('which limit is too small, and by how many bits', async t => {
  const words = (mask: bigint | null, busLimit: bigint | null, last = 0x73882bfffn) => {
    const said = whatStops(last, { mask, busLimit, lines: [] })
    return said && plain(said)
  }
  t.equal(bits(0xffffffffn), 32)
  t.equal(words(null, null), null)
  t.equal(words(0xffffffffffn, 0n), null, 'a bus limit of 0 is none')
  t.equal(words(0xffffffffn, 0xffffffffn, 0xffffffffn), null, 'the limit itself can be reached')
  t.match(
    words(0xffffffffffn, 0xffffffffn),
    /^0x73882bfff lies above the bus's limit of 0xffffffff \(32 bits, .* 35: 3 too few\)\. It is not the device's DMA mask .* 0xffffffffff \(40 bits\) reaches it\.$/,
  )
  t.match(words(0xffffffffn, null), /above the device's DMA mask of 0xffffffff \(32 bits, .*: 3 too few\)\.$/)
  t.match(
    words(0xffffffffn, 0x3fffffffn),
    /above the device's DMA mask .* and above the bus's limit of 0x3fffffff \(30 bits, .*: 5 too few\)\.$/,
  )
  t.match(
    words(0x700000000n, null),
    /of 0x700000000 \(35 bits\)\.$/,
    'as many bits, and too small all the same',
  )
})

t.test('a page in the pool of bounce buffers', async t => {
  const mail = theMail()
  const pool = dmaFact(1, 'swiotlb-mapped', { addresses: [0x74000000n, 0x78000000n] })
  t.match(told({ ...mail, dma: [pool, ...mail.dma] })[0], "in swiotlb's pool (0x74000000 to 0x78000000)")
  t.notMatch(told(mail)[0], 'pool')
})

t.test("dmaspec's own print of page tables is read too", async t => {
  const pages = [
    {
      device: 'e67b0000.iommu',
      pages: 1n,
      dma: 0x7bfff000n,
      phys: 0x500cc4000n,
      size: 4096n,
      bounced: true,
      line: 3,
    },
  ]
  const pageTables = Object.assign(pages, { highest: pages[0] }) as unknown as KernelReport['pageTables']
  const facts = [fact(4, 'page-table-refused', 'Cannot accommodate')]
  t.match(
    told(reportOf({ facts, more: { pageTables } }))[0],
    'phys 0x500cc4000, but its DMA address is 0x7bfff000',
  )
  t.same(told(reportOf({ more: { pageTables } })), [], 'nobody refused it')
})

t.test('pages that were not bounced tell nothing', async t => {
  const mail = theMail()
  t.match(told({ ...mail, dma: mail.dma.slice(0, 4) })[0], 'does not print the two addresses')
})

t.test('taking down what was never set up', async t => {
  const report = (more: Parameters<typeof theCrash>[0], line = 26) =>
    reportOf({ oopses: [theCrash(more)], facts: [fact(line, 'group-failed', 'Failed')] })
  t.match(told(report({})).at(-1), 'ipmmu_domain_free runs, below iommu_group_release, to take down a domain')
  const pc = theCrash().pc
  t.same(told(report({ kind: 'warning' })), [], 'a WARN is another story')
  t.same(told(report({ pc: pc && { ...pc, symbol: 'ipmmu_map' }, callTrace: [] })), [], 'nothing is undone')
  t.same(
    told(report({ pc: pc && { ...pc, symbol: 'ext4_free_inode' }, callTrace: [] })),
    [],
    'not of an IOMMU',
  )
  t.same(told(report({ line: 5000 })), [], 'the error was long before')
  t.same(told(report({}, 80)), [], 'the error was after it')
})

t.test('an address beyond the mask', async t => {
  const overflow = dmaFact(5, 'dma-overflow', {
    ...{ device: 'ee300000.sata', addresses: [0x100000000n], size: 512n, mask: 0xffffffffn, busLimit: 0n },
    places: [{ address: 0x100000000n, zone: 'Normal', inRam: true, reserved: null }],
  })
  t.match(
    told(reportOf({ dma: [overflow, { ...overflow, line: 6 }] }))[0],
    /^ee300000\.sata was to be given the DMA address 0x100000000, 512 bytes\. 0x1000001ff lies above the device's DMA mask of 0xffffffff \(32 bits, and the address needs 33: 1 too few\)\. It lies in zone Normal\. The log has 2 such lines\./,
  )
})

t.test('bounce buffers', async t => {
  const full = (size: bigint, total?: bigint, used?: bigint) =>
    told(
      reportOf({
        dma: [
          dmaFact(5, 'swiotlb-full', {
            device: 'a.sata',
            size,
            values: { ...(total && { total }), ...(used && { used }) },
          }),
        ],
      }),
    )[0]
  t.match(full(524288n), 'more than swiotlb ever maps in one piece: 262144 bytes (256 KiB)')
  t.match(full(65536n, 32768n, 12n), '12 of 32768 slots (of 2 KiB) are in use: it is not used up')
  t.match(full(65536n, 32768n, 32760n), 'it is used up')
  t.notMatch(full(65536n), 'slots')
})

t.test('a boundary that is none', async t => {
  const at = (start: bigint, end: bigint, boundary: bigint) =>
    told(
      reportOf({
        facts: [fact(1, 'dma-api-boundary', 'mapping sg segment across boundary', { start, end, boundary })],
      }),
    )[0]
  t.match(
    at(0xffffe000n, 0xffffefffn, 0x1ffffffen),
    'The boundary 0x1ffffffe is no power of two minus one, so it is not the segment that is wrong: from 0xffffe000 to 0xffffefff it would fit a boundary of 0x1fffffff.',
  )
  t.match(at(0xfffff000n, 0x100000fffn, 0xffffffffn), 'crosses a multiple of 0x100000000')
})

t.test('faults before a crash, and whose iova is memory', async t => {
  const ram = [{ name: 'RAM', start: 0x48000000n, end: 0x7fffffffn, line: 1 }]
  const memory = { zones: [], reserved: [], ram }
  const of = (line: number, more: Parameters<typeof fault>[2] = {}) =>
    told(reportOf({ oopses: [theCrash()], faults: [fault(line, 0x50000000n, more)], more: { memory } }))
  t.match(
    of(3)[0],
    /^febd0000\.iommu refused a transfer \(reading\) at iova 0x50000000, context 1: translation fault\. Nothing is mapped there.*perhaps the device was given a physical address/,
  )
  t.same(of(100), [], 'it came after the crash')
  t.match(
    of(3, { reason: null, access: null, context: null, stream: 7n })[0],
    'refused a transfer at iova 0x50000000, stream id 0x7: status 0x1502.',
  )
})
