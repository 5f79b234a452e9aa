import t from 'tap'
import { bare, changed, flushes, judged, lazy, mark, PROBE, strict, transfer, type Both } from '../sample.ts'

const MAP = strict('DMA-FQ').console[1] ?? ''
const again = MAP.replace('seq=1 id=3', 'seq=8 id=4').replaceAll('0x5009d9000', '0x500aaa000')

/** A lazy mapping whose address is another mapping's soon: flushed before that, or not. */
function reused(flushed: boolean): Both {
  const { console, trace } = strict('DMA-FQ')
  const end = trace.findIndex(line => line.includes('"mark":6}'))
  const unmapped = trace.slice(0, end).filter(line => !line.includes('"flush"'))
  return {
    console: [
      ...console.slice(0, 7),
      `dmaprobe ${PROBE}: sync seq=7 id=3 for=cpu`,
      again,
      `dmaprobe ${PROBE}: plan end n=1 mappings=2 failed=0`,
    ],
    trace: [...unmapped, mark(6), mark(7), ...(flushed ? flushes() : []), mark(8)],
  }
}

t.test('a lazy domain that flushes before it gives an address again owes nothing', async t => {
  const oracle = judged(reused(true))
  t.same(
    oracle.disagreements.map(({ message }) => message),
    [],
  )
  t.equal(oracle.compared['flush-before-reuse'], 2, 'both levels')
})

t.test('one that does not is told, of each level', async t => {
  const { disagreements } = judged(reused(false))
  t.match(disagreements, [
    {
      rule: 'flush-before-reuse',
      message:
        /unmapped 0xffffe000 to 0xffffefff, and it is mapping 4 now; device: micro-TLB 8 .* as 0x5009d9000/,
    },
    { rule: 'flush-before-reuse', saw: /^context 1 of e67b0000.iommu still has 0xffffe000 as 0x5009d9000/ },
  ])
})

t.test('a lazy domain may be used until the flush, and long after it may not, flush or none', async t => {
  t.same(judged(lazy()).disagreements, [])
  const late = changed(
    changed(lazy(), /.*"event":"context".*"flush".*/, ''),
    'got=0x1 when=unmapped',
    'got=0x1 when=late',
  )
  const { disagreements } = judged(late)
  t.match(disagreements, [{ rule: 'after-unmap', message: /and flushed nothing; device: wrote .* by job 8/ }])
})

/** An SMMU: one level, with tables of its own, and flushes by address. */
function smmu(both: Both, flush: string): Both {
  const one = both.trace
    .map(line => line.replaceAll('e67b0000.iommu', 'e6570000.iommu'))
    .filter(line => !(line.includes('"flush"') && line.includes('"ttbr":"0x0"')))
  return { ...both, trace: one.map(line => line.replace('"op":"flush"', `"op":"flush"${flush}`)) }
}

t.test('a flush by address is one of that address only', async t => {
  t.same(judged(smmu(strict(), ',"iova":"0xffffe000"')).disagreements, [])
  const { disagreements } = judged(smmu(strict(), ',"iova":"0xffffd000"'))
  t.match(disagreements, [{ rule: 'flush-owed', saw: /^micro-TLB 8 of e6570000.iommu still has 0xffffe000/ }])
  t.equal(disagreements.length, 1, 'there is one level')
})

t.test('what a pool frees stays mapped', async t => {
  const pool = changed(
    changed(strict(), 'api=single dir=from place', 'api=pool dir=from place'),
    /.*"event":"context".*"flush".*/,
    '',
  )
  t.same(judged(pool).disagreements, [])
})

t.test('past an IOMMU nothing keeps a device out, and no flush is owed', async t => {
  const none = changed(strict(), 'domain=DMA', 'domain=none')
  const trace = none.trace.map(line => {
    if (!line.includes('"transfer"')) return line
    const { job } = JSON.parse(line) as { job: number }
    return bare({ iova: '0xffffe000', phys: '0x5009d9000', job }, PROBE)
  })
  const console = none.console.map(line =>
    line.replace(
      'result=translation address=0xffffe000 want=0x1 got=0x0',
      'result=ok address=0x0 want=0x1 got=0x0',
    ),
  )
  const done = trace.map(line =>
    line.replace(
      '"error","cause":"translation","address":"0xffffe000"',
      '"done","cause":null,"address":null',
    ),
  )
  t.same(
    judged({ console, trace: done }).disagreements.map(({ message }) => message),
    [],
  )
})

t.test('a transfer at an address that was unmapped and mapped again is of the new mapping', async t => {
  const both = reused(true)
  const moved = transfer({ iova: '0xffffe000', phys: '0x500aaa000', job: 7 })
  const [first, second] = judged({ ...both, trace: [...both.trace, moved] }).mappings
  t.equal(first?.late.length, 0)
  t.equal(second?.transfers.length, 1)
})

t.test('of a quiet plan, a transfer of a job that was not printed is nobody’s', async t => {
  const quiet = changed(strict(), 'size=0x1000"', 'size=0x1000 quiet=1"')
  const other = transfer({ iova: '0xffffe000', phys: '0x500aaa000', job: 99 })
  const oracle = judged({ ...quiet, trace: [...quiet.trace, other] })
  t.same(oracle.disagreements, [])
  t.equal(oracle.unmatched.transfers, 1)
  const loud = judged({ ...strict(), trace: [...strict().trace, other] })
  t.match(loud.disagreements, [{ rule: 'inside' }, { rule: 'after-unmap' }])
})
