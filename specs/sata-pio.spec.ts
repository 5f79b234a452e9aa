/** SATA without its DMA engine: the same data, through the task file, and nothing on the bus. */
import t from 'tap'
import { boot, kernels } from '../harness/index.ts'

const board = { overlays: ['sata-behind-ipmmu'] }
const pio = { ...board, bootargs: 'libata.dma=0' }

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    t.test('by PIO, data is right and the device has seen no address', async t => {
      const { report, trace } = await boot(t, { ...pio, kernel })
      t.match(report.disk, { ok: true, written: true }, 'read, written, read again, and in the image')
      t.equal(trace.transfers[0], undefined)
      t.equal(trace.walks[0], undefined)
    })

    t.test('by DMA, the same', async t => {
      const { report, trace } = await boot(t, { ...board, kernel })
      t.match(report.disk, { ok: true, written: true })
      t.ok(trace.transfers.length > 0, `${trace.transfers.length} transfers`)
    })
  })
}
