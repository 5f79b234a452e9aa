import t from 'tap'
import { parseConsole } from '../parse.ts'

const stamp = (line: string) => `[    1.234567] ${line}`

t.test('IOMMU faults and complaints', async t => {
  const { iommu } = parseConsole(
    [
      'ipmmu-vmsa febd0000.iommu: Unhandled fault: status 0x00001502 iova 0xfe000000',
      'ipmmu-vmsa e67b0000.iommu: Page Table Walk Abort @0x7388f3000',
      'ipmmu-vmsa e67b0000.iommu: Multiple TLB hits @0x1000',
      'platform ee300000.sata: Failed to add to iommu group 0: -22',
      'iommu: Adding device ee300000.sata to group 3',
      'pci 0000:00:01.0: Adding to iommu group 4',
      "sata_rcar ee300000.sata: Can't attach IPMMU a to domain on IPMMU b",
      'note: someone said: he was Adding to iommu group 9',
    ].map(stamp),
  )
  t.same(iommu.faults, [
    {
      ...{ device: 'febd0000.iommu', status: 0x1502n, iova: 0xfe000000n, line: 1, boot: 0 },
      ...{ access: null, reason: 'permission fault (secure access)', context: null, stream: null },
    },
  ])
  t.same(
    iommu.errors.map(error => [error.device, error.message]),
    [
      ['e67b0000.iommu', 'Page Table Walk Abort @0x7388f3000'],
      ['e67b0000.iommu', 'Multiple TLB hits @0x1000'],
      ['ee300000.sata', 'Failed to add to iommu group 0: -22'],
      ['ee300000.sata', "Can't attach IPMMU a to domain on IPMMU b"],
    ],
  )
  t.match(iommu.errors[0], /^Page Table Walk Abort/, 'an error can be matched against a pattern')
  t.same(
    iommu.groups.map(({ device, group }) => [device, group]),
    [
      ['ee300000.sata', 3],
      ['0000:00:01.0', 4],
    ],
  )
})

t.test('a device that left its group is in none', async t => {
  const inGroup = ['sata_rcar ee300000.sata: Adding to iommu group 0', 'a 1.x: Adding to iommu group 1']
  const groups = (last: string) =>
    parseConsole([...inGroup, last].map(stamp)).iommu.groups.map(({ device }) => device)
  t.same(groups('sata_rcar ee300000.sata: Removing from iommu group 0'), ['1.x'])
  t.same(groups('iommu: Removing device ee300000.sata from group 0'), ['1.x'], 'before 5.3')
  t.same(groups('nothing'), ['ee300000.sata', '1.x'])
})

t.test('DMA facts in the wordings of several versions', async t => {
  const { dma } = parseConsole(
    [
      'software IO TLB [mem 0x7bfff000-0x7ffff000] (64MB) mapped at [(____ptrval____)-(____ptrval____)]',
      'sata_rcar ee300000.sata: swiotlb buffer is full (sz: 65536 bytes), total 32768 (slots), used 12 (slots)',
      'sata_rcar ee300000.sata: DMA addr 0x0000000738000000+512 overflow (mask ffffffff, bus limit ffffffff).',
      'sata_rcar ee300000.sata: direct_map_page: overflow 0x0000000738000000+512 of DMA mask ffffffff bus mask 0',
    ].map(stamp),
  )
  t.same(
    dma.map(({ kind, device, addresses, size }) => [kind, device, addresses, size]),
    [
      ['swiotlb-mapped', null, [0x7bfff000n, 0x7ffff000n], 64n << 20n],
      ['swiotlb-full', 'ee300000.sata', [], 65536n],
      ['dma-overflow', 'ee300000.sata', [0x738000000n], 512n],
      ['dma-overflow', 'ee300000.sata', [0x738000000n], 512n],
    ],
  )
})

t.test('a bounced page table', async t => {
  const line =
    'ipmmu-vmsa e67b0000.iommu: dmaspec: page table pages=0xffff8006f882b000 dma=0x74009000 phys=0x73882b000 size=0x1000'
  const { pageTables } = parseConsole([stamp(line)])
  t.equal(pageTables.highest.dma, 0x74009000n)
  t.equal(pageTables.highest.bounced, true)
})

t.test('no page table has no highest', async t => {
  t.throws(() => parseConsole([]).pageTables.highest, { message: 'the kernel printed no page-table page' })
})
