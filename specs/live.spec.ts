/** A guest that stays up, and is poked: drivers let go of their devices and take them again, CPUs leave and come back. */
import t from 'tap'
import { kernels, live } from '../harness/index.ts'

const board = { overlays: ['sata-behind-ipmmu'] }
const DRIVER = '/sys/bus/platform/drivers/sata_rcar'
const DEVICE = 'ee300000.sata'

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    t.test('SATA behind the IPMMU is unbound and bound 100 times: it leaks nothing', async t => {
      const guest = await live(t, { ...board, kernel })
      const rebind = (times: number) =>
        guest.exec(
          `for i in $(seq ${times}); do echo ${DEVICE} > ${DRIVER}/unbind && echo ${DEVICE} > ${DRIVER}/bind || exit 1; done`,
          { timeout: 120 },
        )
      // What is kept for the next time is there after the first few.
      t.equal((await rebind(5)).status, 0)
      const free = async () => Number((await guest.exec(FREE)).stdout)
      const before = await free()
      t.equal((await rebind(100)).status, 0)
      const lost = before - (await free())
      t.ok(lost < 400, `${lost} KiB less are free after 100 rounds: not a page a round`)
      t.match((await guest.exec(`cat /sys/bus/platform/devices/${DEVICE}/iommu_group/type`)).stdout, /^DMA/)
      t.equal(
        (await guest.exec('until [ -b /dev/sda ]; do usleep 10000; done')).status,
        0,
        'the disk is back',
      )
    })
  })
}

/** Free memory in KiB, with what caches hold given back first. */
const FREE =
  "sync; echo 3 > /proc/sys/vm/drop_caches; sed -n 's/^MemFree: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo"
