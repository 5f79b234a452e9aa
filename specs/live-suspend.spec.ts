/** Suspend to idle: the guest sleeps until a key at its console wakes it, and its DMA goes on as it was. */
import t from 'tap'
import { readFile } from 'node:fs/promises'
import { type Guest, kernels, live, type TraceEvent, traceEvents } from '../harness/index.ts'

const board = { overlays: ['sata-behind-ipmmu', 'dmaprobe-ipmmu'] }
const DISK =
  'echo 3 > /proc/sys/vm/drop_caches; dd if=/dev/sda bs=64k count=32 iflag=direct 2>/dev/null | sha256sum'
const PROBE =
  'echo "api=single dir=both count=4" > /sys/kernel/debug/dmaprobe/ea100000.dmaprobe/plan; echo $?'

/** Sends the guest to sleep, and wakes it by a key; returns how long it slept, in seconds of its own clock. */
async function nap(guest: Guest): Promise<number> {
  await guest.exec('echo enabled > /sys/class/tty/ttySC0/power/wakeup')
  const asleep = guest.exec('echo freeze > /sys/power/state', { timeout: 60 })
  // Too early a key is nobody's: one a second, until it is awake.
  const typing = setInterval(() => guest.type('\n'), 1000)
  try {
    const { status, stderr } = await asleep
    if (status !== 0) throw new Error(stderr)
  } finally {
    clearInterval(typing)
  }
  const times = new Map<string, number>()
  for await (const { text, time } of guest.dmesg()) {
    times.set(text, time)
    if (text === 'PM: suspend exit') break
  }
  return (times.get('PM: suspend exit') ?? NaN) - (times.get('PM: suspend entry (s2idle)') ?? NaN)
}

/** What a context was asked, and by which tables, without the flushes. */
const switches = (events: TraceEvent[], mmu: string) =>
  events.flatMap(event =>
    event.event === 'context' && event.mmu === mmu && event.op !== 'flush'
      ? [{ op: event.op, context: event.context, ttbr: event.ttbr, ttbcr: event.ttbcr, mair: event.mair }]
      : [],
  )

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    t.test('a key wakes it, its IPMMU has the same tables, and DMA goes on', async t => {
      const guest = await live(t, { ...board, kernel, seconds: 120 })
      const { stdout: before } = await guest.exec(DISK)
      const slept = await nap(guest)
      t.ok(slept > 0, `it was away for ${slept.toFixed(1)} s`)
      t.equal((await guest.exec(DISK)).stdout, before, 'the disk has the same data')
      t.equal((await guest.exec(PROBE)).stdout, '0\n', 'a dmaprobe maps and moves')

      const { report, trace, artifacts } = await guest.stop()
      t.same(report.iommu.faults, [])
      const events = traceEvents(await readFile(artifacts.trace, 'utf8'))
      // ipmmu_resume_noirq(): the main is reset, and told again what its contexts are.
      const [first, off, on, ...more] = switches(events, 'e67b0000.iommu')
      t.match(first, { op: 'enable' })
      t.same(off, { ...first, op: 'disable' })
      t.same(on, first, `its tables are at ${first && `0x${first.ttbr.toString(16)}`} again`)
      t.same(more, [])
      t.equal(trace.walkFaults[0], undefined, 'no access was refused')
      t.equal(
        trace.transfers.find(({ mmu }) => mmu === null),
        undefined,
        `none of ${trace.transfers.length} transfers met an IPMMU that was off`,
      )
    })

    t.test('without a wake-up of its own the console does not wake it', async t => {
      const guest = await live(t, { ...board, kernel })
      await guest.exec('echo disabled > /sys/class/tty/ttySC0/power/wakeup')
      const asleep = guest.exec('echo freeze > /sys/power/state', { timeout: 6 })
      const typing = setInterval(() => guest.type('\n'), 1000)
      await t.rejects(asleep, { name: 'GuestError', shortMessage: /took longer than 6 s/ }, 'it sleeps on')
      clearInterval(typing)
    })
  })
}
