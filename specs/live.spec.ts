/** A guest that stays up, and is poked: drivers let go of their devices and take them again, CPUs leave and come back. */
import t from 'tap'
import { kernels, live } from '../harness/index.ts'

const board = { overlays: ['sata-behind-ipmmu'] }
const DRIVER = '/sys/bus/platform/drivers/sata_rcar'
const DEVICE = 'ee300000.sata'

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    t.test('SATA behind the IPMMU is unbound and bound 100 times: it leaks nothing', async t => {
      const guest = await live(t, { ...board, kernel, seconds: 120 })
      const rebind = (times: number) =>
        guest.exec(
          `for i in $(seq ${times}); do echo ${DEVICE} > ${DRIVER}/unbind && echo ${DEVICE} > ${DRIVER}/bind || exit 1; done`,
          { timeout: 120 },
        )
      // What is kept for the next time is there after the first few.
      t.equal((await rebind(30)).status, 0)
      const memory = async () => (await guest.exec(MEMORY)).stdout.trim().split(/\s+/).map(Number)
      const [free = 0, slab = 0] = await memory()
      t.equal((await rebind(100)).status, 0)
      let [lost, kept] = [Infinity, Infinity]
      // What is put off, or kept by a CPU for itself, comes back in its time; what leaks never does.
      for (let look = 0; look < 8 && (lost >= MOST.lost || kept >= MOST.kept); look++) {
        const [freeAfter = 0, slabAfter = 0] = await memory()
        ;[lost, kept] = [free - freeAfter, slabAfter - slab]
      }
      t.ok(lost < MOST.lost, `${lost} KiB less are free after 100 rounds: not 16 a round`)
      t.ok(kept < MOST.kept, `${kept} KiB more are in slabs: not 2 a round`)
      t.match((await guest.exec(`cat /sys/bus/platform/devices/${DEVICE}/iommu_group/type`)).stdout, /^DMA/)
      t.equal(
        (await guest.exec('until [ -b /dev/sda ]; do usleep 10000; done')).status,
        0,
        'the disk is back',
      )
    })
  })
}

/** KiB of all that may be gone, and be in slabs, after the rounds. */
const MOST = { lost: 1600, kept: 200 }

/** Free memory and slabs in KiB, once what was put off is freed and caches are given back. */
const SETTLED = 'for i in 1 2 3; do sync; echo 3 > /proc/sys/vm/drop_caches; usleep 200000; done'
const MEMORY = `${SETTLED}; sed -n 's/^\\(MemFree\\|SUnreclaim\\): *\\([0-9]*\\) kB/\\2/p' /proc/meminfo`
