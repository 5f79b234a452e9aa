/** A guest in QEMU plays the board: the specs that the emulator passes, unchanged, over a serial line and through U-Boot. */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import type { RunResult } from '../results/result.ts'
import { makeKeys } from '../guest/keys.ts'
import { placed, targetSchema } from '../config/target.ts'
import { cpio } from '../images/cpio.ts'
import { overlayFolders } from '../tree/overlays.ts'
import { makeTree } from '../tree/tree.ts'
import { bootOnTarget } from './boot.ts'
import { startOnTarget } from './guest.ts'
import { FakeBoard } from './fake-board.ts'
import { qemuBoard } from './fake-qemu-board.ts'

/** A port of the loopback that nobody has at the moment. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

const BIN = fileURLToPath(new URL('../../bin/dmaspec.js', import.meta.url))

t.setTimeout(240_000)

/** Runs the command in a folder. (Not synchronously: the board is in this process.) */
function dmaspec(
  cwd: string,
  ...args: string[]
): Promise<{ status: number; stdout: string; stderr: string }> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^_?TAP/.test(name)))
  return new Promise(resolve =>
    execFile(process.execPath, [BIN, ...args], { cwd, env, maxBuffer: 2 ** 27 }, (error, stdout, stderr) =>
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr }),
    ),
  )
}

async function desk(t: Test): Promise<{ dir: string; board: FakeBoard }> {
  const dir = t.testdir({ '.git': {}, tftp: {}, 'package.json': '{}' })
  const { argvOf, disk } = await qemuBoard(dir)
  const board = new FakeBoard({ folder: dir, argvOf })
  t.teardown(() => board[Symbol.asyncDispose]())
  board.tftp = join(dir, 'tftp')
  const power = await board.power()
  writeFileSync(
    join(dir, 'dmaspec.config.ts'),
    `import { defineConfig } from 'dmaspec'
     export default defineConfig({
       targets: {
         desk: {
           console: { serial: ${JSON.stringify(await board.serial())}, baud: 115200 },
           power: { on: ${JSON.stringify(power('on'))}, off: ${JSON.stringify(power('off'))} },
           boot: {
             uboot: {
               tftp: 'tftp',
               commands: [
                 'tftpboot 0x48080000 {image}',
                 'tftpboot 0x48000000 {dtb}',
                 'tftpboot 0x58000000 {initrd}',
                 'setenv bootargs {bootargs}',
                 'booti 0x48080000 0x58000000:\${filesize} 0x48000000',
               ],
             },
           },
           has: { memory: '4G', overlays: ['sata-behind-ipmmu', 'bus-limit-32bit'], disk: ${JSON.stringify(disk)} },
         },
       },
     })\n`,
  )
  return { dir, board }
}

t.test('a board that boots its own system, and is reached by ssh', async t => {
  const dir = t.testdir({})
  // The network is a device of the emulator's: it is this board's own, and no cell's.
  const { images, argvOf } = await qemuBoard(dir, { overlays: ['network'] })
  const { hostKey, userKey, files } = makeKeys()
  writeFileSync(join(dir, 'key'), userKey)
  const port = await freePort()
  const dtb = join(dir, 'network.dtb')
  await makeTree({
    base: readFileSync(images.kernel.dtb),
    overlays: ['network'],
    folders: overlayFolders({}),
    scratch: dir,
    output: dtb,
  })
  const initrd = Buffer.concat([readFileSync(images.initramfs.cpio), cpio(files)])
  const bootargs = `console=ttySC0,115200 earlycon ignore_loglevel printk.devkmsg=on panic=-1 nr_cpus=2 dmaspec.nonce=${'1'.repeat(32)} dmaspec.stay=live`
  const own = () =>
    argvOf(
      { image: readFileSync(images.kernel.image), dtb: readFileSync(dtb), initrd, bootargs },
      { monitorFd: 3 },
    ).map(word => word.replace('127.0.0.1:0-:22', `127.0.0.1:${port}-:22`))
  const board = new FakeBoard({ folder: dir, argvOf: own, own, uboot: { delay: 100 } })
  t.teardown(() => board[Symbol.asyncDispose]())
  const power = await board.power()
  const ssh = {
    host: '127.0.0.1',
    port,
    key: 'key',
    hostKey: `ssh-ed25519 ${hostKey.toString('base64')} root@board`,
  }
  const target = (ssh: object) => {
    const parsed = targetSchema.parse({
      console: { tcp: `127.0.0.1:${consolePort}` },
      power: { cycle: power('cycle'), off: power('off') },
      // The init's shell, which has no line end.
      boot: { own: { marker: /^(~|\/) # $/ } },
      ssh,
      has: { memory: '4G', overlays: [] },
      timeouts: { command: 30 },
    })
    return placed(parsed, 'desk', dir)
  }
  const consolePort = await board.tcp()

  const result = await bootOnTarget(target(ssh), { kernel: '6.1' }, { out: join(dir, 'out') })
  t.equal(result.end, 'marker')
  t.same(result.report.oopses, [])
  t.match(result.report.machine, /Salvator-X/)
  t.same(
    readFileSync(result.artifacts.dtb).subarray(0, 4),
    Buffer.from('d00dfeed', 'hex'),
    'its tree, by ssh',
  )
  t.same(board.switched, ['cycle', 'off'])

  const guest = await startOnTarget(target(ssh), { kernel: '6.1' }, { out: join(dir, 'out') })
  t.match(await guest.exec('uname -r; exit 3'), { stdout: /^6\.1\./, status: 3 })
  await guest.put('hello', '/tmp/x')
  t.equal((await guest.get('/tmp/x')).toString(), 'hello')
  await t.rejects(guest.exec('echo c > /proc/sysrq-trigger; sleep 60'), {
    name: 'GuestError',
    message: /the guest died under 'echo c > .*: panic: sysrq triggered crash/,
  })
  const { report } = await guest.stop()
  t.equal(report.oopses[0]?.title, 'panic: sysrq triggered crash')
  t.notOk(board.isOn)

  const stranger = { ...ssh, hostKey: `ssh-ed25519 ${makeKeys().hostKey.toString('base64')}` }
  await t.rejects(bootOnTarget(target(stranger), {}, { out: join(dir, 'out') }), {
    name: 'InfraError',
    message: /no ssh session at root@127\.0\.0\.1:\d+: its host key is not the one that ssh\.hostKey has/,
  })
  t.notOk(board.isOn)
})

t.test('the report of 2018 on a board; an oops that no spec expects fails', async t => {
  const { dir, board } = await desk(t)
  const crash = `import t from 'tap'
    import { boot } from 'dmaspec'
    t.test('crash', t => boot(t, { overlays: ['sata-behind-ipmmu'], faults: ['bus-mask-always-set', 'domain-free-unguarded'] }))`
  writeFileSync(join(dir, 'crash.spec.ts'), crash)
  const specs = ['report', 'crash.spec.ts'].flatMap(spec => ['--spec', spec])
  const { status, stderr } = await dmaspec(dir, 'run', '--target', 'desk', ...specs, '--out', 'out')
  t.equal(status, 1, stderr)
  const result = JSON.parse(readFileSync(join(dir, 'out/results.json'), 'utf8')) as RunResult
  const cell = (spec: string) => result.cells.find(found => found.spec === spec)
  t.match(cell('report'), { verdict: 'passed' })
  t.match(cell('crash'), { verdict: 'failed' })
  const text = JSON.stringify(result.cells)
  t.match(text, /null-deref in ipmmu_domain_free/)
  t.match(text, /what the device saw is not observed: target desk is a board/)
  t.notOk(board.isOn)
})
