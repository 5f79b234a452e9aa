/** The command line and a board: who interrupts it gets a board that is off, whatever was being done. */
import { spawn } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { FakeBoard, scripted } from '../target/fake-board.ts'

const BIN = fileURLToPath(new URL('../../bin/dmaspec.js', import.meta.url))

t.setTimeout(120_000)

/** A board whose kernel says hello, and no more. */
async function desk(t: Test): Promise<{ dir: string; board: FakeBoard }> {
  const dir = t.testdir({ '.git': {}, tftp: {} })
  const hello = "echo '[    0.000000] Booting Linux on physical CPU 0x0'; sleep 300"
  const board = new FakeBoard({ folder: dir, argvOf: scripted(dir, hello) })
  t.teardown(() => board[Symbol.asyncDispose]())
  board.tftp = join(dir, 'tftp')
  const power = await board.power()
  const desk = {
    console: { tcp: `127.0.0.1:${await board.tcp()}` },
    power: { on: power('on'), off: power('off') },
    boot: {
      uboot: {
        commands: [
          'tftpboot 0x48080000 {image}',
          'tftpboot 0x48000000 {dtb}',
          'tftpboot 0x58000000 {initrd}',
          'booti 0x48080000 0x58000000:{initrdSize} 0x48000000',
        ],
        tftp: 'tftp',
      },
    },
    has: { memory: '4G' },
    timeouts: { silence: 300 },
  }
  writeFileSync(join(dir, 'dmaspec.config.mjs'), `export default ${JSON.stringify({ targets: { desk } })}`)
  return { dir, board }
}

/** Runs the command, and tells it to stop as soon as its kernel is there. */
async function interrupted(
  { dir, board }: { dir: string; board: FakeBoard },
  signal: NodeJS.Signals,
  ...args: string[]
) {
  const child = spawn(process.execPath, [BIN, ...args], { cwd: dir, env: withoutTap() })
  let stderr = ''
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()))
  child.stdout.resume()
  const ended = new Promise<number | null>(resolve => child.once('close', resolve))
  await Promise.race([board.running, ended])
  child.kill(signal)
  return { status: await ended, stderr }
}

function withoutTap(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^_?TAP/.test(name)))
}

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGHUP', 129],
] as const)
  t.test(`boot, and ${signal}`, async t => {
    const there = await desk(t)
    const ended = await interrupted(there, signal, 'boot', '--target', 'desk', '--out', 'out')
    t.equal(ended.status, status, ended.stderr)
    t.notOk(there.board.isOn)
    t.same(readdirSync(there.board.tftp), [])
    t.notOk(readdirSync(there.dir).includes('out'))
  })

t.test('run, and SIGINT: what its specs had begun is undone, too', async t => {
  const there = await desk(t)
  writeFileSync(
    join(there.dir, 'x.spec.ts'),
    `import t from 'tap'; import { boot } from 'dmaspec'; t.test('x', async t => { await boot(t, {}) })`,
  )
  const ended = await interrupted(
    there,
    'SIGINT',
    'run',
    '--target',
    'desk',
    '--spec',
    'x.spec.ts',
    '--out',
    'out',
  )
  t.equal(ended.status, 130, ended.stderr)
  t.notOk(there.board.isOn)
  t.same(readdirSync(there.board.tftp), [])
})

t.test('a target that nobody wrote is refused before anything is done', async t => {
  const there = await desk(t)
  const ended = await interrupted(there, 'SIGINT', 'boot', '--target', 'dsek')
  t.equal(ended.status, 2)
  t.match(ended.stderr, /^dmaspec: .*dmaspec\.config\.mjs: unknown target 'dsek'; there are: desk/)
})
