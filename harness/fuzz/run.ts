/**
 * Fuzzes the parser: `node --import tsx harness/fuzz/run.ts [COUNT] [SEED]`, by default 10^6 inputs. It needs
 * minutes to an hour. A failure is printed shrunk, with the seed that makes it again; the memory is printed as it goes.
 */
import fc from 'fast-check'
import { hostileBytes } from './inputs.ts'
import { sampleLogs } from './logs.ts'
import { parseHostile } from './parse.ts'

const count = Number(process.argv[2] ?? 1e6)
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31)
/** Memory after the first round and after any other may differ by so much, in MB: more is a leak. */
const MOST_GROWTH = 200

const logs = sampleLogs()
const ROUND = 20_000
let first = 0
console.log(`${count} inputs from ${logs.length} logs, seed ${seed}`)
for (let done = 0; done < count; done += ROUND) {
  const numRuns = Math.min(ROUND, count - done)
  fc.assert(fc.property(hostileBytes(logs), parseHostile), { numRuns, seed: seed + done })
  const megabytes = process.memoryUsage().rss / 1e6
  first ||= megabytes
  console.log(`${done + numRuns} inputs, ${megabytes.toFixed(0)} MB`)
  if (megabytes > first + MOST_GROWTH) throw new Error(`memory grew from ${first.toFixed(0)} MB`)
}
