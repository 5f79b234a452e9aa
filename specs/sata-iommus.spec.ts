/** SATA with and without `iommus`: the same data, by other addresses. */
import t from 'tap'
import { boot, kernels, hex, observed } from '../harness/index.ts'

const behind = { overlays: ['sata-behind-ipmmu'] }
const elsewhere = { overlays: [...behind.overlays, 'sata-on-ds0'] }
const bare = { overlays: [...behind.overlays, 'sata-without-iommus'] }

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    t.test('behind the IPMMU, SATA is given addresses that are not memory', async t => {
      const { report, trace } = await boot(t, { ...behind, kernel })
      t.equal(report.disk?.ok, true)
      const [first] = trace.transfers
      t.ok(first && first.iova !== first.phys, `iova ${hex(first?.iova)} is ${hex(first?.phys)}`)
      t.equal(
        trace.transfers.find(x => x.iova === x.phys),
        undefined,
        'every transfer was translated',
      )
      t.equal(trace.walkFaults[0], undefined, 'and found a translation')
      t.equal(
        trace.transfers.find(x => !x.ok),
        undefined,
        'and memory',
      )
    })

    t.test('its addresses go through the micro-TLB that `iommus` names', async t => {
      const { report, trace } = await boot(t, { ...elsewhere, kernel })
      t.equal(report.disk?.ok, true)
      t.match(trace.utlbs[0], { mmu: 'e6740000.iommu', utlb: 40, op: 'enable' })
      t.ok(trace.transfers.length > 0, `${trace.transfers.length} transfers`)
      t.equal(
        trace.transfers.find(x => x.mmu !== 'e6740000.iommu' || x.utlb !== 40),
        undefined,
      )
    })

    t.test('without `iommus`, it is given memory itself', async t => {
      const result = await boot(t, { ...bare, kernel })
      const { report, trace } = result
      t.equal(report.disk?.ok, true)
      t.same(report.iommu.groups, [], 'no IOMMU group')
      if (observed(t, result, 'pageTables')) t.same(report.pageTables, [], 'no page table')
      const [first] = trace.transfers
      t.equal(first?.iova, first?.phys, `iova ${hex(first?.iova)} is itself`)
      t.equal(
        trace.transfers.find(x => x.iova !== x.phys || x.mmu !== null),
        undefined,
        'no transfer was translated',
      )
    })
  })
}
