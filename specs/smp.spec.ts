/** Four CPUs map and unmap at once, while three masters behind three IPMMUs move data. */
import t from 'tap'
import { readFile } from 'node:fs/promises'
import {
  boot,
  dmatestSummaries,
  kernels,
  hex,
  traceEvents,
  unaccounted,
  type BootResult,
} from '../harness/index.ts'

const busy = {
  overlays: ['sata-behind-ipmmu', 'masters-behind-ipmmu'],
  cpus: 4,
  // Six channels, two threads each: images/initramfs/init.
  bootargs: 'dmaspec.dmatest=6:2:15:e6700000.dma-controller',
}
const masters = ['e6700000.dma-controller', 'ee140000.mmc', 'ee300000.sata']

/** When a master began and ended, in ns. */
function span({ trace }: BootResult, master: string) {
  const data = trace.transfers.filter(x => x.master === master && x.what === 'data')
  return { from: data[0]?.t ?? 0n, to: data.at(-1)?.t ?? 0n }
}

/** The first thing that went wrong; undefined if nothing did. */
async function wrong({ report, artifacts }: BootResult): Promise<string | undefined> {
  const failed = (await summaries(artifacts.console)).find(({ failures }) => failures > 0)
  const sata = report.disk?.ok === true ? undefined : 'SATA has wrong data'
  return report.oopses[0]?.title ?? (failed && `${failed.channel} copied wrong data`) ?? sata
}

const summaries = async (console: string) => dmatestSummaries(await readFile(console, 'utf8'))

/** A kernel that never reached its marker; anything else that went wrong is the test's failure. */
const died = (error: Error) => {
  if (error.name !== 'BootError') throw error
  return 'the kernel died'
}

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    t.test('no transfer is by a translation that was flushed, and all data is right', async t => {
      const result = await boot(t, { ...busy, emmc: true, kernel })
      const { report, trace, artifacts } = result
      t.match(report.disk, { ok: true, written: true }, 'SATA')
      t.match(report.emmc, { ok: true, written: true }, 'eMMC')
      const threads = await summaries(artifacts.console)
      t.match(threads, Array(12).fill({ tests: 15, failures: 0 }), 'SYS-DMAC')
      t.same(report.iommu.faults, [])
      t.equal(trace.walkFaults[0], undefined, 'no access was refused')

      const straight = trace.transfers.find(x => masters.includes(x.master) && x.mmu === null)
      t.equal(straight, undefined, 'every transfer was translated')
      const events = traceEvents(await readFile(artifacts.trace, 'utf8'))
      const flushes = trace.contexts.filter(x => x.op === 'flush').length
      t.same(
        unaccounted(events).map(x => `${x.transfer.master}: ${hex(x.iova)} → ${hex(x.phys)}`),
        [],
        `each of ${trace.transfers.length} by a walk since the last of ${flushes} flushes`,
      )

      const spans = masters.map(master => span(result, master))
      const from = spans.map(x => x.from).reduce((a, b) => (a > b ? a : b))
      const to = spans.map(x => x.to).reduce((a, b) => (a < b ? a : b))
      t.ok(from < to, `all three were at it for ${(to - from) / 1_000_000n} ms`)
    })

    t.test('flush-forgotten: what they move goes where other data is by now', async t => {
      // Without the eMMC, whose driver waits 5 s for a transfer that was refused, and with dmatest as impatient.
      const bootargs = `${busy.bootargs} dmatest.timeout=300`
      const cell = { ...busy, bootargs, kernel, faults: ['flush-forgotten'], mayOops: true }
      const came = await boot(t, cell).then(wrong, died)
      t.ok(came !== undefined, `it came to: ${came}`)
    })
  })
}
