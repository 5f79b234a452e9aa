import { hex } from '../../report/json.ts'
import { perMapping, type Rule } from '../rule.ts'

/** Rules on what the driver finds wrong by itself: bytes around its buffers, and mappings that it does not print. */
export const bufferRules: Rule[] = [
  perMapping('guards', 'nobody writes next to a buffer', function* ({ guards, phys, size }) {
    if (guards.length === 0) yield null
    for (const guard of guards) {
      yield {
        why: 'somebody wrote next to the buffer',
        kernel: `has the buffer at ${hex(phys)}, ${hex(size)} bytes`,
        saw: `${hex(guard.phys)} was written to`,
        line: guard.line,
      }
    }
  }),

  {
    name: 'unprinted',
    claims: 'the mappings that a quiet plan does not print went well, too',
    *check({ told }) {
      for (const plan of told.plans) if (plan.quiet) yield null
      for (const { device, id, line, job, result, want, got } of told.mismatches) {
        yield {
          why: `mapping ${id}, which was not printed, went wrong`,
          kernel: `wants the sum ${hex(want)}`,
          saw: `${job === null ? 'the buffer' : `job ${job}, ${result},`} came to ${hex(got)}`,
          ...{ device, mapping: null, line },
        }
      }
    },
  },
]
