import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { fakeImages, isAlive } from './fake-qemu.ts'
import { guarded } from './qemu.ts'

t.setTimeout(120_000)

for (const signal of ['SIGKILL', 'SIGTERM', 'SIGSEGV'] as const) {
  t.test(`a harness that dies of ${signal} takes QEMU with it`, async t => {
    const folder = t.testdir({})
    const images = fakeImages(folder, `echo $$ >"${folder}/pid"; exec sleep 60`)
    const boot = JSON.stringify(new URL('./boot.ts', import.meta.url).href)
    const options = JSON.stringify({ images, out: join(folder, 'out') })
    const script = `import { bootCell } from ${boot}; await bootCell({}, ${options})`
    const harness = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script])
    const pidFile = join(folder, 'pid')
    await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n'))
    const pid = Number(readFileSync(pidFile, 'utf8'))
    t.ok(isAlive(pid))
    harness.kill(signal)
    await until(() => !isAlive(pid))
    t.pass('gone')
  })
}

t.test('a QEMU whose harness died before the death signal was armed never starts', async t => {
  const [command, ...args] = guarded(['echo', 'started'], process.ppid)
  const { status, stdout } = spawnSync(command, args)
  t.same([status, stdout.toString()], [1, ''])
  const [same, ...again] = guarded(['echo', 'started'])
  t.equal(spawnSync(same, again).stdout.toString(), 'started\n')
})

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !condition(); await sleep(20)) {
    if (Date.now() > end) throw new Error('waited 20 s in vain')
  }
}
