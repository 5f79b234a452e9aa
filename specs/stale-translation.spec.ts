/** The IPMMU keeps a translation until it is flushed: a driver that forgets to is caught by what it writes over. */
import t from 'tap'
import { boot, kernels, type BootResult } from '../harness/index.ts'

// One CPU: freed I/O addresses go to a cache of the CPU that frees them (drivers/iommu/iova.c), so that only there the
// next command is sure to get the same address again, for other pages.
const board = { overlays: ['sata-behind-ipmmu'], cpus: 1 }

const outcome = ({ report }: BootResult) => (report.oopses.length > 0 ? 'oops' : report.disk?.steps.read)

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
      t.ok(came !== undefined && came !== 'ok', `the first read: ${came}`)
    })

    t.test('a driver that flushes reads what is on the disk', async t => {
      const came = outcome(await boot(t, { ...board, kernel }))
      t.equal(came, 'ok', `the first read: ${came}`)
    })
  })
}
