import t from 'tap'
import type { TraceEvent } from '../../types.ts'
import { traceExcerpt } from './device-trace.ts'

const transfer = (i: number, ok = true): TraceEvent => ({
  event: 'transfer',
  t: BigInt(i) * 1000n,
  ...{ master: 'ee300000.sata', mmu: null, utlb: null, context: null },
  ...{ iova: BigInt(i) * 4096n, phys: BigInt(i) * 4096n, length: 4096n, access: 'read', what: 'data', ok },
})

t.test('of many alike the first and the last are shown, and how many are between', async t => {
  const events = Array.from({ length: 1000 }, (_, i) => transfer(i))
  const { total, shown, counts, lines } = traceExcerpt(events)
  t.same([total, shown, counts], [1000, 16, ['1000 transfers']])
  t.same(
    lines.filter(line => 'left' in line),
    [{ left: '984 transfers' }],
  )
})

t.test('what went wrong is shown wherever it is, and so is what changes a translation', async t => {
  const events = Array.from({ length: 1000 }, (_, i) => transfer(i, i !== 500))
  const enable: TraceEvent = {
    ...{ event: 'context', t: 1n, mmu: 'e67b0000.iommu', context: 1, op: 'enable' },
    ...{ ttbr: 0x500148000n, ttbcr: 0n, mair: 0n },
  }
  events.splice(600, 0, enable)
  const { lines } = traceExcerpt(events)
  const texts = lines.map(line => ('text' in line ? line.text : ''))
  t.same(
    lines.filter(line => 'bad' in line && line.bad).map(line => 'text' in line && /FAILED/.test(line.text)),
    [true],
  )
  t.ok(texts.some(text => text.includes('enable context 1 of e67b0000.iommu  page table at 0x500148000')))
  t.ok(texts.some(text => text.includes('not translated')))
})

t.test('a trace of nothing is empty', async t => {
  t.same(traceExcerpt([]), { total: 0, shown: 0, counts: [], lines: [] })
})
