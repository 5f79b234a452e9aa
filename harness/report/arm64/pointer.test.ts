import t from 'tap'
import { describePointer, shadowed } from './pointer.ts'

t.test('what a pointer says', async t => {
  t.equal(describePointer(0n), 'NULL')
  t.equal(describePointer(0xfffffffffffffdfbn), 'ERR_PTR(-EPROBE_DEFER): an error in place of a pointer')
  t.equal(describePointer(-4095n), 'ERR_PTR(-4095): an error in place of a pointer')
  t.match(describePointer(0xdead000000000122n), /^LIST_POISON2/)
  t.match(describePointer(0x6b6b6b6b6b6b6b6bn), /^POISON_FREE: /)
  t.equal(describePointer(0xfffffffffffff000n), null, 'below the errors')
  t.equal(describePointer(1n), null)
  t.equal(describePointer(0xffff800012340000n), null)
})

t.test("KASAN's shadow", async t => {
  t.equal(shadowed(0xdfff800000000000n, 0xdfff800000000007n), 0x38n)
  t.equal(shadowed(0xefff800000000000n, 0xefff800000000003n), 0x30n, 'of software tags, a byte for 16')
  t.equal(shadowed(0xffff800000000000n, 0xffff800000000007n), null)
})
