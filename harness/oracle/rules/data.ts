import { hex } from '../../report/json.ts'
import type { DataCheck, Job, Mapping } from '../oracle.ts'
import { perMapping, type Rule } from '../rule.ts'

/**
 * Rules on data. Of a bounced mapping the sums tell when swiotlb copied: what the device reads was copied out by the
 * time that the map, or the sync for the device, returned; what the CPU reads was copied back by the sync for the CPU,
 * or the unmap. (kernel/dma/swiotlb.c, swiotlb_tbl_map_single() to swiotlb_tbl_unmap_single(), 4.19 to 7.3)
 */
export const dataRules: Rule[] = [
  perMapping(
    'device-data',
    'a device reads what the CPU wrote, and writes what it was told',
    function* (mapping) {
      if (!mapping.bounced) yield* jobsOf(mapping, 'the device has other data than the CPU')
    },
  ),
  perMapping(
    'bounce-out',
    'a buffer is copied to its bounce slot before the device reads it',
    function* (mapping) {
      if (mapping.bounced) yield* jobsOf(mapping, 'the buffer was not copied to its bounce slot')
    },
  ),
  perMapping('cpu-data', 'the CPU finds what the device wrote', function* (mapping) {
    if (!mapping.bounced) yield* checksOf(mapping, 'the CPU has other data than the device')
  }),
  perMapping(
    'bounce-back',
    'a bounce slot is copied back before the CPU reads the buffer',
    function* (mapping) {
      if (mapping.bounced) yield* checksOf(mapping, 'the bounce slot was not copied back')
    },
  ),
]

function* jobsOf(mapping: Mapping, why: string) {
  for (const job of mapping.jobs) {
    if (job.result !== 'ok' || job.want === null || job.got === null || job.when !== 'mapped') continue
    yield job.want === job.got
      ? null
      : {
          why: `${why} ${momentOf(mapping, job)}`,
          kernel: `wants the sum ${hex(job.want)}, of ${buffer(mapping)}`,
          saw: `job ${job.job}, ${job.op}, came to ${hex(job.got)}`,
          line: job.line,
        }
  }
}

function* checksOf(mapping: Mapping, why: string) {
  for (const check of mapping.data) {
    yield check.want === check.got
      ? null
      : {
          why: `${why} ${momentOf(mapping, check)}`,
          kernel: `finds the sum ${hex(check.got)}, in ${buffer(mapping)}`,
          saw: `${lastJob(mapping, check)} came to ${hex(check.want)}`,
          line: check.line,
        }
  }
}

/** `by the map`, `by the sync for the CPU of seq 14`: what should have copied. */
function momentOf({ syncs, unmap }: Mapping, at: Job | DataCheck): string {
  if (at.when === 'unmapped' && unmap) return `by the unmap, seq ${unmap.seq}`
  const sync = syncs.findLast(({ seq }) => seq !== null && at.seq !== null && seq < at.seq)
  if (!sync) return 'by the map'
  return `by the sync for the ${{ device: 'device', cpu: 'CPU' }[sync.for]}, seq ${sync.seq}`
}

function lastJob({ jobs }: Mapping, { seq }: DataCheck): string {
  const job = jobs.findLast(job => seq === null || (job.seq !== null && job.seq < seq))
  return job ? `job ${job.job}, ${job.op},` : 'what was written'
}

function buffer({ bounced, phys, target }: Mapping): string {
  return bounced ? `the buffer at ${hex(phys)}, its slot at ${hex(target)}` : `the buffer at ${hex(phys)}`
}
