/** The IPMMU keeps a translation until it is flushed: a driver that forgets to is caught by its data. */
import t from 'tap'
import { boot, kernels } from '../harness/index.ts'

// One CPU: freed I/O addresses go to a cache of the CPU that frees them (drivers/iommu/iova.c), so that only there the
// next command is sure to get the same address again, for other pages.
const board = { overlays: ['sata-behind-ipmmu'], cpus: 1 }

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    t.test('flush-forgotten: SATA writes to pages that were unmapped, and the data is wrong', async t => {
      const { report } = await boot(t, { ...board, kernel, faults: ['flush-forgotten'] })
      t.equal(report.disk?.steps.read, 'fail')
      t.same(report.oopses, [], 'silently')
    })

    t.test('a driver that flushes reads what is on the disk', async t => {
      const { report } = await boot(t, { ...board, kernel })
      t.equal(report.disk?.steps.read, 'ok')
    })
  })
}
