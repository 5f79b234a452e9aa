import t from 'tap'
import { changed, judged, PROBE, strict, walkFault, type Both } from '../sample.ts'

const IPMMU = 'ipmmu-vmsa e67b0000.iommu'
const table = (at: string) =>
  `${IPMMU}: dmaspec: page table pages=0xffffff84c0c37000 dma=${at} phys=${at} size=0x1000`

/** The sample, with what the IPMMU's driver says of its page tables and faults. */
function told(...lines: string[]): Both {
  const { console, trace } = strict()
  return { console: [...lines, ...console], trace }
}

t.test('a kernel that tells of its page tables and faults agrees', async t => {
  const oracle = judged(
    told(table('0x5009d0000'), `${IPMMU}: Unhandled fault: status 0x00002502 iova 0xffffe000`),
  )
  t.same(
    oracle.disagreements.map(({ message }) => message),
    [],
  )
  t.match(oracle.compared, { 'tables-told': 2, 'root-told': 1, 'fault-seen': 1 })
})

const wrong: Record<string, { of: Both; rules: string[]; says: RegExp }> = {
  'a fault that the IPMMU did not have': {
    of: told(`${IPMMU}: Unhandled fault: status 0x00002502 iova 0xdead000`),
    rules: ['fault-seen'],
    says: /reports 0xdead000, status 0x2502; device: refused 0xffffe000/,
  },
  'a page table that its driver never made': {
    of: changed(
      told(table('0x5009d0000')),
      /("walk".*"tables":\[)"0x5009d0000"/,
      '$1"0x5009d0000","0x5009d8000"',
    ),
    rules: ['tables-told'],
    says: /made 1, from 0x5009d0000 to 0x5009d0000; device: read 0x5009d8000 for 0xffffe000/,
  },
  'a first table that its driver never made': {
    of: changed(told(table('0x5009d0000')), /"ttbr":"0x5009d0000"/, '"ttbr":"0x5009d7000"'),
    rules: ['root-told'],
    says: /device: context 1 begins at 0x5009d7000/,
  },
}
for (const [name, { of, rules, says }] of Object.entries(wrong)) {
  t.test(`${name} is told`, async t => {
    const { disagreements } = judged(of)
    t.same(new Set(disagreements.map(({ rule }) => rule)), new Set(rules))
    t.match(disagreements[0]?.message, says)
  })
}

t.test('of an IOMMU without a device trace, nothing is claimed', async t => {
  const line =
    'arm-smmu 9050000.iommu: Unhandled context fault: fsr=0x402, iova=0xdead000, fsynr=0x1, cbfrsynra=0x0, cb=0'
  t.same(judged(told(line)).disagreements, [])
  t.same(judged({ console: [], trace: [walkFault('0x1000', 'read', 'invalid')] }).disagreements, [])
})

t.test('a page table that many walks meet is told once', async t => {
  const both = changed(told(table('0x5009d0000')), /("walk".*"tables":\[)"0x5009d0000"/, '$1"0x5009d8000"')
  const walk = both.trace.find(line => line.includes('"walk"')) ?? ''
  const { disagreements } = judged({ ...both, trace: [...both.trace, walk, walk] })
  t.equal(disagreements.length, 1)
  t.equal(disagreements[0]?.device, 'e6570000.iommu')
  t.not(disagreements[0]?.device, PROBE)
})
