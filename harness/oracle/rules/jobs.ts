import { hex } from '../../report/json.ts'
import type { Job, Mapping } from '../oracle.ts'
import { did, perMapping, range, ranges, type Rule } from '../rule.ts'
import { isTranslated, type Scene } from '../scene.ts'

/** Rules on jobs: both sides tell the same of them, and they come to their end where they may. */
export const jobRules: Rule[] = [
  perMapping(
    'job-told',
    "a job ended as the driver says, where it says, with the device's own sum",
    function* ({ jobs }) {
      for (const job of jobs) {
        const saw = job.seen === null ? 'has no such job' : ended(job)
        yield isSame(job)
          ? null
          : { why: `job ${job.job} ended otherwise`, kernel: told(job), saw, line: job.line }
      }
    },
  ),

  perMapping('reached', 'what is mapped can be used: no job is refused', function* (mapping, scene) {
    for (const job of mapping.jobs) {
      if (job.when === 'unmapped' || job.when === 'late' || mayRefuse(mapping, job)) continue
      yield job.result === 'ok'
        ? null
        : {
            why: `job ${job.job}, ${job.op}, was refused what the kernel had mapped`,
            kernel: `gave ${ranges(mapping.parts)} for ${mapping.dir}`,
            saw: `${job.result} at ${hex(job.seen?.address ?? job.address)}${refusal(mapping, job, scene)}`,
            line: job.line,
          }
    }
  }),

  perMapping(
    'direction',
    'an IOMMU lets no device write to what is mapped for it to read',
    function* ({ domain, dir, transfers, parts }) {
      if (!isTranslated(domain) || dir !== 'to') return
      for (const transfer of transfers) {
        yield transfer.access === 'read' || !transfer.ok
          ? null
          : {
              why: 'the device wrote to what was mapped for it to read',
              kernel: `gave ${ranges(parts)} to be read`,
              saw: did(transfer),
              line: parts[0]?.line ?? null,
            }
      }
    },
  ),

  {
    name: 'inside',
    claims: 'a device touches nothing outside of a mapping that lives, but for jobs that are to do so',
    *check({ told, loose }) {
      for (const mapping of told.mappings) {
        yield* mapping.transfers.map(() => null)
        for (const transfer of mapping.late) {
          const job = mapping.jobs.find(({ job }) => job === transfer.job)
          yield job?.when === 'unmapped' || job?.when === 'late' || !transfer.ok
            ? null
            : {
                why: 'the device used an address after it was unmapped, and was not told to',
                kernel: `unmapped ${range(mapping.dma, mapping.size)}`,
                saw: did(transfer),
                ...{ device: mapping.device, mapping, line: mapping.unmap?.line ?? null },
              }
        }
      }
      const tags = new Set(
        told.mappings.flatMap(({ device, jobs }) => jobs.map(({ job }) => `${device} ${job}`)),
      )
      const quiet = new Set(told.plans.filter(plan => plan.quiet).map(({ device }) => device))
      for (const stray of loose.strays) {
        // Of a known job it is the rule address-used's; of an unknown one of a quiet plan nothing can be said.
        const isKnown = stray.job !== undefined && tags.has(`${stray.master} ${stray.job}`)
        if (stray.what === 'descriptor' || isKnown || quiet.has(stray.master)) continue
        yield stray.ok
          ? {
              why: 'the device was where no mapping is',
              kernel: 'gave no such address',
              saw: did(stray),
              ...{ device: stray.master, mapping: null, line: null },
            }
          : null
      }
    },
  },
]

/** Behind an IOMMU, a write to what is mapped for reading is to be refused. */
function mayRefuse({ domain, dir }: Mapping, { op, result }: Job): boolean {
  return isTranslated(domain) && dir === 'to' && /fill|copy/.test(op) && result === 'translation'
}

function isSame({ result, got, address, seen }: Job): boolean {
  if (seen === null) return false
  if (result === 'timeout') return seen.state === 'start'
  if (result === 'ok') return seen.state === 'done' && (got === null || got === seen.sum)
  return (
    seen.state === 'error' && result === seen.cause && (seen.address === null || seen.address === address)
  )
}

function told({ result, address, got }: Job): string {
  return result === 'ok' ? `says ok, sum ${hex(got)}` : `says ${result} at ${hex(address)}`
}

function ended({ seen }: Job): string {
  if (seen?.state === 'done') return `says done, sum ${hex(seen.sum)}`
  if (seen?.state === 'error') return `says ${seen.cause} at ${hex(seen.address)}`
  return 'never ended it'
}

/** The IOMMU's own reason. */
function refusal({ transfers }: Mapping, { job, seen }: Job, scene: Scene): string {
  const refused = transfers.find(transfer => transfer.job === job && !transfer.ok)
  const at = seen?.address ?? refused?.iova
  const before = seen ? scene.order.of(seen) : Infinity
  const fault = scene.walkFaults.findLast(
    fault => at !== undefined && fault.iova >> 12n === at >> 12n && scene.order.of(fault) < before,
  )
  if (fault === undefined || (seen && seen.cause !== 'translation')) return ''
  return `: ${fault.access} ${hex(fault.iova)}, ${fault.reason} at level ${fault.level}`
}
