import t from 'tap'
import type { TraceEvent } from './events.ts'
import { unaccounted } from './replay.ts'

const where = { mmu: 'leaf', utlb: 3, context: 1 }
const walk = (iova: bigint, phys: bigint, size = 0x1000n): TraceEvent => {
  return { event: 'walk', t: 0n, ...where, iova, phys, tables: [], size }
}
const transfer = (iova: bigint, phys: bigint, length = 0x1000n, utlb = 3): TraceEvent => {
  const what = { master: 'dmac', access: 'read', what: 'data', ok: true } as const
  return { event: 'transfer', t: 0n, ...what, ...where, utlb, iova, phys, length }
}
const flush = (mmu: string, ttbr: bigint, context = 1): TraceEvent => {
  return { event: 'context', t: 0n, mmu, context, op: 'flush', ttbr, ttbcr: 0n, mair: 0n }
}
const found = (events: TraceEvent[]) =>
  unaccounted(events).map(({ iova, phys, walked }) => [iova, phys, walked])

t.test('a transfer may use what was walked to, page by page', async t => {
  const walks = [walk(0x1000n, 0x8000n), walk(0x2000n, 0x9000n)]
  t.same(found([...walks, transfer(0x1800n, 0x8800n, 0x1000n)]), [])
  t.same(found([...walks, transfer(0x1800n, 0x8800n, 0x1801n)]), [[0x3000n, 0xa000n, null]])
  t.same(found([...walks, transfer(0x2000n, 0x9004n, 4n)]), [[0x2000n, 0x9004n, 0x9000n]])
})

t.test('a block is walked to once', async t => {
  t.same(found([walk(0x200000n, 0x40000000n, 0x200000n), transfer(0x212000n, 0x40012000n, 0x3000n)]), [])
})

t.test('a leaf that was flushed may ask the main, until that is flushed too', async t => {
  const before = [walk(0x1000n, 0x8000n), flush('leaf', 0n)]
  const after = transfer(0x1000n, 0x8000n)
  t.same(found([...before, after]), [])
  t.same(found([...before, flush('main', 0x5000n), after]), [[0x1000n, 0x8000n, null]])
  t.same(found([...before, flush('main', 0x5000n, 2), after]), [], "another context's flush")
})

t.test('another micro-TLB asks the main', async t => {
  t.same(found([walk(0x1000n, 0x8000n), transfer(0x1000n, 0x8000n, 0x1000n, 4)]), [])
  const flushed = [walk(0x1000n, 0x8000n), flush('main', 0x5000n), transfer(0x1000n, 0x8000n, 0x1000n, 4)]
  t.same(found(flushed), [[0x1000n, 0x8000n, null]])
})

t.test('what failed, or was not translated, is no matter', async t => {
  const straight = { ...transfer(0x1000n, 0x1000n), mmu: null, utlb: null, context: null } as TraceEvent
  t.same(found([straight, { ...transfer(0x1000n, 0n), ok: false } as TraceEvent]), [])
})
