import fc from 'fast-check'
import t from 'tap'
import { hostileBytes } from './inputs.ts'
import { sampleLogs } from './logs.ts'
import { parseHostile } from './parse.ts'

t.test('ten thousand hostile inputs: none throws, hangs, or grows', async t => {
  t.doesNotThrow(() =>
    fc.assert(fc.property(hostileBytes(sampleLogs()), parseHostile), { numRuns: 10_000, seed: 20181119 }),
  )
})
