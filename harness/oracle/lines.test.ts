import t from 'tap'
import { readTold } from './mappings.ts'
import { probeLines } from './lines.ts'
import { bounced, changed, judged, mark, PROBE, stamped, strict, type Both } from './sample.ts'
import { takesLinearTime } from '../linear.ts'

const told = (lines: readonly string[]) => readTold(probeLines(stamped(lines)))
const MAP = strict().console[1] ?? ''

t.test('a mapping has all that its lines say', async t => {
  const { mappings, bad, plans } = told(bounced().console)
  t.same(bad, [])
  t.match(plans, [{ n: 1, quiet: false, end: { mappings: 1, failed: 0 } }])
  t.match(mappings, [
    {
      ...{ device: 'ea120000.dmaprobe', id: 1, plan: 1, api: 'single', dir: 'both', place: 'high' },
      ...{ phys: 0x500146800n, dma: 0x7bfff000n, target: 0x7bfff000n, size: 0x800n },
      ...{ mask: 0xffffffffffn, limit: 0xffffffffn, domain: 'none', bounced: true },
      syncs: [{ for: 'device' }, { for: 'cpu' }],
      jobs: [{ op: 'checksum', want: 0x500000003n }, { op: 'fill' }],
      data: [{ when: 'synced' }, { when: 'unmapped' }],
      unmap: { beginSeq: 7, seq: 8, dma: 0x7bfff000n },
    },
  ])
})

t.test('parts of a scatter list are one mapping', async t => {
  const part = (i: number, dma: string) =>
    MAP.replace('seq=1 ', `seq=${i + 1} `)
      .replace('part=0/1', `part=${i}/2`)
      .replace('dma=0xffffe000', `dma=${dma}`)
  const { mappings, bad } = told([part(0, '0xffff0000'), part(1, '0xfffe0000')])
  t.same(bad, [])
  t.match(mappings, [{ size: 0x2000n, dma: 0xffff0000n, parts: [{ seq: 1 }, { seq: 2, dma: 0xfffe0000n }] }])
})

const notOurs = {
  'without a time stamp': `dmaprobe ${PROBE}: map seq=1`,
  'of a process, by its facility': `<14>[    1.000000] dmaprobe ${PROBE}: map seq=1`,
  'of another driver': `[    1.000000] sata_rcar ${PROBE}: map seq=1`,
  'in the middle of a line': `[    1.000000] init: dmaprobe ${PROBE}: map seq=1`,
}
for (const [name, line] of Object.entries(notOurs)) {
  t.test(`a line ${name} is not the driver's`, async t => t.same(probeLines([line]), []))
}

t.test('what others print under the name is kept, and is no mapping', async t => {
  const { remarks, bad } = told([`dmaprobe ${PROBE}: Adding to iommu group 0`])
  t.match(remarks, [{ device: PROBE, text: 'Adding to iommu group 0', line: 1 }])
  t.same(bad, [])
})

const damaged: [name: string, line: string, why: RegExp][] = [
  ['cut in the middle', MAP.slice(0, 95), /is '0x', no 0x number|no '/],
  [
    'with a number that is none',
    MAP.replace('dma=0xffffe000', 'dma=0xfffffffff00000000'),
    /'dma' is .* no 0x/,
  ],
  ['with a negative seq', MAP.replace('seq=1', 'seq=-1'), /'seq' is '-1', no number/],
  ['with a field twice', `${MAP} size=0x2000`, /'size' is there twice/],
  [
    'with a domain that there is none of',
    MAP.replace('=DMA ', '=DMB '),
    /'domain' is 'DMB', not one of DMA,/,
  ],
  ['of a part beyond its count', MAP.replace('part=0/1', 'part=1/1'), /'part' is '1\/1'/],
  ['of a part without the first', MAP.replace('part=0/1', 'part=1/2'), /comes without those before it/],
  ['with an unknown verb', MAP.replace('map seq', 'mapp seq'), /no line starts with 'mapp'/],
  ['of a mapping that is not there', `dmaprobe ${PROBE}: sync seq=1 id=9 for=cpu`, /there is no mapping 9/],
  ['of a plan that was not begun', `dmaprobe ${PROBE}: plan end n=2 mappings=1 failed=0`, /plan 2 was not/],
  ['full of quotes', `dmaprobe ${PROBE}: plan begin n=1 text="a"b"`, /no field at/],
  ['with __proto__', `dmaprobe ${PROBE}: __proto__ seq=1`, /no line starts with '__proto__'/],
]
for (const [name, line, why] of damaged) {
  t.test(`a line ${name} is a finding of its own`, async t => {
    t.match(told([line]).bad, [{ device: PROBE, line: 1, why }])
  })
}

t.test('a hostile line takes no time', async t => {
  const lines = (length: number) => [
    `dmaprobe ${PROBE}: map ${'a='.repeat(length / 2)}`,
    `dmaprobe ${PROBE}: map ${' '.repeat(length)}x`,
  ]
  takesLinearTime(t, 'two of them', length => told(lines(length)), 1_000_000)
})

t.test('forged lines without end are capped, and say so', async t => {
  const forged = Array.from({ length: 12_000 }, (_, i) => MAP.replace('seq=1 id=3', `seq=${i} id=${i}`))
  const oracle = judged({ console: forged, trace: [] })
  t.equal(oracle.mappings.length, 10_000)
  t.equal(oracle.checked, 0)
  t.equal(oracle.disagreements.length, 1000)
  t.match(oracle.disagreements[0], { rule: 'line', message: /there are more than 10000 mappings/ })
  t.ok(oracle.omitted >= 12_000, `${oracle.omitted} more`)
})

const wrong: Record<string, { of: Both; rule: string; says: RegExp; complete?: boolean; asked?: boolean }> = {
  'a line that can not be read': {
    of: changed(strict(), 'for=cpu', 'for=cow'),
    rule: 'line',
    says: /a line can't be understood: 'for' is 'cow'/,
  },
  'a line without a mark': {
    of: changed(strict(), /.*"mark":4\}/, ''),
    rule: 'marked',
    says: /printed 'data seq=4'; device: saw no mark 4; its last is 7/,
  },
  'two lines of one mark': {
    of: changed(strict(), 'data seq=4', 'data seq=3'),
    rule: 'marked',
    says: /two lines have the same mark; kernel: printed 'data seq=3'/,
  },
  'marks in another order': {
    of: changed(
      changed(changed(strict(), '"mark":3}', '"mark":33}'), '"mark":4}', '"mark":3}'),
      '"mark":33}',
      '"mark":4}',
    ),
    rule: 'marked',
    says: /the marks came in another order/,
  },
  'a plan that lost a mapping': {
    of: changed(strict(), 'mappings=1', 'mappings=2'),
    rule: 'plan-whole',
    says: /counts 2 mappings in plan 1; device: 1 mappings, and 0 that failed, were printed/,
  },
  'a plan that never ended': {
    of: changed(strict(), /.*plan end.*/, ''),
    rule: 'plan-whole',
    says: /never ended/,
  },
  'a plan that was refused': {
    of: { console: [`dmaprobe ${PROBE}: plan refused step=1 why="unknown api=sing"`], trace: [] },
    rule: 'plan-whole',
    says: /a plan was refused; kernel: refused the plan: unknown api=sing/,
  },
  'a plan that nobody ran': {
    of: { console: [], trace: [] },
    asked: true,
    rule: 'plan-whole',
    says: /a plan was asked for, and none began/,
  },
  'a mismatch of a mapping that was not printed': {
    of: {
      console: [
        `dmaprobe ${PROBE}: plan begin n=1 text="api=single count=100 quiet=1"`,
        `dmaprobe ${PROBE}: mismatch seq=1 id=7 job=3 op=fill result=ok address=0x0 want=0x2 got=0x1 when=mapped`,
        `dmaprobe ${PROBE}: quiet mappings=100 failed=1`,
        `dmaprobe ${PROBE}: plan end n=1 mappings=100 failed=1`,
      ],
      trace: [mark(1)],
    },
    rule: 'unprinted',
    says: /mapping 7, .* wants the sum 0x2; device: job 3, ok, came to 0x1/,
  },
  'a byte next to a buffer': {
    of: changed(
      strict(),
      /(.*data seq=4).*/,
      `dmaprobe ${PROBE}: guard seq=4 id=3 phys=0x5009d8fff byte=0x1`,
    ),
    rule: 'guards',
    says: /has the buffer at 0x5009d9000, 0x1000 bytes; device: 0x5009d8fff was written to/,
  },
}
for (const [name, { of, rule, says, ...setting }] of Object.entries(wrong)) {
  t.test(`${name} is told`, async t => {
    const { disagreements } = judged(of, setting)
    t.match(disagreements, [{ rule, message: says }])
    t.equal(disagreements.length, 1)
  })
}

t.test('of a log that was cut, the end of a plan is not missed', async t => {
  const cut = changed(strict(), /.*plan end.*/, '')
  t.same(judged(cut, { complete: false }).disagreements, [])
})
