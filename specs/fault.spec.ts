/** An access that the page tables don't allow: the device, the IPMMU and its driver must tell of the same address. */
import t from 'tap'
import { boot, kernels, hex } from '../harness/index.ts'

const board = { overlays: ['sata-behind-ipmmu'] }

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    t.test('map-readonly: SATA may not write, and the driver is told where', async t => {
      const { report, trace } = await boot(t, { ...board, kernel, faults: ['map-readonly'] })
      const [walk] = trace.walkFaults
      const [fault] = report.iommu.faults
      t.match(walk, { reason: 'permission', access: 'write' })
      t.equal(fault?.iova, walk?.iova, `iova ${hex(walk?.iova)}, status ${hex(fault?.status)}`)

      const written = trace.transfers.find(x => x.access === 'write' && x.ok)
      t.equal(written, undefined, 'nothing reached memory')
      const read = trace.transfers.find(x => x.what === 'descriptor' && x.ok)
      t.ok(read, 'though descriptors could be read')
      t.equal(report.disk?.ok, false, 'so nothing can be read from the disk')
    })

    t.test('SATA may write where the driver lets it', async t => {
      const { report, trace } = await boot(t, { ...board, kernel })
      t.same(report.iommu.faults, [])
      t.equal(trace.walkFaults[0], undefined)
      t.ok(
        trace.transfers.find(x => x.access === 'write' && x.ok),
        'data reached memory',
      )
    })
  })
}
