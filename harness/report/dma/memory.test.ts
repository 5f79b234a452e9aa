import t from 'tap'
import { readLine } from '../input/line.ts'
import { LIMITS } from '../limits.ts'
import { toJson } from '../json.ts'
import { FactReader } from './facts.ts'
import { lineOf } from './line-of.ts'
import { ROWS } from './table.ts'
import { takesLinearTime } from '../../linear.ts'

const MAP = [
  'Zone ranges:',
  '  DMA      [mem 0x0000000048000000-0x000000007fffffff]',
  '  DMA32    [mem 0x0000000080000000-0x00000000ffffffff]',
  '  Normal   [mem 0x0000000100000000-0x000000073fffffff]',
  '  Movable  empty',
  'Early memory node ranges',
  '  node   0: [mem 0x0000000048000000-0x00000000bfffffff]',
  '  node   0: [mem 0x0000000700000000-0x000000073fffffff]',
]
const POOL = 'software IO TLB: mapped [mem 0x000000007bfff000-0x000000007ffff000] (64MB)'
const BOUNCED = 'arm-lpae io-pgtable: dma = 0x000000007c009000'
const OVERFLOW = 'a 1.x: DMA addr 0x0000000738000000+512 overflow (mask ffffffff, bus limit 0).'

const read = (reader: FactReader, lines: readonly string[], from = 1) => {
  lines.forEach((text, i) => {
    reader.line(readLine(`[    0.000000] ${text}`, from + i))
  })
  return reader
}
const places = (lines: readonly string[]) =>
  read(new FactReader(), lines)
    .report()
    .dma.map(fact => fact.places.map(({ zone, inRam, reserved }) => [zone, inRam, reserved]))

t.test("the log's own memory map", async t => {
  const { memory } = read(new FactReader(), [...MAP, POOL, ...MAP]).report()
  t.same(
    memory.zones.map(({ name }) => name),
    ['DMA', 'DMA32', 'Normal'],
    'once, though it was printed twice',
  )
  t.match(memory.zones[2], { start: 0x100000000n, end: 0x73fffffffn, line: 4 })
  t.same(
    memory.ram.map(({ start, end }) => [start, end]),
    [
      [0x48000000n, 0xbfffffffn],
      [0x700000000n, 0x73fffffffn],
    ],
  )
  t.match(memory.reserved, [{ name: 'software IO TLB', start: 0x7bfff000n, end: 0x7fffefffn }])
})

t.test('where an address lies', async t => {
  t.same(places([...MAP, POOL, BOUNCED, OVERFLOW]).slice(1), [
    [['DMA', true, 'software IO TLB']],
    [['Normal', true, null]],
  ])
  t.same(places([BOUNCED, ...MAP, POOL])[0], [['DMA', true, 'software IO TLB']], 'a map may come later')
  t.same(places(['a 1.x: DMA addr 0x00000000e0000000+1 overflow (mask ff, bus limit 0).', ...MAP]), [
    [['DMA32', false, null]],
  ])
  t.same(places([OVERFLOW]), [[]], 'no map, no place')
  t.same(
    places([...MAP, 'arm-lpae io-pgtable: pages = ffff8006f882b000']),
    [[]],
    'a virtual address has none',
  )
})

t.test('what can be no physical address has no place', async t => {
  t.same(places([...MAP, 'arm-lpae io-pgtable: dma = ffff8006f882b000']), [[]])
})

t.test('other memory maps', async t => {
  const { memory } = read(new FactReader(), [
    'BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable',
    'BIOS-e820: [mem 0x00000000bffdc000-0x00000000bfffffff] reserved',
    'efi:   0x0000b8e00000-0x0000b8ffffff [Runtime Data|RUN|  |  |  |  |  |  |   |  |WB|WT|WC|UC]',
    'efi:   0x000040000000-0x0000b8dfffff [Conventional Memory|   |  |  |  |  |  |  |   |  |WB|WT|WC|UC]',
    'crashkernel reserved: 0x00000000e0000000 - 0x00000000f0000000 (256 MB)',
    'OF: reserved mem: 0x0000000054000000..0x0000000054ffffff (16384 KiB) nomap non-reusable adsp@54000000',
  ]).report()
  t.same(
    memory.ram.map(({ end }) => end),
    [0x9fbffn],
  )
  t.same(
    memory.reserved.map(({ name }) => name),
    ['reserved', 'EFI Runtime Data', 'crashkernel', 'adsp@54000000'],
  )
})

t.test('each boot has its own map, groups and numbers', async t => {
  const reader = read(new FactReader(), [...MAP, OVERFLOW, 'a 1.x: Adding to iommu group 1'])
  reader.boot(1)
  read(reader, [OVERFLOW, 'a 2.x: Adding to iommu group 2'], 20)
  const { dma, iommu, memory } = reader.report()
  t.same(
    dma.map(({ boot, places }) => [boot, places.length]),
    [
      [0, 1],
      [1, 0],
    ],
  )
  t.same(iommu.groups, [{ device: '2.x', group: 2, line: 21 }])
  t.equal(memory.zones.length, 3)
})

t.test('of each list no more is kept than the limit, and the rest counted', async t => {
  const reader = new FactReader()
  const more = 100
  const fault =
    'arm-smmu 1.smmu: Unhandled context fault: fsr=0x402, iova=0x1, fsynr=0x1, cbfrsynra=0x1, cb=1'
  for (let i = 0; i < LIMITS.facts + more; i++) reader.line(readLine(fault, i))
  const { iommu } = reader.report()
  t.equal(iommu.facts.length, LIMITS.facts)
  t.equal(iommu.faults.length, LIMITS.facts)
  t.equal(reader.omitted, more)
})

t.test('what changes the report is read however many facts there are', async t => {
  const reader = new FactReader()
  for (let i = 0; i <= LIMITS.facts; i++)
    reader.line(readLine(`a ${i % 10}.x: Adding to iommu group ${i}`, i))
  reader.line(readLine('a 3.x: Failed to add to iommu group 0: -22', 1))
  const { iommu } = reader.report()
  t.equal(iommu.facts.length, LIMITS.facts)
  t.equal(iommu.groups.length, 10)
  t.equal(iommu.groups.at(-1)?.group, LIMITS.facts)
  t.equal(iommu.errors.length, 1, 'there is room for it in its list')
})

t.test('nothing makes it throw: each message cut, doubled, and with another in it', async t => {
  const reader = new FactReader()
  const lines = ROWS.map(lineOf)
  lines.forEach((line, i) => {
    const other = lines[(i * 7 + 3) % lines.length] ?? ''
    for (let cut = 0; cut <= line.length; cut += 5) {
      reader.line(readLine(line.slice(0, cut), i))
      reader.line(readLine(line.slice(0, cut) + other, i))
      reader.line(readLine(line.slice(0, cut) + line.slice(cut + 3), i))
    }
  })
  reader.boot(1)
  toJson(reader.report())
  t.pass()
})

t.test('hostile lines take linear time', async t => {
  const pieces = [
    ': ',
    '=',
    'dma_',
    '[a b=',
    'Adding device ',
    'DMA-API: ',
    'iommu: ',
    'arm-smmu-v3 ',
    ' 0x',
    '(____ptr',
  ]
  const starts = [
    '',
    'DMA-API: device driver maps memory from stack ',
    'arm-smmu-v3 x: Unhandled context fault: ',
  ]
  for (const start of starts)
    for (const piece of pieces) {
      const read = (length: number) => {
        const reader = new FactReader()
        reader.line(readLine(start + piece.repeat(length / piece.length), 1))
        reader.report()
      }
      takesLinearTime(t, `${start}${piece}…`, read, 400_000)
    }
})
