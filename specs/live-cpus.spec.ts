/** CPUs leave and come back while the disk and a dmaprobe move data through the IPMMU. */
import t from 'tap'
import { type Guest, kernels, live } from '../harness/index.ts'

const board = { overlays: ['sata-behind-ipmmu', 'dmaprobe-ipmmu'], cpus: 4 }
const DISK = 'dd if=/dev/sda bs=64k count=32 iflag=direct 2>/dev/null | sha256sum'
const PLAN =
  'echo "api=single dir=both count=100 quiet=50 threads=2" > /sys/kernel/debug/dmaprobe/ea100000.dmaprobe/plan'

/** Both masters at work until a file is there: how often, and the sums that the disk's data had. */
const WORK = [
  `while [ ! -e /tmp/stop ]; do ${DISK}; done | sort | uniq -c > /tmp/sums &`,
  `n=0; while [ ! -e /tmp/stop ]; do ${PLAN} || exit 1; n=$((n + 1)); done; wait; echo $n; cat /tmp/sums`,
].join('\n')

/** The CPUs that are on, as the kernel has it: `0,2-3`. */
async function turn(guest: Guest, cpu: number, online: 0 | 1): Promise<string> {
  const at = '/sys/devices/system/cpu'
  const { stdout, stderr } = await guest.exec(`echo ${online} > ${at}/cpu${cpu}/online; cat ${at}/online`)
  return stderr + stdout.trim()
}

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    t.test(
      'CPUs 1 to 3 go and come while DMA goes on: all of it is translated, and all data is right',
      async t => {
        const guest = await live(t, { ...board, kernel, seconds: 120 })
        const { stdout: before } = await guest.exec(DISK)
        const work = guest.exec(WORK, { timeout: 120 })
        const came: string[] = []
        for (const online of [0, 1] as const)
          for (const cpu of [1, 2, 3]) came.push(await turn(guest, cpu, online))
        t.same(came, ['0,2-3', '0,3', '0', '0-1', '0-2', '0-3'], 'one after the other')
        await guest.exec('touch /tmp/stop')
        const { stdout } = await work
        const [plans, ...sums] = stdout.trim().split('\n')
        t.ok(Number(plans) > 1, `${plans} plans of 100 mappings meanwhile`)
        t.same(
          sums.map(line => line.trim().replace(/^\d+ /, '')),
          [before.trim()],
          `and the disk's data is one: ${sums[0]?.trim()}`,
        )
        t.match((await guest.exec(DISK)).stdout, before)

        const { report, trace } = await guest.stop()
        t.same(report.iommu.faults, [])
        t.equal(trace.walkFaults[0], undefined, 'no access was refused')
        t.equal(
          trace.transfers.find(({ mmu }) => mmu === null),
          undefined,
          `each of ${trace.transfers.length} transfers was translated`,
        )
      },
    )
  })
}
