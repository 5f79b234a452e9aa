/** The IPMMU keeps a translation until it is flushed: a driver that forgets to is caught by what it writes over. */
import t from 'tap'
import { boot, kernels, type BootResult } from '../harness/index.ts'

// One CPU: freed I/O addresses go to a cache of the CPU that frees them (drivers/iommu/iova.c), so that only there the
// next command is sure to get the same address again, for other pages.
const board = { overlays: ['sata-behind-ipmmu'], cpus: 1 }

/**
 * What became of the disk's checks: `ok`, the first that went wrong, or a crash; undefined if none was made. 7.2 reads
 * ahead in commands of 4 KiB, 256 KiB, 1, 2 and 4 MiB, each at an address of its own: no address comes again before the
 * first check has all of its data, and it is the pages read after that which go astray.
 */
function outcome({ report }: BootResult): string | undefined {
  if (report.oopses.length > 0) return 'oops'
  const steps = Object.entries(report.disk?.steps ?? {})
  const [step, result] = steps.find(([, result]) => result !== 'ok') ?? steps[0] ?? []
  return result === 'ok' ? 'ok' : step && `${step} ${result === '' ? 'never ended' : result}`
}

/** A kernel that never reached its marker; anything else that went wrong is the test's failure. */
const died = (error: Error) => {
  if (error.name !== 'BootError') throw error
  return 'died'
}

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    t.test('flush-forgotten: SATA writes to pages that were unmapped, and the kernel suffers', async t => {
      const forgetful = { ...board, kernel, faults: ['flush-forgotten'], mayOops: true }
      const came = await boot(t, forgetful).then(outcome, died)
      t.ok(came !== undefined && came !== 'ok', `it came to: ${came}`)
    })

    t.test('a driver that flushes reads what is on the disk', async t => {
      const came = outcome(await boot(t, { ...board, kernel }))
      t.equal(came, 'ok', 'the data is right each time')
    })
  })
}
