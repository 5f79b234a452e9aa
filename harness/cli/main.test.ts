import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { fakeImages, isAlive, printing } from '../boot/fake-qemu.ts'
import { THE_REPORT } from '../report/consoles.ts'

const BIN = fileURLToPath(new URL('../../bin/dmaspec.js', import.meta.url))

t.setTimeout(300_000)

/** Runs the command as people do, in an empty folder and with an empty cache. */
function dmaspec(t: Test, ...args: string[]) {
  const cwd = t.testdir({})
  const env = { ...process.env, DMASPEC_CACHE: join(cwd, 'cache') }
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd,
    env,
    encoding: 'utf8',
  })
  return { cwd, status, stdout, stderr }
}

/** Arguments for node that run the command with a script in QEMU's place. */
function withFake(folder: string, script: string, ...args: string[]): string[] {
  const main = JSON.stringify(new URL('./main.ts', import.meta.url).href)
  const images = JSON.stringify(fakeImages(folder, script))
  const argv = JSON.stringify(['node', 'dmaspec', 'boot', '--out', join(folder, 'out'), ...args])
  const code = `import { main } from ${main}; await main(${argv}, ${images})`
  return ['--import', 'tsx', '--input-type=module', '-e', code]
}

const refused = {
  'boot --overlay sata-behind-ipmu':
    /^dmaspec: unknown overlay 'sata-behind-ipmu'; .*did you mean 'sata-behind-ipmmu'/,
  'boot --kernel 3.14': /^dmaspec: unknown kernel '3\.14'; there are: /,
  'boot --fault none-such': /^dmaspec: unknown fault of linux 6\.1 'none-such'; there are: /,
  'boot --memory lots': /^dmaspec: memory 'lots' is no size: write it like 4G or 512M$/m,
  'boot --cpus 5': /^dmaspec: cpus must be a whole number from 1 to 4, not 5$/m,
  'boot --cpus many': /argument 'many' is invalid/,
  'boot --timeout -1': /argument '-1' is invalid/,
  'boot --kernel 6.1 --kernel 5.10': /^dmaspec: one boot is of one --kernel$/m,
  'boot --flavour debg': /^dmaspec: unknown flavour 'debg'; there are: .*did you mean 'debug'/,
  'boot --ref v6.9': /^dmaspec: --ref needs --tree$/m,
  'boot --tree .': /^dmaspec: .* is no Linux kernel: it has no Makefile$/m,
  'boot --image x --dtb y': /^dmaspec: --image x is no file$/m,
  'boot --probe sg': /^dmaspec: probe 'sg' is no plan: write it like 'api=single dir=to size=0x1000'$/m,
  'boot --nonsense': /unknown option '--nonsense'/,
  boto: /unknown command 'boto'/,
  boot: /^dmaspec: .* is not built/,
}
for (const [args, says] of Object.entries(refused)) {
  t.test(`dmaspec ${args}`, async t => {
    const { cwd, status, stdout, stderr } = dmaspec(t, ...args.split(' '))
    t.equal(status, 2)
    t.equal(stdout, '')
    t.match(stderr, says)
    t.same(readdirSync(cwd), [], 'nothing is left behind')
  })
}

t.test('--help says how, and is no error', async t => {
  const { status, stdout } = dmaspec(t, 'boot', '--help')
  t.equal(status, 0)
  t.match(stdout, /Examples:\n.*Exit status: 0 /s)
})

t.test('the command works through a symlink', async t => {
  const link = join(t.testdir({}), 'dmaspec')
  symlinkSync(BIN, link)
  t.match(spawnSync(link, ['--version'], { encoding: 'utf8' }).stdout, /^\d+\.\d+\.\d+\n$/)
})

const outcomes = {
  'a good boot is 0': { script: 'echo "dmaspec: $nonce done"', status: 0, says: /oops +none\n/ },
  'a WARN is no crash': {
    script: 'echo "WARNING: CPU: 0 PID: 1 at a.c:1 f+0x0/0x8"; echo "dmaspec: $nonce done"',
    status: 0,
    says: /oops +warning in f\n/,
  },
  'an oops is 1': {
    script: printing(THE_REPORT),
    status: 1,
    says: /oops +null-deref in ipmmu_domain_free\n/,
  },
  'a boot without an end is 2': {
    script: 'echo bye',
    status: 2,
    says: /oops +none seen, but the log is not complete\n/,
  },
}
for (const [name, { script, status, says }] of Object.entries(outcomes)) {
  t.test(name, async t => {
    const run = spawnSync(process.execPath, withFake(t.testdir({}), script), { encoding: 'utf8' })
    t.equal(run.status, status)
    t.match(run.stdout, says)
    t.equal(/^dmaspec: no marker: /m.test(run.stderr), status === 2)
  })
}

t.test('--json prints the result and nothing else, of a boot without an end too', async t => {
  const json = (script: string) => {
    const run = spawnSync(process.execPath, withFake(t.testdir({}), script, '--json'), { encoding: 'utf8' })
    return JSON.parse(run.stdout) as unknown
  }
  t.match(json(printing(THE_REPORT)), {
    complete: false,
    end: 'oops',
    report: { oopses: [{ address: '0x38' }] },
  })
  t.match(json('echo bye'), {
    complete: false,
    end: 'exit',
    seconds: { boot: Number },
    trace: { transfers: [] },
  })
})

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  t.test(`${signal} ends QEMU and leaves nothing`, async t => {
    const folder = t.testdir({})
    const pidFile = join(folder, 'pid')
    const child = spawn(process.execPath, withFake(folder, `echo $$ >${pidFile}; exec sleep 60`))
    let stderr = ''
    child.stderr.on('data', bytes => (stderr += bytes))
    for (let i = 0; i < 500 && !(existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n')); i++)
      await sleep(20)
    const exit = new Promise(resolve => child.on('exit', resolve))
    child.kill(signal)
    t.equal(await exit, status)
    t.match(stderr, /^dmaspec: (interrupted|ended by SIG)/m)
    t.notOk(isAlive(Number(readFileSync(pidFile, 'utf8'))))
    t.notOk(existsSync(join(folder, 'out')))
  })
}
