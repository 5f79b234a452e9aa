/** QEMU is a script here: what real guests die of, specs/live-death.spec.ts has. */
import t, { type Test } from 'tap'
import { prepareBoot } from '../boot/prepare.ts'
import { fakeImages, printing } from '../boot/fake-qemu.ts'
import { THE_REPORT } from '../report/consoles.ts'
import { crashIn } from './crash.ts'
import { Machine } from './machine.ts'

/** A machine that is at its marker; what the script does from then on is the test's. */
async function up(t: Test, then: string): Promise<Machine> {
  const folder = t.testdir({})
  const images = fakeImages(folder, `echo "dmaspec: $nonce done"; ${then}`)
  const boot = await prepareBoot({ timeout: 10 }, { out: `${folder}/out`, images, live: {} })
  const machine = new Machine(boot)
  t.teardown(async () => {
    await machine.stop()
    await boot.folder.tidy()
  })
  t.match(await machine.booted(), { end: 'marker' })
  return machine
}

const settled = <T>(promise: Promise<T>) =>
  Promise.race([promise, new Promise<'not yet'>(resolve => setTimeout(() => resolve('not yet'), 300))])

t.test('an oops is no end: the guest may live on, and its end is told when it comes', async t => {
  const machine = await up(t, `${printing(THE_REPORT)}\nread line; exit 0`)
  await machine.crashed
  t.equal(await settled(machine.gone), 'not yet')
  t.equal(machine.end, null)
  t.match(crashIn(machine.lines), /^null-deref in ipmmu_domain_free \(line \d+ of the console\)$/)
  machine.type('\n')
  t.equal(await machine.gone, 'it reset, or powered off')
  t.equal(machine.end, 'it reset, or powered off')
})

t.test('a panic is an end, whether QEMU goes on or not', async t => {
  const machine = await up(t, `echo 'Kernel panic - not syncing: for a test'; exec sleep 60`)
  t.equal(await machine.gone, 'the kernel panicked')
  t.match(crashIn(machine.lines), /^panic: for a test/)
})

t.test('a QEMU that fails says why', async t => {
  const machine = await up(t, `read line; echo 'qemu: no more' >&2; exit 3`)
  t.equal(machine.end, null)
  machine.type('\n')
  t.equal(await machine.gone, 'qemu exited 3: qemu: no more')
  t.match(await machine.stop(), { failure: 'qemu exited 3: qemu: no more' })
})

t.test('who ends it himself is told of no end', async t => {
  const machine = await up(t, 'exec sleep 60')
  t.match(await machine.stop(), { failure: null, log: { complete: true } })
  t.equal(machine.end, null)
})
