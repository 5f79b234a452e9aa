import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { BootError, CellError, InfraError } from '../errors.ts'
import { THE_REPORT } from '../report/consoles.ts'
import type { CellInput } from '../types.ts'
import { bootCell, type BootOptions } from './boot.ts'
import { fakeImages, isAlive, printing } from './fake-qemu.ts'

/** Boots a script; the folder is a new one below the test's. */
async function boot(t: Test, script: string, { cell, ...options }: BootOptions & { cell?: CellInput } = {}) {
  const folder = t.testdir({})
  const out = join(folder, 'deep', 'out')
  const images = fakeImages(folder, script)
  return { out, result: bootCell({ timeout: 10, ...cell }, { out, images, ...options }) }
}

async function failure<E>(t: Test, result: Promise<unknown>, type: new (...args: never[]) => E): Promise<E> {
  return t.rejects(result, type) as Promise<E>
}

t.setTimeout(120_000)

const DISK = 'dmaspec: $nonce disk device=sda read=ok write=ok reread=ok'

t.test('a good boot', async t => {
  const copy = 'dd if=$disk of=$disk bs=1M count=2 seek=2 conv=notrunc 2>/dev/null'
  const { out, result } = await boot(t, `${copy}; echo "${DISK}"; echo "dmaspec: $nonce done"; exec sleep 60`)
  const { complete, end, report, artifacts, seconds } = await result
  t.same([complete, end], [true, 'marker'])
  t.match(report.disk, { ok: true, device: 'sda', written: true })
  t.ok(seconds.boot < seconds.total && seconds.total < 5)
  t.same(readdirSync(out).sort(), ['argv', 'board.dtb', 'console.log', 'report.json', 'trace.jsonl'])
  t.match(readFileSync(artifacts.argv, 'utf8'), /\/qemu \\\n {2}-nodefaults/)
  t.match(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')), {
    complete: true,
    cell: { memory: '0x100000000' },
  })
})

t.test('an eMMC is there if the cell says so, and is checked like the disk', async t => {
  const said = 'dmaspec: $nonce emmc device=mmcblk0 read=ok write=ok reread=ok'
  const copy = 'dd if=$emmc of=$emmc bs=1M count=2 seek=2 conv=notrunc 2>/dev/null'
  const script = `cmp -s $disk $emmc || ${copy}; echo "${DISK}"; echo "${said}"; echo "dmaspec: $nonce done"`
  const { out, result } = await boot(t, script, { cell: { emmc: true } })
  const { report, artifacts } = await result
  t.match(report.emmc, { ok: true, device: 'mmcblk0', written: true })
  t.match(report.disk, { ok: true, written: false }, 'whose data is other data')
  t.notOk(existsSync(join(out, 'emmc.img')))
  t.match(readFileSync(artifacts.argv, 'utf8'), /openssl .* -iv 80{31} >\S+emmc\.img/)
})

t.test('what the guest did not write is not there', async t => {
  const { result } = await boot(t, `echo "${DISK}"; echo "dmaspec: $nonce done"`)
  t.match((await result).report.disk, { ok: true, written: false })
})

t.test('an oops is a result, soon', async t => {
  const { result } = await boot(t, `${printing(THE_REPORT)}; exec sleep 60`)
  const { complete, end, report, seconds } = await result
  t.same([complete, end], [false, 'oops'])
  t.equal(report.oopses[0]?.title, 'null-deref in ipmmu_domain_free')
  t.ok(seconds.total < 2)
})

const markers = {
  'glued to kernel text': 'echo "[    1.000000] random: crng init dmaspec: $nonce done"',
  'in pieces':
    'echo "dmaspec: ${nonce%%??????}[    1.000000] random"; echo "${nonce#??????????????????????????} done"',
  'without the last line end': 'printf "dmaspec: $nonce done"',
}
for (const [name, script] of Object.entries(markers)) {
  t.test(`the marker ${name}`, async t => t.equal((await (await boot(t, script)).result).end, 'marker'))
}

const errors = {
  'a guest that powers off': {
    script: 'echo bye',
    says: 'no marker: the guest powered off or reset; last line: bye',
  },
  'a marker without the nonce': {
    script: 'echo "dmaspec: done"; echo "dmaspec: 0123456789abcdef0123456789abcdef done"',
    says: 'no marker: the guest powered off or reset; last line: dmaspec: 0123456789abcdef0123456789abcdef done',
  },
  'a panic': {
    script: 'echo "Kernel panic - not syncing: no init"; exec sleep 60',
    says: 'no marker: the kernel panicked; last line: Kernel panic - not syncing: no init',
  },
  'a guest that hangs': {
    script: 'echo hello; exec sleep 60',
    silence: 0.3,
    says: 'no marker: nothing was printed for 0.3 s; last line: hello',
  },
  'a guest that never prints': {
    script: 'exec sleep 60',
    silence: 0.3,
    says: 'no marker: nothing was printed for 0.3 s; last line: none was printed',
  },
  'a guest that is busy forever': {
    script: 'while sleep 0.05; do echo busy; done',
    cell: { timeout: 0.5 },
    says: 'no marker in 0.5 s; last line: busy',
  },
  'a guest that prints forever': {
    script: 'exec yes',
    says: 'no marker: the guest printed more than 1000000 lines',
  },
  'a guest that prints one line forever': {
    script: 'exec tr "\\0" x </dev/zero',
    says: 'no marker: the guest printed more than 64 MiB',
  },
}
for (const [name, { script, says, ...options }] of Object.entries(errors)) {
  t.test(`${name} is a BootError`, async t => {
    const { out, result } = await boot(t, `echo $$ >"\${disk%/*}/pid"; ${script}`, options)
    const error = await failure(t, result, BootError)
    t.equal(error.shortMessage.slice(0, says.length), says)
    t.equal(error.result?.complete, false)
    t.match(error.message, `kept: ${out}/console.log`)
    t.notOk(isAlive(Number(readFileSync(join(out, 'pid'), 'utf8'))), 'it is gone')
    t.notOk(existsSync(join(out, 'disk.img')))
    t.ok(statSync(join(out, 'console.log')).size <= 64 * 2 ** 20)
  })
}

const deaths = {
  'at its start': {
    script: 'echo "boom: no such machine" >&2; exit 1',
    says: 'qemu exited 1: boom: no such machine',
  },
  'by a signal': { script: 'echo hi; kill -SEGV $$', says: 'qemu was killed by SIGSEGV: and said nothing' },
}
for (const [name, { script, says }] of Object.entries(deaths)) {
  t.test(`QEMU dying ${name} is an InfraError with its command`, async t => {
    const error = await failure(t, (await boot(t, script)).result, InfraError)
    t.equal(error.shortMessage, says)
    t.match(error.message, / -nodefaults \\\n.*-serial stdio/s)
  })
}

t.test('a device trace that is cut short proves nothing', async t => {
  const script =
    'echo "rcar_trace: the device trace ends here: No space left on device" >&2; echo "dmaspec: $nonce done"'
  const error = await failure(t, (await boot(t, script)).result, InfraError)
  t.equal(error.shortMessage, 'rcar_trace: the device trace ends here: No space left on device')
})

t.test('a missing setpriv is named with its package', async t => {
  const { PATH } = process.env
  t.teardown(() => (process.env['PATH'] = PATH))
  const { out, result } = await boot(t, '')
  process.env['PATH'] = t.testdirName
  const error = await failure(t, result, InfraError)
  t.equal(error.shortMessage, 'setpriv is missing: apt install util-linux')
  t.notOk(existsSync(join(out, 'disk.img')))
})

t.test('a QEMU that is not there', async t => {
  const images = { ...fakeImages(t.testdir({}), ''), qemu: { binary: '/no/such/qemu', version: '' } }
  const error = await failure(t, bootCell({}, { out: join(t.testdirName, 'out'), images }), InfraError)
  t.match(error.shortMessage, /^qemu exited 127: .*\/no\/such\/qemu/)
})

t.test('a QEMU that ignores SIGTERM is killed', async t => {
  const { out, result } = await boot(
    t,
    `trap '' TERM; echo $$ >"\${disk%/*}/pid"; echo "dmaspec: $nonce done"; while :; do sleep 1; done`,
  )
  t.equal((await result).end, 'marker')
  t.notOk(isAlive(Number(readFileSync(join(out, 'pid'), 'utf8'))))
})

t.test('what was wrong before QEMU was started leaves nothing behind', async t => {
  const asked = await boot(t, 'exit 1', { cell: { overlays: ['sata-behind-ipmmu'] } })
  const error = await failure(t, asked.result, CellError)
  t.match(
    error.message,
    /^overlay 'sata-behind-ipmmu' does not apply:\n {2}dts\/sata-behind-ipmmu\.dtso:\d+: /,
  )
  t.notOk(existsSync(join(asked.out, '..')))
})

t.test("a folder that can't be made is an InfraError", async t => {
  const images = fakeImages(t.testdir({}), '')
  const error = await failure(t, bootCell({}, { out: '/proc/nothing/here', images }), InfraError)
  t.match(error.message, /ENOENT|EACCES/)
})

t.test('a boot that is interrupted leaves nothing behind', async t => {
  const controller = new AbortController()
  let pid = 0
  const onLine = ({ text }: { text: string }) => {
    pid = Number(text)
    controller.abort(new Error('interrupted'))
  }
  const { out, result } = await boot(t, 'echo $$; exec sleep 60', { signal: controller.signal, onLine })
  await t.rejects(result, new Error('interrupted'))
  t.not(pid, 0)
  t.notOk(isAlive(pid))
  t.notOk(existsSync(join(out, '..')))
})
