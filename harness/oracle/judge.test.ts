import t from 'tap'
import { judged, changed, strict, lazy, bounced, type Both } from './sample.ts'
import { rules } from './rules.ts'
import type { OracleReport } from './oracle.ts'

const named = ({ disagreements }: OracleReport) => [...new Set(disagreements.map(({ rule }) => rule))]

const healthy: Record<string, () => Both> = { strict, lazy, bounced }

for (const [name, sample] of Object.entries(healthy)) {
  t.test(`${name}: both sides agree`, async t => {
    const oracle = judged(sample())
    t.same(
      oracle.disagreements.map(({ message }) => message),
      [],
    )
    t.match(oracle, { checked: 1, unmatched: { marks: 0, transfers: 0 }, remarks: [] })
    t.equal(oracle.mappings.length, 1)
  })
}

const usedAfter: [RegExp | string, string][] = [
  [
    'job=8 op=fill result=translation address=0xffffe000 want=0x1 got=0x0',
    'job=8 op=fill result=ok address=0x0 want=0x1 got=0x1',
  ],
  [
    /("job":8,"op":"fill",.*)"error","cause":"translation","address":"0xffffe000","sum":"0x0"/,
    '$1"done","cause":null,"address":null,"sum":"0x1"',
  ],
  [
    /"ok":false,(.*)"phys":"0xffffe000","cause":"translation","job":8/,
    '"ok":true,$1"phys":"0x5009d9000","job":8',
  ],
  [/.*"walk-fault".*/, ''],
]
const refusedInLife: [RegExp | string, string][] = [
  [
    'job=7 op=fill result=ok address=0x0 want=0x70000000a got=0x70000000a',
    'job=7 op=fill result=translation address=0xffffe000 want=0x70000000a got=0x0',
  ],
  [
    /("job":7,"op":"fill","state":)"done","cause":null,"address":null/,
    '$1"error","cause":"translation","address":"0xffffe000"',
  ],
  [/("transfer".*)"ok":true(.*"job":7)/, '$1"ok":false,"cause":"translation"$2'],
  [
    /"event":"walk",(.*),"phys":"0x5009d9000"(.*),"size":"0x1000"/,
    '"event":"walk-fault","access":"write","reason":"permission","level":3,$1$2',
  ],
]
const noFlush: [RegExp, string] = [/.*"event":"context".*"flush".*/, '']

/** What is changed of which sample, which rules must say so, and what of both sides must be in the message. */
const wrong: Record<
  string,
  { of: () => Both; change: [string | RegExp, string][]; rules: string[]; says: RegExp }
> = {
  'a wrong translation': {
    of: strict,
    change: [[/("transfer".*"phys":)"0x5009d9000"/, '$1"0x5009da000"']],
    rules: ['translation'],
    says: /says 0xffffe000 to 0xffffefff is 0x5009d9000; device: wrote 0xffffe000 to 0xffffefff, which was 0x5009da000, by job 7; 0xffffe000 should be 0x5009d9000/,
  },
  'an access outside of what was mapped': {
    of: strict,
    change: [[/("transfer".*"ok":true,"iova":)"0xffffe000"/, '$1"0xffffd000"']],
    rules: ['address-used'],
    says: /kernel: gave 0xffffe000 to 0xffffefff; device: wrote 0xffffd000 to 0xffffdfff/,
  },
  'an access of nobody': {
    of: strict,
    change: [[/("transfer".*"ok":true,"iova":)"0xffffe000"(.*),"job":7/, '$1"0xffffd000"$2']],
    rules: ['inside'],
    says: /the device was where no mapping is/,
  },
  'a job refused at another address': {
    of: strict,
    change: [
      ...refusedInLife,
      ['address=0xffffe000 want=0x70000000a', 'address=0xfffff000 want=0x70000000a'],
      [/("job":7,.*"address":)"0xffffe000"/, '$1"0xfffff000"'],
    ],
    rules: ['address-used', 'reached'],
    says: /gave 0xffffe000 to 0xffffefff; device: was refused 0xfffff000/,
  },
  'an address beyond the mask': {
    of: strict,
    change: [['mask=0xffffffffff', 'mask=0x7fffffff']],
    rules: ['mask'],
    says: /gave 0xffffe000 to 0xffffefff; device: its mask is 0x7fffffff/,
  },
  'an address beyond the bus': {
    of: bounced,
    change: [['limit=0xffffffff', 'limit=0x7bfff7fe']],
    rules: ['bus-limit'],
    says: /gave 0x7bfff000 to 0x7bfff7ff; device: the bus ends at 0x7bfff7fe/,
  },
  'a device past its IOMMU': {
    of: strict,
    change: [
      [
        /("transfer".*)"mmu":"e6570000.iommu","utlb":8,"context":1(.*"ok":true)/,
        '$1"mmu":null,"utlb":null,"context":null$2',
      ],
    ],
    rules: ['through-iommu'],
    says: /kernel: domain DMA; device: wrote .* not translated/,
  },
  'a bounce that is none': {
    of: strict,
    change: [['bounced=0', 'bounced=1']],
    rules: ['bounce-told'],
    says: /buffer 0x5009d9000; device: target 0x5009d9000/,
  },
  'a job refused what is mapped': {
    of: strict,
    change: refusedInLife,
    rules: ['reached'],
    says: /gave 0xffffe000 to 0xffffefff for from; device: translation at 0xffffe000: write 0xffffe000, permission at level 3/,
  },
  'a write to what was mapped to be read': {
    of: strict,
    change: [[/dir=from place/, 'dir=to place']],
    rules: ['direction'],
    says: /gave 0xffffe000 to 0xffffefff to be read; device: wrote/,
  },
  'a job that ended otherwise': {
    of: strict,
    change: [[/("job":7,.*"state":"done".*"sum":)"0x70000000a"/, '$1"0x1"']],
    rules: ['job-told'],
    says: /says ok, sum 0x70000000a; device: says done, sum 0x1/,
  },
  'a job that the device never did': {
    of: strict,
    change: [[/.*"event":"job".*"job":7.*/, '']],
    rules: ['job-told'],
    says: /device: has no such job/,
  },
  'a job that no line tells of': {
    of: strict,
    change: [[/.* job=7 op=fill.*/, '']],
    rules: ['job-said'],
    says: /says nothing of it; device: done of fill, job 7/,
  },
  'other data for the CPU': {
    of: strict,
    change: [[/(data .*got=)0x70000000a/, '$10x0']],
    rules: ['cpu-data'],
    says: /finds the sum 0x0, in the buffer at 0x5009d9000; device: job 7, fill, came to 0x70000000a/,
  },
  'other data for the device': {
    of: strict,
    change: [[/(job=7 .*want=)0x70000000a/, '$10x70000000b']],
    rules: ['device-data'],
    says: /wants the sum 0x70000000b, of the buffer at 0x5009d9000; device: job 7, fill, came to 0x70000000a/,
  },
  'a bounce not copied by the map': {
    of: bounced,
    change: [
      [/(job=1 .*got=)0x500000003/, '$10x0'],
      [/(op":"checksum","state":"done".*"sum":)"0x500000003"/, '$1"0x0"'],
    ],
    rules: ['bounce-out'],
    says: /was not copied to its bounce slot by the map; kernel: .* the buffer at 0x500146800, its slot at 0x7bfff000; device: job 1, checksum, came to 0x0/,
  },
  'a bounce not copied back by the sync': {
    of: bounced,
    change: [[/(data seq=6 .*got=)0x900000008/, '$10x500000003']],
    rules: ['bounce-back'],
    says: /not copied back by the sync for the CPU, seq 5; kernel: finds the sum 0x500000003/,
  },
  'a bounce not copied back by the unmap': {
    of: bounced,
    change: [[/(data seq=9 .*got=)0x900000008/, '$10x500000003']],
    rules: ['bounce-back'],
    says: /not copied back by the unmap, seq 8/,
  },
  'a bounced buffer that the device reached itself': {
    of: bounced,
    change: [[/("iova":"0x7bfff000","phys":)"0x7bfff000"(.*"job":2)/, '$1"0x500146800"$2']],
    rules: ['translation'],
    says: /is 0x7bfff000, a bounce slot of 0x500146800; device: wrote 0x7bfff000 to 0x7bfff7ff, which was 0x500146800/,
  },
  'a forgotten flush of both levels': {
    of: strict,
    change: [noFlush],
    rules: ['flush-owed'],
    says: /unmapped 0xffffe000 to 0xffffefff; device: micro-TLB 8 of e6570000.iommu still has 0xffffe000 as 0x5009d9000/,
  },
  'a forgotten flush of the main': {
    of: strict,
    change: [[/.*"e67b0000.iommu".*"flush".*/, '']],
    rules: ['flush-owed'],
    says: /context 1 of e67b0000.iommu still has 0xffffe000/,
  },
  'a page that works after its unmap, though it was flushed': {
    of: strict,
    change: usedAfter,
    rules: ['after-unmap'],
    says: /still works; kernel: unmapped 0xffffe000 to 0xffffefff and flushed it; device: wrote 0xffffe000 to 0xffffefff, which was 0x5009d9000, by job 8/,
  },
  'a stale entry that is used': {
    of: strict,
    change: [...usedAfter, noFlush],
    rules: ['flush-owed', 'after-unmap'],
    says: /still has 0xffffe000 as 0x5009d9000, and it was used: wrote 0xffffe000 to 0xffffefff, which was 0x5009d9000, by job 8/,
  },
  'use after unmap that nobody asked for': {
    of: bounced,
    change: [
      [/(job seq=4 .*)/, ''],
      [/.*"job":2,"op".*"start".*/, ''],
      [/(.*"iova":"0x7bfff000".*),"job":2\}/, '$1,"job":1}'],
      [/.*"job":2,"op".*"done".*/, ''],
      ['sync seq=5 id=1 for=cpu', 'unmap seq=5 id=1 dma=0x7bfff000 size=0x800'],
      [/"mark":5\}/, '"mark":99}'],
      [/"mark":4\}/, '"mark":5}'],
      [/.*(data seq|unmap-begin|unmap seq=8).*/, ''],
    ],
    rules: ['inside'],
    says: /was not told to; kernel: unmapped 0x7bfff000 to 0x7bfff7ff; device: wrote 0x7bfff000/,
  },
  'lazily unmapped, it works after the flush': {
    of: lazy,
    change: [
      ['seq=8 id=3 job=9 op=fill result=translation', 'seq=8 id=3 job=9 op=fill result=ok'],
      [
        /("job":9,"op":"fill",.*)"error","cause":"translation","address":"0xffffe000"/,
        '$1"done","cause":null,"address":null',
      ],
      [
        /"ok":false,(.*)"phys":"0xffffe000","cause":"translation","job":9/,
        '"ok":true,$1"phys":"0x5009d9000","job":9',
      ],
      [/.*"walk-fault".*/, ''],
    ],
    rules: ['after-unmap'],
    says: /unmapped 0xffffe000 to 0xffffefff and flushed it; device: wrote .* by job 9/,
  },
  'another range is unmapped': {
    of: strict,
    change: [['unmap seq=6 id=3 dma=0xffffe000', 'unmap seq=6 id=3 dma=0xffffd000']],
    rules: ['unmap-same'],
    says: /unmapped 0xffffd000 to 0xffffdfff; device: was given 0xffffe000 to 0xffffefff/,
  },
}

for (const [name, { of, change, rules, says }] of Object.entries(wrong)) {
  t.test(`${name} is told`, async t => {
    const oracle = judged(change.reduce((both, [from, to]) => changed(both, from, to), of()))
    t.same(named(oracle), rules)
    t.match(oracle.disagreements[0]?.message, says)
  })
}

t.test('every rule has a name of its own and a claim', async t => {
  t.equal(new Set(rules.map(({ name }) => name)).size, rules.length)
  t.notOk(rules.find(({ claims }) => !/^[a-z]/.test(claims) || claims.length < 20))
})
