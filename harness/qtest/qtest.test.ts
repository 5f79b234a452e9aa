import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { InfraError } from '../errors.ts'
import { startQtest } from './start.ts'

const RAM = 0x5_0000_0000
const IMTTBCR = 0xe67b0008

t.test('registers and memory are read and written in order', async t => {
  await using qtest = await startQtest()
  qtest.writel(IMTTBCR, 0x80000080)
  qtest.write(RAM, Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]))
  const [register, quad, word, bytes] = await Promise.all([
    qtest.readl(IMTTBCR),
    qtest.readq(RAM),
    qtest.readw(RAM + 2),
    qtest.read(RAM + 5, 3),
  ])
  t.equal(register, 0x80000080)
  t.equal(quad, 0x0807060504030201n)
  t.equal(word, 0x0403)
  t.same(bytes, Buffer.from([6, 7, 8]))

  qtest.memset(RAM, 4, 0xff)
  qtest.writeq(RAM + 8, 2n ** 64n - 1n)
  t.equal(await qtest.readq(RAM), 0x08070605ffffffffn)
  t.equal(await qtest.readq(RAM + 8), 2n ** 64n - 1n)
  t.same(await qtest.read(RAM, 0), Buffer.alloc(0))
})

t.test('many commands cost one round trip', async t => {
  await using qtest = await startQtest()
  const values = Array.from({ length: 20_000 }, (_, i) => {
    qtest.writel(IMTTBCR, i)
    return qtest.readl(IMTTBCR)
  })
  t.same(
    await Promise.all(values),
    values.map((_, i) => i),
  )
})

t.test('the virtual clock moves when it is told to', async t => {
  await using qtest = await startQtest()
  t.equal((await qtest.clockStep(1000)) + 500n, await qtest.clockStep(500))
})

t.test('what QEMU logs of a guest is there', async t => {
  await using qtest = await startQtest({ trace: true })
  qtest.writel(0xe67b0030, 1)
  t.match(await qtest.log(), [/rcar_ipmmu e67b0000.iommu: error address registers are read only/])
  qtest.writel(0xe67b0000, 1)
  t.match(await qtest.trace(), [/"event":"context","t":0,"mmu":"e67b0000.iommu","context":0,"op":"enable"/])
  t.same(await qtest.trace(), [], 'and each event is told once')
})

t.test('a refused command is an error, with its own text', async t => {
  await using qtest = await startQtest()
  await t.rejects(qtest.interceptOut('/machine/nothing'), {
    name: 'InfraError',
    message: /refused 'irq_intercept_out \/machine\/nothing sysbus-irq': FAIL Unknown device/,
  })
  await t.rejects(qtest.qmp.execute('nonsense'), { message: /command nonsense has not been found/ })
  t.equal(await qtest.readl(IMTTBCR), 0, 'and the next one works')
})

t.test('QEMU dies: what waits and what is asked later says so', async t => {
  await using qtest = await startQtest()
  const pid = await pidOf(qtest)
  process.kill(pid, 'SIGSTOP')
  qtest.writel(IMTTBCR, 1)
  const waiting = qtest.readl(IMTTBCR)
  setImmediate(() => process.kill(pid, 'SIGKILL'))
  await t.rejects(waiting, {
    name: 'InfraError',
    message:
      /^qemu was killed by SIGKILL: and said nothing, at 'writel 0xe67b0008 0x1'\n {2}command: [^]*-qtest/,
  })
  await t.rejects(qtest.readl(IMTTBCR), InfraError)
  await t.rejects(qtest.qmp.execute('query-status'), InfraError)
})

t.test('QEMU hangs: it is ended, and the command is named', async t => {
  await using qtest = await startQtest({ silence: 400 })
  const pid = await pidOf(qtest)
  process.kill(pid, 'SIGSTOP')
  await t.rejects(qtest.readl(IMTTBCR), { message: /^qemu hangs at 'readl 0xe67b0008'/ })
  await qtest.exited
  t.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
})

t.test('an emulator that does not start is an error with its own words', async t => {
  await t.rejects(startQtest({ machine: 'no-such-board' }), {
    name: 'InfraError',
    message: /qemu exited 1: .*unsupported machine type/s,
  })
  await t.rejects(startQtest({ memory: '16M' }), { message: /salvator-xs has 256 MiB to 8 GiB of RAM/ })
})

t.test('nothing is left behind', async t => {
  let folder = ''
  let pid = 0
  {
    await using qtest = await startQtest()
    folder = qtest.folder
    pid = await pidOf(qtest)
    t.ok(existsSync(folder))
  }
  t.notOk(existsSync(folder))
  t.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
})

async function pidOf({ folder }: { folder: string }): Promise<number> {
  return Number(await readFile(join(folder, 'pid'), 'utf8'))
}
