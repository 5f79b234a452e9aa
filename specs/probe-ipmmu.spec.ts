/** dmaprobe behind the IPMMU: every part of the DMA API, each mapping held against what the device saw. */
import { boot, GiB, hex, kernels, t } from '../harness/index.ts'

const overlays = ['sata-behind-ipmmu', 'dmaprobe-ipmmu']
const probe = [
  'api=single dir=to size=0x1000 place=high',
  'api=single dir=from size=0x345 offset=0x123 place=high sync=cpu',
  'api=single dir=both size=0x3000 place=cross-2m sync=both',
  'api=page dir=both size=0x1800 place=low sync=both',
  'api=sg dir=both size=0x9000 parts=5 place=mixed sync=both',
  'api=coherent dir=both size=0x5000',
  'api=pool dir=both size=0x200 count=3',
  'api=single dir=from size=0x1000 mask=24',
  'api=single dir=from size=0x1000 count=8 hold=1',
].join('; ')

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    t.test('behind the IPMMU, each mapping leads to the memory that the kernel means', async t => {
      const { oracle } = await boot(t, { kernel, overlays, probe })
      const used = oracle.mappings.filter(({ use }) => use !== 'table')
      t.equal(used.length, 18, 'each of the plan')
      for (const mapping of used) {
        t.throughIommu(mapping)
        t.direct(mapping)
        t.within(mapping, 4n * GiB)
      }
      const low = used.find(({ mask }) => mask === 0xffffffn)
      t.within(low, 1n << 24n, 'a mask of 24 bits')
      const high = used.find(({ place }) => place === 'high')
      t.ok((high?.phys ?? 0n) >= 4n * GiB, `${hex(high?.dma)} is a buffer at ${hex(high?.phys)}`)
      t.ok(
        (oracle.compared['flush-owed'] ?? 0) >= used.length,
        `${oracle.compared['flush-owed']} flushes owed, all done`,
      )
    })

    t.test('not let through the IPMMU by its driver, the same device is given memory itself', async t => {
      const { oracle } = await boot(t, {
        kernel,
        overlays: ['dmaprobe-ipmmu'],
        probe: 'api=single dir=both place=high',
      })
      const [mapping] = oracle.mappings
      t.direct(mapping)
      t.equal(mapping?.dma, mapping?.phys, `${hex(mapping?.dma)} is itself`)
    })
  })
}
