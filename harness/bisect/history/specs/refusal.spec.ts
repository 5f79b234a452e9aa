import t from 'tap'
import { boot, kernels } from '../../../index.ts'

const overlays = ['sata-behind-ipmmu', 'bus-limit-32bit']

for (const kernel of kernels())
  t.test(`linux ${kernel}`, async t => {
    t.test('a kernel survives that a 32-bit bus refuses its page tables', async t => {
      const { report } = await boot(t, { kernel, overlays, memory: '4G' })
      t.match(report.iommu.errors[0]?.message, /Cannot accommodate DMA translation/)
    })
  })
