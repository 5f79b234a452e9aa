import t from 'tap'
import { totalmem } from 'node:os'
import { defaultJobs, freeMemory, guestMemory } from './machine.ts'

const GiB = 2 ** 30

t.test('jobs go by cores, as far as memory reaches', async t => {
  t.equal(defaultJobs(2, 64 * GiB), 3)
  t.equal(defaultJobs(16, 16 * GiB), 3)
  t.equal(defaultJobs(16, 64 * GiB), 14)
  t.equal(defaultJobs(4, 1 * GiB), 1, 'at least one')
})

t.test('guests get what the workers leave', async t => {
  t.ok(guestMemory(2, 8 * GiB) < 8 * GiB)
  t.equal(guestMemory(100, 1 * GiB), 0)
})

t.test('free memory is some of what there is', async t => {
  t.ok(freeMemory() > 0 && freeMemory() <= totalmem())
})
