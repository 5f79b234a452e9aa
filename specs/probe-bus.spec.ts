/** dmaprobe on buses that are not all of memory: what the kernel gives it, and where the device ends up. */
import { boot, GiB, hex, kernels, t, type BootResult } from '../harness/index.ts'

/** Buffers above 4 GiB and below, in one piece and in three, both ways, and what the DMA API allocates by itself. */
const probe = [
  'api=single dir=both size=0x1800 place=high sync=both',
  'api=single dir=both size=0x1800 place=low sync=both',
  'api=single dir=to size=0x234 offset=0x123 place=high',
  'api=page dir=from size=0x3000 place=high sync=cpu',
  'api=sg dir=both size=0x5000 parts=3 place=mixed sync=both',
  'api=coherent dir=both size=0x3000',
  'api=pool dir=both size=0x200 count=3',
].join('; ')
const board = { memory: '4G', cpus: 1, probe }

const of = ({ oracle }: BootResult, device: string) =>
  oracle.mappings.filter(mapping => mapping.device === `${device}.dmaprobe`)

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    t.test('five buses: each is given addresses that it can reach', async t => {
      const buses = ['bare', '32bit', 'offset', '30bit', 'coherent'].map(name => `dmaprobe-${name}`)
      const result = await boot(t, { ...board, kernel, overlays: buses })

      t.test('on the bare bus, above 4 GiB too, addresses are memory', async t => {
        const [high, low] = of(result, 'ea110000')
        t.ok((high?.phys ?? 0n) >= 4n * GiB, `a buffer at ${hex(high?.phys)}`)
        t.direct(high)
        t.direct(low)
      })

      t.test('on a bus that reaches 4 GiB, a buffer above that is bounced', async t => {
        const [high, low, small, page] = of(result, 'ea120000')
        for (const mapping of [high, small, page]) {
          t.bounced(mapping)
          t.within(mapping, 4n * GiB)
        }
        t.direct(low, 'one below is not')
      })

      t.test('on a bus that moves addresses, memory is where the tree says', async t => {
        const [high, low] = of(result, 'ea130000')
        for (const mapping of [high, low]) {
          t.direct(mapping)
          t.equal((mapping?.dma ?? 0n) - (mapping?.phys ?? 0n), 0x10_0000_0000n, `moved by ${hex(64n * GiB)}`)
        }
      })

      t.test('on a bus of 30 bits, all that it is given is in the first gigabyte of RAM', async t => {
        for (const mapping of of(result, 'ea140000')) t.within(mapping, 1n * GiB)
        const [high] = of(result, 'ea140000')
        t.bounced(high)
        t.equal((high?.target ?? 0n) - (high?.dma ?? 0n), 0x4000_0000n, `its slot is at ${hex(high?.target)}`)
      })

      t.test('a coherent device is given the same as another', async t => {
        const [high] = of(result, 'ea150000')
        t.direct(high)
      })
    })

    t.test('a tree that keeps the limit to itself: the bus loses the address', async t => {
      const result = await boot(t, {
        ...board,
        kernel,
        overlays: ['dmaprobe-32bit-untold'],
        probe: 'api=single dir=from size=0x1000 place=high',
        mayDisagree: ['reached'],
      })
      const [lost] = result.oracle.disagreements
      t.match(lost, { rule: 'reached', saw: /^bus-limit at 0x/ }, `${lost?.message}`)
      const [mapping] = result.oracle.mappings
      t.equal(mapping?.limit, null, 'the kernel knows of no limit')
      t.ok((mapping?.dma ?? 0n) >= 4n * GiB, `and gave ${hex(mapping?.dma)}`)
    })

    t.test('a tree that tells it: the same buffer is reached, by way of a bounce slot', async t => {
      const result = await boot(t, {
        ...board,
        kernel,
        overlays: ['dmaprobe-32bit'],
        probe: 'api=single dir=from size=0x1000 place=high',
      })
      const [mapping] = result.oracle.mappings
      t.equal(mapping?.limit, 4n * GiB - 1n, `the limit is ${hex(mapping?.limit)}`)
      t.bounced(mapping)
    })
  })
}
