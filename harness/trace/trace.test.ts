import t from 'tap'
import { InfraError } from '../errors.ts'
import { parseEvents, parseTrace } from './trace.ts'

const lines = [
  '{"event":"context","t":310,"mmu":"ipmmu_mm","context":1,"op":"enable","ttbr":"0x73f8c2000","ttbcr":"0x80003540","mair":"0x4ff44"}',
  '{"event":"utlb","t":320,"mmu":"ipmmu_hc","utlb":2,"op":"enable","context":1}',
  '{"event":"walk","t":330,"mmu":"ipmmu_hc","utlb":2,"context":1,"iova":"0xfffff000","phys":"0x48123000","tables":["0x73f8c2000","0x73f8c3000"],"size":"0x1000"}',
  '{"event":"walk-fault","t":340,"mmu":"ipmmu_hc","utlb":2,"context":1,"iova":"0x0","access":"write","reason":"translation","level":1,"tables":["0x73f8c2000"]}',
  '{"event":"transfer","t":350,"master":"sata","mmu":"ipmmu_hc","utlb":2,"context":1,"iova":"0xfffff000","phys":"0x48123000","length":"0x200","access":"write","what":"data","ok":true}',
  '{"event":"job","t":355,"master":"ea100000.dmaprobe","job":7,"op":"fill","state":"error","cause":"translation","address":"0xfffff000","sum":"0x0"}',
  '{"event":"job","t":356,"master":"ea100000.dmaprobe","job":8,"op":"fill","state":"done","cause":null,"address":null,"sum":"0x300000001"}',
  '{"event":"mark","t":357,"master":"ea100000.dmaprobe","mark":12}',
  '{"event":"transfer","t":360,"master":"sata","mmu":null,"utlb":null,"context":null,"iova":"0x48123000","phys":"0x48123000","length":512,"access":"read","what":"descriptor","ok":true}',
]
const text = lines.map(line => line + '\n').join('')

t.test('each event goes to its list, its addresses as bigint', async t => {
  const trace = parseTrace(text)
  t.same(trace.contexts, [
    {
      event: 'context',
      t: 310n,
      mmu: 'ipmmu_mm',
      context: 1,
      op: 'enable',
      ttbr: 0x73f8c2000n,
      ttbcr: 0x80003540n,
      mair: 0x4ff44n,
    },
  ])
  t.same(trace.utlbs.length, 1)
  t.same(trace.walks[0]?.tables, [0x73f8c2000n, 0x73f8c3000n])
  t.match(trace.walkFaults[0], { iova: 0n, level: 1, reason: 'translation' })
  t.same(
    trace.transfers.map(({ mmu, iova, phys, length }) => [mmu, iova, phys, length]),
    [
      ['ipmmu_hc', 0xfffff000n, 0x48123000n, 512n],
      [null, 0x48123000n, 0x48123000n, 512n],
    ],
  )
})

t.test('what dmaprobe adds: jobs, marks, and why a transfer was refused', async t => {
  const trace = parseTrace(text)
  t.same(
    trace.jobs.map(({ job, cause, address, sum }) => [job, cause, address, sum]),
    [
      [7, 'translation', 0xfffff000n, 0n],
      [8, null, null, 0x300000001n],
    ],
  )
  t.match(trace.marks, [{ master: 'ea100000.dmaprobe', mark: 12 }])
  t.notOk('job' in (trace.transfers[0] ?? {}), 'what others do not say is not there')
  const refused = lines[4]?.replace('"ok":true', '"ok":false,"cause":"bus-limit","job":7')
  t.match(parseTrace(`${refused}\n`).transfers, [{ ok: false, cause: 'bus-limit', job: 7 }])
})

t.test('one list has all events in order', async t => {
  t.same(
    parseEvents(text).map(({ event, t }) => `${t} ${event}`),
    [
      '310 context',
      '320 utlb',
      '330 walk',
      '340 walk-fault',
      '350 transfer',
      '355 job',
      '356 job',
      '357 mark',
      '360 transfer',
    ],
  )
})

t.test('a last line that was cut is left out', async t => {
  t.equal(parseTrace(text.slice(0, -20)).transfers.length, 1)
  t.same(parseTrace('{"ev').contexts, [])
  t.same(parseTrace('').contexts, [])
})

const damaged = {
  'no JSON': 'hello',
  'an empty line': '',
  'no object': '7',
  null: 'null',
  'an unknown event': '{"event":"toString"}',
  'a missing field': '{"event":"utlb","t":1}',
  'an address that is none': lines[1]?.replace('320', '"0xzz"') ?? '',
  'a number that JSON can not hold': lines[1]?.replace('320', '18446744073709551615') ?? '',
}
for (const [name, line] of Object.entries(damaged)) {
  t.test(`${name} is named with its line`, async t => {
    const error = t.throws(
      () => parseTrace(`${lines[0]}\n${line}\n${lines[1]}\n`, '/x/trace.jsonl'),
      InfraError,
    )
    t.match((error as InfraError).message, /^\/x\/trace\.jsonl:2: /)
  })
}

t.test('a flush of one address says which; an access without a context has null', async t => {
  const flush = lines[0]?.replace('"enable"', '"flush"').replace('}', ',"iova":"0xfffff000"}')
  const refused = lines[3]?.replace('"context":1', '"context":null')
  const trace = parseTrace(`${flush}\n${lines[0]}\n${refused}\n`)
  t.same(
    trace.contexts.map(({ iova }) => iova),
    [0xfffff000n, undefined],
  )
  t.equal(trace.walkFaults[0]?.context, null)
})
