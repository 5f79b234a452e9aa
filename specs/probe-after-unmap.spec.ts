/** What is left of a mapping after its end: a device that uses it on purpose must be refused, and a flush is owed. */
import { boot, hex, kernels, t, type BootResult } from '../harness/index.ts'

// One CPU: nobody else's unmap flushes for the one that forgets it.
const board = { overlays: ['sata-behind-ipmmu', 'sata-without-iommus', 'dmaprobe-ipmmu'], cpus: 1 }
const probe =
  'api=single dir=from size=0x2000 sync=cpu after=both count=3; api=sg dir=from size=0x6000 parts=3 after=use'

/** What became of the jobs after unmap. */
function after({ oracle }: BootResult): string[] {
  const jobs = oracle.mappings.flatMap(({ jobs }) => jobs)
  return jobs.filter(({ when }) => when !== 'mapped').map(({ when, result }) => `${when}: ${result}`)
}

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    t.test('an unmapped address faults at once, and the driver is told of the same one', async t => {
      const result = await boot(t, { ...board, kernel, probe })
      const { oracle, report } = result
      const jobs = after(result)
      t.same(
        new Set(jobs),
        new Set(['unmapped: translation', 'late: translation']),
        `${jobs.length} jobs after unmap, all refused`,
      )
      const [mapping] = oracle.mappings
      t.equal(mapping?.domain, 'DMA', 'in a strict domain')
      const [fault] = report.iommu.faults
      t.equal(fault?.iova, mapping?.dma, `iova ${hex(fault?.iova)}, status ${hex(fault?.status)}`)
      t.equal(oracle.compared['after-unmap'], jobs.length, 'and each was held against the unmap')
    })

    t.test('flush-forgotten: the stale entry is named, and who used it', async t => {
      const result = await boot(t, {
        ...board,
        kernel,
        probe,
        faults: ['flush-forgotten'],
        mayDisagree: ['flush-owed', 'after-unmap', 'translation', 'device-data', 'cpu-data'],
        mayOops: true,
      })
      const owed = result.oracle.disagreements.filter(({ rule }) => rule === 'flush-owed')
      const [mapping] = result.oracle.mappings
      t.match(owed[0], { mapping: mapping?.id, saw: /still has 0x[0-9a-f]+ as 0x/ }, `${owed[0]?.message}`)
      const used = result.oracle.disagreements.find(({ rule }) => rule === 'after-unmap')
      t.match(used, { saw: /^wrote 0x/ }, `${used?.message}`)
    })

    t.test('map-readonly: a write is refused that was mapped for writing', async t => {
      const { oracle } = await boot(t, {
        ...board,
        kernel,
        probe: 'api=single dir=from size=0x1000',
        faults: ['map-readonly'],
        mayDisagree: ['reached'],
      })
      const [refused] = oracle.disagreements
      t.match(
        refused,
        { rule: 'reached', saw: /write 0x[0-9a-f]+, permission at level 3/ },
        `${refused?.message}`,
      )
    })

    t.test('iommu.strict=0: the domain says whether it is lazy, and the device is held to that', async t => {
      const result = await boot(t, { ...board, kernel, probe, bootargs: 'iommu.strict=0' })
      const { oracle } = result
      const [mapping] = oracle.mappings
      t.match(mapping?.domain, /^DMA(-FQ)?$/, `domain ${mapping?.domain}`)
      const late = after(result).filter(job => job.startsWith('late'))
      t.same(new Set(late), new Set(['late: translation']), 'after the flush it faults, either way')
      t.ok((oracle.compared['after-unmap'] ?? 0) > 0, `${oracle.compared['after-unmap']} uses after unmap`)
    })
  })
}
