import t from 'tap'
import { childSeconds } from './matrix.ts'

t.test('the CPU time of children is the second line of times', async t => {
  t.equal(childSeconds('0m0.010000s 0m0.000000s\n1m1.500000s 0m0.250000s\n'), 61.75)
  t.throws(() => childSeconds(''), /said no times/)
})
