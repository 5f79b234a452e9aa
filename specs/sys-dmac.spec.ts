/** A SYS-DMAC copies memory for dmatest: by the addresses of memory, or through a micro-TLB for each of its channels. */
import t from 'tap'
import { readFile } from 'node:fs/promises'
import { boot, dmatestSummaries, kernels, hex, type BootResult } from '../harness/index.ts'

const dmac0 = 'e6700000.dma-controller'
// Four channels, a thread each; images/initramfs/init.
const stock = { bootargs: `dmaspec.dmatest=4:1:20:${dmac0}` }
const behind = { ...stock, overlays: ['sata-behind-ipmmu', 'masters-behind-ipmmu'] }

const moved = ({ trace }: BootResult) => trace.transfers.filter(x => x.master === dmac0)
const tested = async ({ artifacts }: BootResult) =>
  dmatestSummaries(await readFile(artifacts.console, 'utf8'))
const rightFourTimes = Array.from({ length: 4 }, () => ({ tests: 20, failures: 0 }))

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    t.test("mainline's list doesn't name it: it is given memory itself", async t => {
      const result = await boot(t, { ...stock, kernel })
      t.match(await tested(result), rightFourTimes, 'every copy is right, on each of four channels')
      t.equal(
        result.report.iommu.groups.find(({ device }) => device === dmac0),
        undefined,
        'no IOMMU group',
      )
      const [first] = moved(result)
      t.equal(first?.iova, first?.phys, `iova ${hex(first?.iova)} is itself`)
      t.equal(
        moved(result).find(x => x.mmu !== null || x.iova !== x.phys),
        undefined,
        'no transfer was translated',
      )
    })

    t.test('without the list, it is behind ipmmu_ds0, and each channel behind its own micro-TLB', async t => {
      const result = await boot(t, { ...behind, kernel })
      t.match(await tested(result), rightFourTimes, 'every copy is right, on each of four channels')
      const data = moved(result)
      const [first] = data
      t.not(first?.iova, first?.phys, `iova ${hex(first?.iova)} is ${hex(first?.phys)}`)
      t.equal(
        data.find(x => x.mmu !== 'e6740000.iommu'),
        undefined,
        `all of ${data.length} transfers were translated`,
      )
      // "hardware bug prevents the IPMMU microTLB 0 to be flushed correctly": rcar_dmac_probe() leaves channel 0 out.
      t.same([...new Set(data.map(x => x.utlb))].sort(), [1, 2, 3, 4], 'by micro-TLBs 1 to 4, never 0')
      t.same(result.report.iommu.faults, [])
    })
  })
}
