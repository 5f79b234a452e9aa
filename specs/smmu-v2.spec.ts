/** The second driver that the report names: arm-smmu, on an MMU-500 whose walks are not coherent. */
import t from 'tap'
import { boot, factsOf, GiB, hex, kernels, observed, type BootResult } from '../harness/index.ts'

const board = {
  overlays: ['dmaprobe-smmu-v2'],
  memory: '4G',
  probe: 'api=single dir=to place=high size=0x3000; api=coherent size=0x2000; api=single dir=from after=use',
}
const limited = { ...board, faults: ['bus-mask-always-set'] }

const faultsOf = ({ report }: BootResult) =>
  report.iommu.faults.filter(({ device }) => device === 'ea200000.iommu')
const refusals = ({ trace }: BootResult) => trace.walkFaults.filter(({ mmu }) => mmu === 'ea200000.iommu')

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    t.test('an MMU-500 translates for a dmaprobe, until the page is unmapped', async t => {
      const result = await boot(t, { ...board, kernel })
      const { oracle, report } = result
      t.same(oracle.disagreements, [], `both sides agree on ${oracle.checked} mappings`)
      const [first] = oracle.mappings
      t.ok(first && first.phys >= 4n * GiB, `${hex(first?.dma)} is ${hex(first?.phys)}`)
      t.same(
        oracle.mappings.filter(({ transfers }) => transfers.some(({ mmu }) => mmu !== 'ea200000.iommu')),
        [],
        'all that it did was translated',
      )

      const [late] = oracle.mappings.flatMap(mapping => mapping.late)
      const [told] = faultsOf(result)
      t.match(late, { ok: false, cause: 'translation' }, `${hex(late?.iova)} was used once too often`)
      t.equal(told?.iova, late?.iova, `and arm-smmu says that it was ${hex(told?.iova)}`)
      t.match(told, { reason: 'translation fault', access: 'write', stream: 0x10n })
      if (!observed(t, result, 'pageTables')) return
      const { phys, dma } = report.pageTables.highest
      t.ok(phys >= 4n * GiB, `page table at ${hex(phys)}`)
      t.equal(dma, phys, 'and not bounced')
    })

    t.test('the same by its second stage, with two first tables side by side', async t => {
      const { oracle, trace } = await boot(t, { ...board, kernel, bootargs: 'arm-smmu.force_stage=2' })
      t.same(oracle.disagreements, [], `both sides agree on ${oracle.checked} mappings`)
      const [walk] = trace.walks
      t.equal(walk?.tables.length, 3, `from level 1 on: ${hex(walk?.iova)} is ${hex(walk?.phys)}`)
    })

    // What arm-smmu lets through that it has no domain for: `disable_bypass` is its parameter.
    for (const { parameter, then, became } of [
      { parameter: 'arm-smmu.disable_bypass=0', then: 'goes without', became: 'ok' },
      { parameter: 'arm-smmu.disable_bypass=1', then: 'is cut off, as by default', became: 'translation' },
    ])
      t.test(`a bus limit that nobody named: page tables are refused, and the device ${then}`, async t => {
        const { refusal, refusalWarnings, refusalFailsProbe } = factsOf(kernel)
        const mayOops = refusalWarnings.length > 0
        // Where the IOMMU's driver gives up, nobody is there to do what the plan says; where it lives on,
        // what it has no domain for is refused though the kernel mapped it.
        const mayDisagree = [refusalFailsProbe ? 'plan-whole' : 'reached'] as const
        const result = await boot(t, { ...limited, kernel, bootargs: parameter, mayOops, mayDisagree })
        const { report } = result
        t.match(report.iommu.errors.map(({ message }) => message).join('\n'), refusal)
        t.same(
          report.oopses.map(({ title }) => title),
          refusalWarnings,
          'arm-smmu refuses; it does not crash',
        )
        const jobs = result.oracle.mappings.flatMap(mapping => mapping.jobs)
        if (refusalFailsProbe) {
          t.same(jobs, [], 'the driver of the IOMMU gave up, and so the device has none')
          return
        }
        t.ok(jobs.length > 0)
        t.same(
          jobs.filter(job => job.result !== became),
          [],
          `${jobs.length} jobs: ${became}`,
        )
        const [refused] = refusals(result)
        const told = faultsOf(result)
        if (became === 'ok') t.same([refused, ...told], [undefined], 'nothing is refused')
        else {
          t.match(refused, { reason: 'unmatched-stream', context: null }, `${hex(refused?.iova)} was refused`)
          t.ok(told.length > 0, `and arm-smmu says so, ${told.length} times`)
        }
      })
  })
}
