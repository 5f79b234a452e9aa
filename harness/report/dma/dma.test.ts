import t from 'tap'
import { readLine } from '../input/line.ts'
import { parseConsole } from '../parse.ts'
import { FactReader } from './facts.ts'
import type { DmaFact } from '../report.ts'

const dmaOf = (...lines: string[]) => parseConsole(lines.map(line => `[    1.234567] ${line}`)).dma
const brief = ({ kind, device, addresses, size, mask, busLimit }: DmaFact) =>
  [kind, device, addresses, size, mask, busLimit] as const

t.test('swiotlb in the wordings of several versions', async t => {
  const facts = dmaOf(
    'software IO TLB [mem 0xbbfff000-0xbfffefff] (64MB) mapped at [ffffffc07bfff000-ffffffc07fffefff]',
    'software IO TLB: mapped [mem 0x00000000fbfff000-0x00000000fffff000] (64MB)',
    'software IO TLB: area num 8.',
    'software IO TLB: No low mem',
    'software IO TLB: Cannot allocate buffer',
    'software IO TLB: swiotlb_memblock_alloc: Failed to allocate 67108864 bytes tlb structure',
    'ahci 1.sata: swiotlb buffer is full (sz: 65536 bytes)',
    'DMA: Out of SW-IOMMU space for 4096 bytes at device 0000:01:00.0',
    'swiotlb: coherent allocation failed for device 0000:02:00.0 size=2097152',
    'hwdev DMA mask = 0x00000000ffffffff, dev_addr = 0x0000000100000000',
    'software IO TLB: swiotlb: some words of tomorrow',
  )
  t.same(facts.map(brief), [
    ['swiotlb-mapped', null, [0xbbfff000n, 0xbfffefffn], 64n << 20n, null, null],
    ['swiotlb-mapped', null, [0xfbfff000n, 0xfffff000n], 64n << 20n, null, null],
    ['swiotlb-areas', null, [], null, null, null],
    ['swiotlb-none', null, [], null, null, null],
    ['swiotlb-none', null, [], null, null, null],
    ['swiotlb-none', null, [], 64n << 20n, null, null],
    ['swiotlb-full', '1.sata', [], 65536n, null, null],
    ['swiotlb-full', '0000:01:00.0', [], 4096n, null, null],
    ['swiotlb-coherent-failed', '0000:02:00.0', [], 2097152n, null, null],
    ['swiotlb-coherent-failed', null, [0x100000000n], null, 0xffffffffn, null],
    ['swiotlb-other', null, [], null, null, null],
  ])
})

t.test('addresses beyond masks and limits', async t => {
  const at = 'sata_rcar ee300000.sata: '
  const facts = dmaOf(
    `${at}DMA addr 0x0000000738000000+512 overflow (mask ffffffff, bus limit 7fffffff).`,
    `${at}swiotlb addr 0x0000000738000000+512 overflow (mask ffffffff, bus limit 0).`,
    `${at}overflow 0x0000000738000000+512 of DMA mask ffffffff bus limit ffff`,
    `${at}swiotlb_map_page: overflow 0x0000000738000000+512 of device mask ffffffff`,
    'nommu_map_sg: overflow 738000000+512 of device mask ffffffff',
    `${at}coherent DMA mask 0xffffff is smaller than system GFP_DMA mask 0xffffffff`,
    `${at}call on device without dma_mask`,
    `${at}DMA mask not set`,
    `${at}Failed to set DMA mask to 64 bits`,
  )
  const address = [0x738000000n]
  t.same(facts.map(brief), [
    ['dma-overflow', 'ee300000.sata', address, 512n, 0xffffffffn, 0x7fffffffn],
    ['dma-overflow', 'ee300000.sata', address, 512n, 0xffffffffn, 0n],
    ['dma-overflow', 'ee300000.sata', address, 512n, 0xffffffffn, 0xffffn],
    ['dma-overflow', 'ee300000.sata', address, 512n, 0xffffffffn, null],
    ['dma-overflow', null, address, 512n, 0xffffffffn, null],
    ['dma-mask-small', 'ee300000.sata', [], null, 0xffffffn, null],
    ['dma-mask-missing', 'ee300000.sata', [], null, null, null],
    ['dma-mask-missing', 'ee300000.sata', [], null, null, null],
    ['dma-mask-refused', 'ee300000.sata', [], null, null, null],
  ])
  t.ok(facts.every(fact => fact.error))
})

t.test('DMA-API: who is meant stands before or after', async t => {
  const complaint =
    'device driver tries to free DMA memory it has not allocated [device address=0x00000000ffe21000] [size=64 bytes]'
  for (const line of [
    `e1000e 0000:00:1f.6: DMA-API: ${complaint}`,
    `DMA-API: e1000e 0000:00:1f.6: ${complaint}`,
  ]) {
    const [fact] = dmaOf(line)
    t.match(fact, {
      ...{ kind: 'dma-api-free-unallocated', driver: 'e1000e', device: '0000:00:1f.6', error: true },
      ...{ addresses: [0xffe21000n], size: 64n, message: `DMA-API: ${complaint}` },
    })
  }
  t.match(dmaOf('DMA-API: NULL NULL: device driver maps memory from stack [addr=00000000f2c51c2a]')[0], {
    ...{ kind: 'dma-api-stack', driver: null, device: null },
  })
})

t.test('DMA-API: all that is in brackets is read', async t => {
  const [size, direction, pending, leaked, cpu] = dmaOf(
    'DMA-API: a 1.x: device driver frees DMA memory with different size [device address=0x1000] [map size=32 bytes] [unmap size=16 bytes]',
    'DMA-API: a 1.x: device driver syncs DMA memory with different direction [device address=0x2000] [size=8 bytes] [mapped with DMA_TO_DEVICE] [synced with DMA_FROM_DEVICE]',
    'DMA-API: a 1.x: device driver has pending DMA allocations while released from device [count=3]',
    'One of leaked entries details: [device address=0x3000] [size=4096 bytes] [mapped with DMA_FROM_DEVICE] [mapped as single]',
    'DMA-API: a 1.x: device driver frees DMA memory with different CPU address [device address=0x4000] [size=1 bytes] [cpu alloc address=0x0x000000007c5f9003] [cpu free address=0x0x0000000000000000]',
  )
  t.match(size, { size: 32n, values: { 'map size': 32n, 'unmap size': 16n } })
  t.match(direction?.values, { 'mapped with': 'DMA_TO_DEVICE', 'synced with': 'DMA_FROM_DEVICE' })
  t.equal(pending?.values['count'], 3n)
  t.match(leaked, { kind: 'dma-api-leaked', addresses: [0x3000n], size: 4096n })
  t.match(leaked?.values, { 'mapped as': 'single' })
  t.same(cpu?.addresses, [0x4000n, 0x7c5f9003n, 0n], '6.12 prints 0x twice')
})

t.test('DMA-API: where it was mapped is part of the complaint', async t => {
  const report = parseConsole(
    [
      'DMA-API: ahci 1.sata: device driver failed to check map error[device address=0x000000007c5f9000] [size=512 bytes] [mapped as single]',
      'DMA-API: Mapped at:',
      ' debug_dma_map_phys+0x68/0x150',
      ' dma_map_phys+0x110/0x1c0',
      ' ahci_qc_prep+0x12c/0x240 [libahci]',
      '---[ end trace 0000000000000000 ]---',
      ' not_a_frame+0x1/0x2',
    ].map(line => `[    1.234567] ${line}`),
  )
  t.equal(report.dma[0]?.values['mapped at'], 'debug_dma_map_phys ← dma_map_phys ← ahci_qc_prep')
  t.match(report.dma[0], { kind: 'dma-api-unchecked', addresses: [0x7c5f9000n], size: 512n })
})

t.test('pools and reserved memory', async t => {
  const facts = dmaOf(
    'DMA: preallocated 256 KiB pool for atomic allocations',
    'DMA: preallocated 4096 KiB GFP_KERNEL|GFP_DMA32 pool for atomic allocations',
    'DMA: failed to allocate 1024 KiB GFP_KERNEL pool for atomic allocation',
    'cma: Reserved 64 MiB at 0x00000000f8000000 on node -1',
    'cma: cma_alloc: linux,cma: alloc failed, req-size: 2025 pages, ret: -12',
    'Reserved memory: created CMA memory pool at 0x0000000058000000, size 256 MiB',
    'OF: reserved mem: initialized node linux,cma@58000000, compatible id shared-dma-pool',
    'OF: reserved mem: 0x0000000054000000..0x0000000054ffffff (16384 KiB) nomap non-reusable adsp@54000000',
    'rcar-fcp fe950000.fcp: assigned reserved memory node lossy-decompression@54000000',
    'Reserved memory: created restricted DMA pool at 0x0000000050000000, size 4 MiB',
  )
  t.same(
    facts.map(brief).map(fact => fact.slice(0, 4)),
    [
      ['atomic-pool', null, [], 256n << 10n],
      ['atomic-pool', null, [], 4n << 20n],
      ['atomic-pool-failed', null, [], 1n << 20n],
      ['cma-reserved', null, [0xf8000000n], 64n << 20n],
      ['cma-alloc-failed', null, [], null],
      ['cma-reserved', null, [0x58000000n], 256n << 20n],
      ['reserved-memory-node', null, [], null],
      ['reserved-memory', null, [0x54000000n, 0x54ffffffn], 16n << 20n],
      ['reserved-memory-assigned', 'fe950000.fcp', [], null],
      ['restricted-pool', null, [0x50000000n], 4n << 20n],
    ],
  )
  t.equal(facts[4]?.values['error'], '-12', 'a text: in JSON numbers are addresses')
  t.same(facts[4]?.values, { area: 'linux,cma', pages: 2025n, error: '-12' })
  t.match(facts[7]?.values, { map: 'nomap', name: 'adsp@54000000' })
})

t.test('what people print and write', async t => {
  const facts = dmaOf(
    '*dev->dma_mask = 0xffffffffff (40-bit)',
    'sata_rcar ee300000.sata: dma_mask=0xffffffff coherent_dma_mask: 0xffff bus_dma_limit = 0x7fffffff',
    'arm-lpae io-pgtable: pages = ffff8006f882b000',
    'arm-lpae io-pgtable: virt_to_phys(pages) = 0x000000073882b000',
    'the dma_mask is 0xffffffff, and xdma_mask = 0x1, dma_maskx = 0x2',
  )
  t.same(facts.map(brief), [
    ['dma-field-print', null, [], null, 0xffffffffffn, null],
    ['dma-field-print', 'ee300000.sata', [], null, 0xffffffffn, 0x7fffffffn],
    ['page-table-print', null, [0xffff8006f882b000n], null, null, null],
    ['page-table-print', null, [0x73882b000n], null, null, null],
  ])
})

t.test('a line that was cut off is read as far as it goes', async t => {
  t.match(dmaOf('software IO TLB: area num 8'), [{ kind: 'swiotlb-areas', values: { areas: 8n } }])
  t.match(dmaOf('software IO TLB: mapped [mem 0x7bfff000-'), [
    { kind: 'swiotlb-mapped', addresses: [0x7bfff000n] },
  ])
  const { faults } = parseConsole(['ipmmu-vmsa e67b0000.iommu: Unhandled fault: status 0x00001502']).iommu
  t.match(faults, [{ status: 0x1502n, iova: null, reason: 'permission fault (secure access)' }])
})

t.test('what no row knows is no error: its words may mislead', async t => {
  const { facts, errors } = parseConsole([
    'ipmmu-vmsa e6570000.iommu: probe with driver ipmmu-vmsa failed with error -22',
    'arm-smmu-v3 arm-smmu-v3.0.auto: words of tomorrow',
  ]).iommu
  t.same(
    facts.map(({ kind, error }) => [kind, error]),
    [
      ['ipmmu-other', true],
      ['smmu3-other', false],
    ],
  )
  t.same(errors, [])
})

t.test('PCI windows', async t => {
  const [inbound] = dmaOf('rcar-pcie fe000000.pcie:   IB MEM 0x0040000000..0x00bfffffff -> 0x0040000000')
  t.match(inbound, {
    kind: 'pci-inbound',
    driver: 'rcar-pcie',
    addresses: [0x40000000n, 0xbfffffffn, 0x40000000n],
  })
})

t.test('a process is not the kernel', async t => {
  const facts = (printedBy: string | null, text: string) => {
    const reader = new FactReader()
    reader.line({ ...readLine(text, 1), printedBy })
    return reader.report().dma.length
  }
  const line = 'ahci 1.sata: swiotlb buffer is full (sz: 512 bytes), total 32768 (slots), used 0 (slots)'
  t.equal(facts(null, line), 1)
  t.equal(facts('systemd[1]', line), 0)
  t.equal(facts(null, 'he said that his swiotlb buffer is full (sz: 512 bytes)'), 0, 'no message starts so')
  t.equal(facts('cat[99]', 'dma_mask = 0xff'), 0)
})
