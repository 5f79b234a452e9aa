import t from 'tap'
import { boot, hex, kernels, observed, GiB } from '../../../index.ts'

for (const kernel of kernels())
  t.test(`linux ${kernel}`, async t => {
    t.test('page tables above 4 GiB are not bounced', async t => {
      const result = await boot(t, { kernel, overlays: ['sata-behind-ipmmu'], memory: '4G' })
      if (!observed(t, result, 'pageTables')) return
      const { phys, dma } = result.report.pageTables.highest
      t.ok(phys >= 4n * GiB, `page table at ${hex(phys)}`)
      t.ok(dma === phys, `the device is given ${hex(dma)}`)
    })
  })
