/** Boots on a board that is played by scripts: what is real here is all between its console, its switch and its TFTP server. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { fakeImages, printing } from '../boot/fake-qemu.ts'
import { readConfig, targetNamed } from '../config/load.ts'
import type { Target } from '../config/target.ts'
import type { CellInput } from '../types.ts'
import { bootOnTarget, type TargetBootOptions } from './boot.ts'
import { boardKey, lockTarget, tryLockTarget } from './lock.ts'
import { openPort } from './open.ts'
import { FakeBoard, type FakeBoardOptions, scripted } from './fake-board.ts'

const FIRST = '[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x411fd073]'
const BANNER = '[    0.000000] Linux version 6.1.0 (me@here) (gcc) #1 SMP'
const hello = printing([FIRST, BANNER])
const marker = `${hello}\necho "[    1.000000] dmaspec: $nonce done"; sleep 60`
const COMMANDS = [
  'tftpboot 0x48080000 {image}',
  'tftpboot 0x48000000 {dtb}',
  'tftpboot 0x58000000 {initrd}',
  'setenv bootargs {bootargs}',
  'booti 0x48080000 0x58000000:{initrdSize} 0x48000000',
]

interface Setting extends Partial<FakeBoardOptions> {
  /** What the kernel does: lines of a shell script. */
  kernel?: string
  console?: 'serial' | 'tcp' | 'command'
  /** Changes what is written into the configuration. */
  config?: (config: Record<string, Record<string, unknown>>) => void
}

async function consoleOf(board: FakeBoard, kind: NonNullable<Setting['console']>) {
  if (kind === 'serial') return { serial: await board.serial() }
  const port = await board.tcp()
  if (kind === 'tcp') return { tcp: `127.0.0.1:${port}` }
  return { command: `exec bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}; cat <&3 & exec cat >&3'` }
}

/** A board, and the target that its owner would write. */
async function desk(t: Test, { kernel = marker, console = 'tcp', config, ...rest }: Setting = {}) {
  const dir = t.testdir({ out: {}, tftp: {}, images: {}, '.git': {} })
  const board = new FakeBoard({ folder: dir, argvOf: scripted(dir, kernel), ...rest })
  t.teardown(() => board[Symbol.asyncDispose]())
  board.tftp = join(dir, 'tftp')
  const power = await board.power()
  const written: Record<string, Record<string, unknown>> = {
    console: await consoleOf(board, console),
    power: { on: power('on'), off: power('off') },
    boot: { uboot: { commands: COMMANDS, tftp: 'tftp' } },
    has: { memory: '4G' },
    timeouts: { first: 5, command: 5, silence: 5, boot: 30 },
  }
  config?.(written)
  writeFileSync(
    join(dir, 'dmaspec.config.mjs'),
    `export default ${JSON.stringify({ targets: { desk: written } })}`,
  )
  const target: Target = targetNamed(await readConfig(dir, {}), 'desk')
  const images = fakeImages(join(dir, 'images'), '')
  const image = Buffer.alloc(64)
  image.write('ARMd', 56)
  writeFileSync(join(dir, 'images/Image'), image)
  images.kernel.image = join(dir, 'images/Image')
  images.initramfs.cpio = join(dir, 'images/qemu')
  const out = join(dir, 'out/boot')
  const boot = (cell: CellInput = {}, options: TargetBootOptions = {}) =>
    bootOnTarget(target, cell, { out, images, ...options })
  const leftNothing = () => {
    t.notOk(board.isOn, 'the board is off')
    t.same(readdirSync(board.tftp), [], 'nothing is left in the TFTP folder')
    t.notOk(existsSync(join(out, '.in-use')))
  }
  return { board, target, boot, out, leftNothing }
}

t.test('over a serial line and through U-Boot: our files, our command line, our marker', async t => {
  const { board, boot, out, leftNothing } = await desk(t, { console: 'serial' })
  const { complete, end, target, notObserved, report, trace, artifacts } = await boot()
  t.ok(complete)
  t.equal(end, 'marker')
  t.equal(target, 'desk')
  t.equal(report.kernel, '6.1.0')
  t.same(
    notObserved.map(({ fact }) => fact),
    ['trace', 'probe', 'disk'],
  )
  t.same(trace.transfers, [])
  t.same(board.switched, ['off', 'on', 'off'])
  const done = readFileSync(artifacts.argv, 'utf8')
  t.match(done, /# console: \/dev\/pts\/\d+ at 115200 baud\n/)
  t.match(done, /# => tftpboot 0x48080000 dmaspec-[0-9a-f]{12}-[0-9a-f]{8}\/Image\n/)
  t.match(done, /# => setenv bootargs 'console=ttySC0,115200 .* dmaspec\.nonce=[0-9a-f]{32}'/)
  t.notMatch(done, /dmaspec\.disk/, 'a disk of which nothing is known is let alone')
  t.match(readFileSync(join(out, 'console.log'), 'utf8'), /U-Boot 2020.10[^]*Starting kernel[^]* done/)
  leftNothing()
})

t.test('over a console server that speaks telnet, behind noise', async t => {
  const { boot, leftNothing } = await desk(t, {
    greeting: Buffer.from('\xff\xfb\x01\xff\xfb\x03\xff\xfd\x00', 'latin1'),
    noise: Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 37) % 240)),
  })
  t.equal((await boot()).end, 'marker')
  leftNothing()
})

t.test('over a program that is the console', async t => {
  const { boot, leftNothing } = await desk(t, {
    console: 'command',
    // Nobody can tell when a program has its console.
    config: ({ power }) =>
      (power!['on'] = ['sh', '-c', 'sleep 0.5; exec "$@"', '-', ...(power!['on'] as string[])]),
  })
  t.equal((await boot()).end, 'marker')
  leftNothing()
  const none = await desk(t, {
    config: config => (config['console'] = { command: 'echo no such host >&2; exit 2' }),
  })
  await t.rejects(none.boot(), {
    name: 'InfraError',
    message: /the console .* is gone: it exited 2: no such host/,
  })
})

t.test('a board is one user’s at a time', async t => {
  const { target } = await desk(t, { console: 'serial' })
  process.env['DMASPEC_CACHE'] = t.testdirName
  using held = await lockTarget(target)
  t.ok(held)
  t.equal(await tryLockTarget({ ...target, name: 'another name' }), undefined)
  using other = await tryLockTarget({ ...target, console: { kind: 'tcp', host: 'a', port: 1 } })
  t.ok(other, 'another board is free')

  const port = await openPort(target)
  await t.rejects(openPort(target), { name: 'InfraError', message: /is in use by another program/ })
  await port.close()
  await (await openPort(target)).close()
  const missing = { ...target, console: { kind: 'serial', path: '/dev/no-such-tty', baud: 9600 } as const }
  await t.rejects(openPort(missing), { message: /can't be opened: it is not there: is the adapter/ })
  const file = join(t.testdirName, 'dmaspec.config.mjs')
  await t.rejects(openPort({ ...target, console: { kind: 'serial', path: file, baud: 9600 } }), {
    message: /is no serial line/,
  })
})

t.test('a process that is ended with a board on switches it off', async t => {
  const { board, target } = await desk(t)
  const url = JSON.stringify(new URL('./power.ts', import.meta.url).href)
  const code = `import { Power } from ${url}
    await new Power(${JSON.stringify(target)}, () => {}).on()
    process.kill(process.pid, 'SIGTERM')
    setTimeout(() => {}, 60_000)`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code])
  t.equal(await new Promise(resolve => child.once('close', resolve)), 143)
  t.same(board.switched, ['off', 'on', 'off'])
})

t.test('a disk that the board’s owner described is promised to the init', async t => {
  const disk = { bytes: 65536, sha256: '0'.repeat(64) }
  const { boot } = await desk(t, {
    config: config => (config['has']!['disk'] = disk),
    kernel: `${hello}\ncase $bootargs in *dmaspec.disk=65536:000*) echo "[    1.0] dmaspec: $nonce disk device=sda read=ok write=ok reread=ok";; esac\necho "[    1.1] dmaspec: $nonce done"; sleep 60`,
  })
  const { report, notObserved } = await boot()
  t.match(report.disk, { ok: true, written: null })
  t.notOk(notObserved.some(({ fact }) => fact === 'disk'))
})

const uboot = (change: Record<string, unknown>) => (config: Record<string, Record<string, unknown>>) => {
  Object.assign(config['boot']!['uboot'] as object, change)
}
const instead = (at: number, command: string) => uboot({ commands: COMMANDS.toSpliced(at, 1, command) })

for (const { what, message, ...setting } of [
  {
    what: 'a file that the server does not have',
    config: uboot({ tftpPrefix: 'elsewhere/' }),
    message: /U-Boot says 'TFTP error: 'File not found' \(1\)': is boot\.uboot\.tftp the folder/,
  },
  {
    what: 'an address where no Image is',
    config: instead(4, 'booti 0x48000000 0x58000000:{initrdSize} 0x48080000'),
    message: /Bad Linux ARM64 Image magic!': booti got an address/,
  },
  {
    what: 'a device tree that is none',
    config: instead(4, 'booti 0x48080000 0x58000000:{initrdSize} 0x58000000'),
    message: /Did not find a cmdline Flattened Device Tree/,
  },
  {
    what: 'a command that U-Boot does not have',
    config: instead(0, 'dhpc {image}'),
    message: /Unknown command 'dhpc'/,
  },
  {
    what: 'a last command that boots nothing',
    config: uboot({ commands: COMMANDS.slice(0, 2) }),
    message: /'tftpboot 0x48000000 .*board\.dtb' came back to the prompt/,
  },
  {
    what: 'what its owner calls an error',
    config: uboot({ errors: ['^done$'] }),
    message: /U-Boot says 'done'/,
  },
  {
    what: 'a line that is too long for it',
    uboot: { longest: 120 },
    config: config => (config['timeouts']!['command'] = 0.7),
    message: /U-Boot did not echo 'setenv bootargs .*\{env\} is shorter/,
  },
  {
    what: 'a prompt that never comes',
    config: config => {
      uboot({ autoboot: 'nothing', prompt: '# ' })(config)
      config['timeouts']!['command'] = 0.5
    },
    message: /U-Boot did not say 'nothing' in 0\.5 s/,
  },
] satisfies (Setting & { what: string; message: RegExp })[])
  t.test(`U-Boot and ${what}`, async t => {
    const { boot, leftNothing } = await desk(t, setting)
    await t.rejects(boot(), { name: 'InfraError', message })
    leftNothing()
  })

t.test('where a line is limited, {env} brings the command line', async t => {
  const env = ['tftpboot 0x50000000 {env}', 'env import -t 0x50000000 ${filesize}']
  const { boot } = await desk(t, {
    uboot: { longest: 80 },
    config: uboot({ commands: COMMANDS.toSpliced(3, 1, ...env) }),
  })
  t.equal((await boot()).end, 'marker')
})

t.test('an oops on the board is an answer, and ends the boot', async t => {
  const crash = [
    '[    1.0] Unable to handle kernel NULL pointer dereference at virtual address 0000000000000040',
    '[    1.0] Internal error: Oops: 96000004 [#1] PREEMPT SMP',
    '[    1.0] pc : ipmmu_domain_free+0x18/0xc0',
    '[    1.0] ---[ end trace 0000000000000000 ]---',
  ]
  const { boot, leftNothing } = await desk(t, { kernel: `${hello}\n${printing(crash)}\nsleep 60` })
  const { end, report } = await boot()
  t.equal(end, 'oops')
  t.equal(report.oopses[0]?.title, 'null-deref in ipmmu_domain_free')
  leftNothing()
})

t.test('what a killed boot left in the TFTP folder goes with the next one of this board', async t => {
  const { board, boot, target } = await desk(t)
  mkdirSync(join(board.tftp, `dmaspec-${boardKey(target)}-01234567`))
  mkdirSync(join(board.tftp, 'dmaspec-0123456789ab-01234567'))
  await boot()
  t.same(readdirSync(board.tftp), ['dmaspec-0123456789ab-01234567'], 'and no other board’s')
})

t.test('a board that resets in a loop is a kernel that never got there', async t => {
  const { board, boot, leftNothing } = await desk(t, { kernel: hello })
  await t.rejects(boot(), { name: 'BootError', message: /no marker: the guest powered off or reset/ })
  t.equal(board.starts, 2, 'it is not waited for a third time')
  leftNothing()
})

t.test('a kernel that says no more is not waited for until the deadline', async t => {
  const { boot, leftNothing } = await desk(t, {
    kernel: `${hello}\nsleep 60`,
    config: config => (config['timeouts']!['silence'] = 0.5),
  })
  await t.rejects(boot(), { name: 'BootError', message: /nothing was printed for 0\.5 s/ })
  leftNothing()
})

t.test('a dead console, a wrong speed, a cable that is pulled', async t => {
  const short = (config: Record<string, Record<string, unknown>>) =>
    Object.assign(config['timeouts']!, { first: 0.5, command: 0.5 })
  const dead = await desk(t, { dead: true, config: short })
  await t.rejects(dead.boot(), {
    name: 'InfraError',
    message: /target desk: nothing came from 127\.0\.0\.1:\d+ in 0\.5 s: is the cable in/,
  })
  dead.leftNothing()
  const pulled = await desk(t, { kernel: `${hello}\nsleep 60` })
  const onLine = ({ text }: { text: string }) => {
    if (text === BANNER) setTimeout(() => pulled.board.unplug(), 50)
  }
  await t.rejects(pulled.boot({}, { onLine }), { name: 'InfraError', message: /the console 127.* is gone: / })
  pulled.leftNothing()
})

t.test('noise that never becomes text', async t => {
  const noise = Buffer.from(Array.from({ length: 3000 }, (_, i) => 128 + (i % 100)))
  const { boot } = await desk(t, {
    noise,
    uboot: { delay: 10_000 },
    config: config => {
      config['timeouts']!['command'] = 0.5
      Object.assign(config['boot']!['uboot'] as object, { autoboot: 'never' })
    },
  })
  await t.rejects(boot(), { message: /U-Boot did not say 'never' in 0\.5 s/ })
})

t.test('a power command that fails, or hangs', async t => {
  const fails = await desk(t, { config: ({ power }) => (power!['on'] = 'echo no such relay >&2; exit 3') })
  await t.rejects(fails.boot(), {
    name: 'InfraError',
    message: /power on failed: it exited 3: no such relay/,
  })
  t.same(fails.board.switched, ['off', 'off'], 'it may be on all the same')
  const hangs = await desk(t, {
    config: ({ power, timeouts }) => {
      power!['on'] = 'sleep 60'
      timeouts!['power'] = 0.5
    },
  })
  await t.rejects(hangs.boot(), { message: /power on failed: it took longer than 0\.5 s/ })
  const missing = await desk(t, { config: ({ power }) => (power!['off'] = ['no-such-command']) })
  await t.rejects(missing.boot(), { message: /power off failed: .*no-such-command/ })
})

t.test('who cancels a boot gets a board that is off, and no files', async t => {
  const { boot, out, leftNothing } = await desk(t, { kernel: `${hello}\nsleep 60` })
  const controller = new AbortController()
  const stop = new Error('enough')
  const onLine = ({ text }: { text: string }) => {
    if (text === BANNER) controller.abort(stop)
  }
  await t.rejects(boot({}, { signal: controller.signal, onLine }), stop)
  leftNothing()
  t.notOk(existsSync(join(out, 'console.log')))
})

t.test('what a board can’t stand for is refused before it is switched on', async t => {
  const { board, boot } = await desk(t)
  for (const [cell, why] of [
    [{ memory: '1G' }, /it has 4G of memory, not 1G/],
    [{ overlays: ['sata-behind-ipmmu'] }, /overlay sata-behind-ipmmu is not in has\.overlays \(none\)/],
    [{ overlays: ['network'] }, /overlay network is of a device that only the emulator has/],
    [{ probe: 'api=single' }, /a dmaprobe is a device of the emulator/],
    [{ platform: 'virt-smmuv3' }, /it is a salvator-xs, not a virt-smmuv3/],
    [{ emmc: true }, /has\.emmc/],
  ] as const)
    await t.rejects(boot(cell), { name: 'UnavailableError', message: why })
  t.same(board.switched, [])
})

t.test('a board that boots its own system', async t => {
  const own = (kernel: string, config?: Setting['config']) =>
    desk(t, {
      kernel,
      own: () => scripted(t.testdirName, kernel)({ bootargs: '' } as never),
      uboot: { delay: 10 },
      config: written => {
        written['boot'] = { own: { marker: 'login: $' } }
        config?.(written)
      },
    })
  const up = await own(`${hello}\nprintf 'salvator login: '; sleep 60`)
  const { end, reason, notObserved, kernel } = await up.boot()
  t.equal(end, 'marker')
  t.equal(reason, 'the console shows /login: $/')
  t.same(notObserved.map(({ fact }) => fact).sort(), ['disk', 'pageTables', 'probe', 'trace'])
  t.match(kernel, { name: '6.1', version: '6.1.0', sha256: /^[0-9a-f]{64}$/ })
  up.leftNothing()
  await t.rejects(up.boot({ bootargs: 'x' }), {
    name: 'UnavailableError',
    message: /its command line can't be added to/,
  })
  await t.rejects(up.boot({ kernel: '5.10' }), {
    name: 'UnavailableError',
    message: /boots its own kernel, linux 6\.1\.0, not 5\.10.*: ask for --kernel 6\.1/,
  })
  const quiet = await own("printf 'salvator login: '; sleep 60")
  await t.rejects(quiet.boot(), {
    name: 'InfraError',
    message: /not what the kernel says: put ignore_loglevel/,
  })
  quiet.leftNothing()
})
