import t from 'tap'
import { THE_REPORT } from '../report/consoles.ts'
import { Watch } from './watch.ts'

const nonce = '0123456789abcdef0123456789abcdef'
const PANIC = '[    1.000000] Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b'

/** A watch and its clock: `say` prints lines, `wait` lets time pass as the boot does, waking it when it asks. */
function watched(pastOopses = false, slower = 1) {
  const watch = new Watch({ nonce, timeout: 60, silence: 20, slower, pastOopses })
  let now = 0
  return {
    watch,
    end: () => watch.verdict?.end ?? null,
    say: (...lines: string[]) => lines.forEach(line => watch.line(line, now)),
    wait: (seconds: number) => {
      for (const until = now + seconds; now < until && !watch.verdict;) {
        now = Math.min(until, Math.max(watch.wakeAt, now + 0.001))
        watch.tick(now)
      }
      return now
    },
  }
}

t.test('the marker ends a boot at once', async t => {
  const { say, end } = watched()
  say('[    1.000000] Run /init as init process')
  t.equal(end(), null)
  say(`[    2.000000] dmaspec: ${nonce} disk device=sda read=ok`)
  t.equal(end(), null)
  say(`[    2.000000] dmaspec: ${nonce} done`)
  t.equal(end(), 'marker')
})

t.test("another's marker does not", async t => {
  const { say, end } = watched()
  say('dmaspec: done', `dmaspec: ${'f'.repeat(32)} done`, `dmaspec.nonce=${nonce} done`)
  t.equal(end(), null)
})

t.test('an oops ends a boot after 30 ms of quiet', async t => {
  const { say, wait, end } = watched()
  say(...THE_REPORT)
  t.equal(end(), null)
  t.equal(wait(1), 0.03)
  t.equal(end(), 'oops')
})

t.test('past oopses and panics, the marker ends a boot, or the guest', async t => {
  const { watch, say, wait, end } = watched(true)
  say(...THE_REPORT, PANIC)
  wait(10)
  t.equal(end(), null)
  watch.exited()
  t.equal(end(), 'exit')

  const other = watched(true)
  other.say(...THE_REPORT, `dmaspec: ${nonce} done`)
  t.equal(other.end(), 'marker')
})

t.test('an oops ends a boot after 50 ms if the kernel goes on printing', async t => {
  const { say, wait, end } = watched()
  say(...THE_REPORT)
  for (let i = 0; i < 4; i++) {
    wait(0.01)
    say('[    1.000000] busy')
    t.equal(end(), null)
  }
  t.ok(wait(1) <= 0.051)
  t.equal(end(), 'oops')
})

t.test('an oops ends a boot at once if a panic follows', async t => {
  const { say, end } = watched()
  say(...THE_REPORT, PANIC)
  t.equal(end(), 'oops')
})

t.test('a marker after an oops does not make the boot a good one', async t => {
  const { say, wait, end } = watched()
  say(...THE_REPORT, `dmaspec: ${nonce} done`)
  wait(1)
  t.equal(end(), 'oops')
})

t.test('a WARN ends nothing', async t => {
  const { say, wait, end } = watched()
  say('WARNING: CPU: 0 PID: 1 at a.c:1 f+0x0/0x8', 'pc : f+0x0/0x8', '---[ end trace 0000000000000000 ]---')
  wait(1)
  t.equal(end(), null)
})

t.test('a panic ends at its end line, or when the machine is gone, or quiet', async t => {
  const one = watched()
  one.say(PANIC, 'CPU: 0 PID: 1 Comm: init')
  t.equal(one.end(), null, 'its call trace is still to come')
  one.say('---[ end Kernel panic - not syncing: Attempted to kill init! ]---')
  t.equal(one.end(), 'panic')

  const two = watched()
  two.say(PANIC)
  two.watch.exited()
  t.equal(two.end(), 'panic')

  const three = watched()
  three.say(PANIC)
  t.equal(three.wait(5), 0.3)
  t.equal(three.end(), 'panic')
})

const TIMEOUT = '[    6.606751] ata1.00: qc timeout after 5000 msecs (cmd 0xec)'
const NO_IDENTITY = '[    6.607271] ata1.00: failed to IDENTIFY (I/O error, err_mask=0x4)'
const LINK_UP = '[    6.918276] ata1: SATA link up 1.5 Gbps (SStatus 113 SControl 300)'

t.test('a disk that does not answer a second time ends a boot, and says why', async t => {
  const { say, wait, watch } = watched()
  wait(6)
  say(TIMEOUT, NO_IDENTITY)
  wait(0.3)
  say(LINK_UP)
  t.equal(watch.verdict, null)
  t.equal(wait(30), 10)
  const why = 'ata1.00: qc timeout after 5000 msecs (cmd 0xec), failed to IDENTIFY (I/O error, err_mask=0x4)'
  t.same(watch.verdict, { end: 'disk', reason: `the disk is dead: ${why}` })
})

t.test(
  'a disk that recovers does not; a slow guest is given more time, and one past oopses all of it',
  async t => {
    const one = watched()
    one.say(TIMEOUT, NO_IDENTITY, LINK_UP)
    one.wait(3)
    one.say('[    9.9] ata1.00: configured for UDMA/100')
    t.equal(one.wait(50), 23)
    t.equal(one.end(), 'silence')

    const slow = watched(false, 2)
    slow.say(NO_IDENTITY)
    t.equal(slow.wait(50), 8)
    t.equal(slow.end(), 'disk')

    const past = watched(true)
    past.say(NO_IDENTITY)
    t.equal(past.wait(50), 20)
    t.equal(past.end(), 'silence')
  },
)

t.test(
  'a disk that libata has given up ends a boot after a second, unless an oops or the marker does',
  async t => {
    const one = watched()
    one.say('[   50.0] ata1.00: disable device')
    t.equal(one.wait(50), 1)
    t.equal(one.end(), 'disk')

    const oops = watched()
    oops.say('[   50.0] ata1.00: disable device', ...THE_REPORT)
    oops.wait(1)
    t.equal(oops.end(), 'oops')

    const marker = watched()
    marker.say(NO_IDENTITY, `dmaspec: ${nonce} done`)
    t.equal(marker.end(), 'marker')
  },
)

t.test('silence ends a boot after 20 s', async t => {
  const { say, wait, watch } = watched()
  wait(15)
  say('still here')
  t.equal(wait(30), 35)
  t.same(watch.verdict, { end: 'silence', reason: 'nothing was printed for 20 s' })
})

t.test('bytes without a line end are no silence', async t => {
  const { wait, watch, end } = watched()
  wait(15)
  watch.heard(15)
  wait(15)
  t.equal(end(), null)
})

t.test('the deadline ends a boot that is busy', async t => {
  const { say, wait, watch } = watched()
  for (let i = 0; i < 100 && !watch.verdict; i++) {
    say('busy')
    wait(1)
  }
  t.same(watch.verdict, { end: 'timeout', reason: 'no marker in 60 s' })
})

t.test('an exit ends a boot; what was settled before stays', async t => {
  const one = watched()
  one.watch.exited()
  t.equal(one.end(), 'exit')
  const two = watched()
  two.say(`dmaspec: ${nonce} done`)
  two.watch.exited()
  two.watch.overflowed('printed more than 64 MiB')
  t.equal(two.end(), 'marker')
})
