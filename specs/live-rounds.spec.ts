/** Hundreds of mappings, asked for from a shell, and what sysfs and debugfs say of IOMMU and swiotlb before and after. */
import { type Guest, GiB, kernels, live, t } from '../harness/index.ts'

const board = { overlays: ['sata-behind-ipmmu', 'dmaprobe-ipmmu', 'dmaprobe-32bit'] }
const BEHIND = 'ea100000.dmaprobe'
const NARROW = 'ea120000.dmaprobe'

const SLOTS = '/sys/kernel/debug/swiotlb/io_tlb_used'
const planOf = (device: string) => `/sys/kernel/debug/dmaprobe/${device}/plan`

/** Has a dmaprobe do a plan; the shell's word is that the driver took it. */
async function plan(guest: Guest, device: string, words: string): Promise<string> {
  const { stderr } = await guest.exec(`echo "${words}" > ${planOf(device)}`)
  return stderr
}

async function slotsUsed(guest: Guest): Promise<number> {
  return Number((await guest.exec(`cat ${SLOTS}`)).stdout)
}

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    t.test('after hundreds of mappings everything is as it was', async t => {
      const guest = await live(t, { ...board, kernel, seconds: 120 })
      const groups = async () => {
        const { stdout } = await guest.exec(
          'cd /sys/kernel/iommu_groups; for g in *; do echo $g $(cat $g/type) $(ls $g/devices); sed "s/^/ /" $g/reserved_regions; done',
        )
        return stdout
      }
      const before = { groups: await groups(), used: await slotsUsed(guest) }
      t.match(before.groups, /^0 DMA\S* .*ee300000\.sata/m, before.groups.trim())

      t.equal(await plan(guest, BEHIND, 'api=single dir=both count=500 quiet=100'), '')
      t.equal(
        await plan(guest, BEHIND, 'api=sg dir=both parts=6 size=0x8000 place=mixed count=100 quiet=50'),
        '',
      )
      t.equal(await plan(guest, NARROW, 'api=single dir=both place=high count=500 quiet=100'), '')
      t.same({ groups: await groups(), used: await slotsUsed(guest) }, before, `${before.used} slots in use`)

      const { oracle } = await guest.stop()
      const told = (device: string) => oracle.mappings.filter(x => x.device === device && x.use !== 'table')
      const [behind, narrow] = [told(BEHIND), told(NARROW)]
      t.ok(
        behind.length >= 6 && narrow.length >= 5,
        `${behind.length} and ${narrow.length} of them were printed`,
      )
      for (const mapping of behind) t.throughIommu(mapping)
      for (const mapping of narrow) {
        t.bounced(mapping)
        t.within(mapping, 4n * GiB)
      }
    })

    t.test('a mapping that bounces has its slots while it lives, and no longer', async t => {
      const guest = await live(t, { ...board, kernel })
      const before = await slotsUsed(guest)
      const words = 'api=single dir=to place=high size=0x10000 count=8 hold=1 delay=500000'
      // In one command: what is asked while the plan goes on is asked in the guest.
      const { stdout, stderr } = await guest.exec(
        `touch /tmp/busy; (echo "${words}" > ${planOf(NARROW)}; rm /tmp/busy) & ` +
          `while [ -e /tmp/busy ]; do cat ${SLOTS}; usleep 20000; done; wait`,
      )
      t.equal(stderr, '')
      const most = Math.max(...stdout.trim().split('\n').map(Number))
      // 64 KiB are 32 slots of 2 KiB.
      t.ok(most - before >= 32, `up to ${most - before} slots more`)
      t.equal(await slotsUsed(guest), before)
    })
  })
}
