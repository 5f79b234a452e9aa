/** A bus that reaches 4 GiB, named by the device tree, under an SMMUv3 and a kernel without any fault. */
import t from 'tap'
import { boot, factsOf, kernels, hex, observed, GiB } from '../harness/index.ts'

const limited = { overlays: ['bus-limit-32bit'], memory: '4G', bootargs: 'libata.ata_probe_timeout=2' }
const noncoherent = { ...limited, platform: 'virt-smmuv3-noncoherent' }
const coherent = { ...limited, platform: 'virt-smmuv3' }

for (const kernel of kernels()) {
  const { refusal, refusalFailsProbe, bounceWarnings } = factsOf(kernel)
  t.test(`linux ${kernel}`, async t => {
    t.test('an SMMU that is not coherent is refused its page table, and the disk with it', async t => {
      const mays = { mayOops: bounceWarnings.length > 0, mayLoseDisk: !refusalFailsProbe }
      const result = await boot(t, { ...noncoherent, ...mays, kernel })
      const { report } = result
      t.match(report.iommu.errors[0]?.message, refusal)
      if (observed(t, result, 'pageTables')) {
        const { phys, dma } = report.pageTables.highest
        t.ok(phys >= 4n * GiB, `page table at ${hex(phys)}`)
        t.ok(dma < 4n * GiB, `bounced to ${hex(dma)}`)
      }
      const why = refusalFailsProbe
        ? 'the SMMU stays off, and the disk does without'
        : (report.disk?.why ?? '')
      t.equal(report.disk?.ok, refusalFailsProbe, why)
    })

    t.test('with all RAM below 4 GiB it is not', async t => {
      const result = await boot(t, { ...noncoherent, memory: '2G', kernel })
      const { report } = result
      t.same(report.iommu.errors, [])
      if (observed(t, result, 'pageTables')) {
        const { phys, dma } = report.pageTables.highest
        t.ok(phys < 4n * GiB, `page table at ${hex(phys)}`)
        t.equal(dma, phys, 'and not bounced')
      }
      t.equal(report.disk?.ok, true)
    })

    t.test('one that is coherent asks nobody: its tables are never mapped', async t => {
      const result = await boot(t, { ...coherent, kernel })
      const { report } = result
      t.same(report.iommu.errors, [])
      if (observed(t, result, 'pageTables')) t.same(report.pageTables, [])
      t.equal(report.disk?.ok, true)
    })
  })
}
