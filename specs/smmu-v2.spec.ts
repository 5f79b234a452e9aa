/** The second driver that the report names: arm-smmu, on an MMU-500 whose walks are not coherent. */
import t from 'tap'
import { boot, GiB, hex, kernels, observed, type BootResult } from '../harness/index.ts'

const board = {
  overlays: ['dmaprobe-smmu-v2'],
  memory: '4G',
  probe: 'api=single dir=to place=high size=0x3000; api=coherent size=0x2000; api=single dir=from after=use',
}
/** From 6.7 on, a device whose domain can't be set up is warned of (iommu_setup_default_domain()). */
const limited = { ...board, faults: ['bus-mask-always-set'], mayOops: true }

const REFUSED = /Cannot accommodate DMA translation for IOMMU page tables/
const faultsOf = ({ report }: BootResult) =>
  report.iommu.faults.filter(({ device }) => device === 'ea200000.iommu')
const refusals = ({ trace }: BootResult) => trace.walkFaults.filter(({ mmu }) => mmu === 'ea200000.iommu')
/** Where the device's jobs ended, by what became of them. */
const jobs = ({ oracle }: BootResult) => oracle.mappings.flatMap(mapping => mapping.jobs)

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

    t.test('a bus limit that nobody named: the page tables are refused, and the device goes without', async t => {
      const result = await boot(t, { ...limited, kernel, bootargs: 'arm-smmu.disable_bypass=0' })
      t.match(result.report.iommu.errors.map(({ message }) => message).join('\n'), REFUSED)
      t.same(crashes(result), [], 'arm-smmu does not crash')
      t.ok(jobs(result).some(({ when }) => when === 'mapped'))
      t.same(
        jobs(result).filter(({ result }) => result !== 'ok'),
        [],
        'what it does is not translated, and goes well',
      )
      t.same(refusals(result), [])
    })

    t.test("the same as arm-smmu has it by default: the device is cut off", async t => {
      const result = await boot(t, { ...limited, kernel, bootargs: 'arm-smmu.disable_bypass=1' })
      t.match(result.report.iommu.errors.map(({ message }) => message).join('\n'), REFUSED)
      t.same(crashes(result), [], 'arm-smmu does not crash')
      t.ok(jobs(result).some(({ when }) => when === 'mapped'))
      t.same(
        jobs(result).filter(({ result }) => result !== 'translation'),
        [],
        'nothing that it does gets anywhere',
      )
      const [refusal] = refusals(result)
      t.match(refusal, { reason: 'unmatched-stream', context: null }, `${hex(refusal?.iova)} is refused first`)
      t.ok(faultsOf(result).length > 0, `and arm-smmu says ${faultsOf(result).length} times that it was`)
    })
  })
}

function crashes({ report }: BootResult): string[] {
  return report.oopses.filter(({ kind }) => kind !== 'warning').map(({ title }) => title)
}
