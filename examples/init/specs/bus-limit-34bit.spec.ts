/** A bus that reaches 16 GiB: dts/bus-limit-34bit.dtso. The board has RAM above that, and page tables in it. */
import t from 'tap'
import { boot, factsOf, GiB, hex, kernels } from 'dmaspec'

// Two boots that differ in one thing: the overlay of ours. `sata-behind-ipmmu` is dmaspec's own.
const board = { overlays: ['sata-behind-ipmmu'], memory: '4G' }
const limited = { ...board, overlays: [...board.overlays, 'bus-limit-34bit'] }

for (const kernel of kernels()) {
  // What kernels do differently is a table of dmaspec's: some warn when they refuse.
  const { refusal, refusalWarnings } = factsOf(kernel)

  t.test(`linux ${kernel}`, async t => {
    t.test('a 34-bit bus refuses page tables above 16 GiB', async t => {
      const { report } = await boot(t, { ...limited, kernel, mayOops: refusalWarnings.length > 0 })
      const { phys, dma } = report.pageTables.highest
      t.ok(phys >= 16n * GiB, `page table at ${hex(phys)}`)
      t.ok(dma < 16n * GiB, `bounced to ${hex(dma)}`)
      t.match(report.iommu.errors[0]?.message, refusal)
      t.equal(report.disk?.ok, true, 'and SATA runs without the IOMMU')
    })

    t.test('an unlimited bus takes them as they are', async t => {
      const { report } = await boot(t, { ...board, kernel })
      const { phys, dma } = report.pageTables.highest
      t.ok(phys >= 16n * GiB, `page table at ${hex(phys)}`)
      t.equal(dma, phys, 'and not bounced')
      t.same(report.iommu.errors, [])
      t.equal(report.disk?.ok, true, 'and SATA is behind the IOMMU')
    })
  })
}
