/** A bus that reaches 4 GiB, named by the device tree: the limit is real, and the kernel must live with it. */
import t from 'tap'
import { boot, factsOf, kernels, hex, observed, GiB } from '../harness/index.ts'

const board = { overlays: ['sata-behind-ipmmu'], memory: '4G' }
const limited = { ...board, overlays: [...board.overlays, 'bus-limit-32bit'] }

for (const kernel of kernels()) {
  const { refusal, refusalWarnings } = factsOf(kernel)
  t.test(`linux ${kernel}`, async t => {
    t.test('a 32-bit bus refuses page tables above 4 GiB', async t => {
      const result = await boot(t, { ...limited, kernel, mayOops: refusalWarnings.length > 0 })
      const { report } = result
      t.match(report.iommu.errors[0]?.message, refusal)
      if (observed(t, result, 'pageTables')) {
        const { phys, dma } = report.pageTables.highest
        t.ok(phys >= 4n * GiB, `page table at ${hex(phys)}`)
        t.ok(dma < 4n * GiB, `bounced to ${hex(dma)}`)
      }
      t.same(
        report.oopses.map(oops => oops.title),
        refusalWarnings,
        'the kernel refuses; it does not crash',
      )
      t.equal(report.disk?.ok, true, 'and SATA runs without the IOMMU')
    })

    t.test('an unlimited bus takes them as they are', async t => {
      const result = await boot(t, { ...board, kernel })
      const { report } = result
      t.same(report.iommu.errors, [])
      if (observed(t, result, 'pageTables')) {
        const { phys, dma } = report.pageTables.highest
        t.ok(phys >= 4n * GiB, `page table at ${hex(phys)}`)
        t.equal(dma, phys, 'and not bounced')
      }
      t.same(report.oopses, [])
    })

    t.test('with all RAM below 4 GiB a 32-bit bus changes nothing', async t => {
      const result = await boot(t, { ...limited, memory: '1G', kernel })
      const { report, trace } = result
      t.same(report.iommu.errors, [])
      if (observed(t, result, 'pageTables')) {
        const { phys, dma } = report.pageTables.highest
        t.ok(phys < 4n * GiB, `page table at ${hex(phys)}`)
        t.equal(dma, phys, 'and not bounced')
      }
      t.match(report.iommu.groups, [{ device: 'ee300000.sata', group: 0 }])
      t.equal(report.disk?.ok, true)
      const data = trace.transfers.filter(x => x.what === 'data')
      t.ok(data.length > 0)
      t.equal(
        data.find(x => x.mmu === null),
        undefined,
        'SATA is behind the IPMMU',
      )
    })
  })
}
