import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { lock, tryLock } from './lock.ts'

/** Another process that holds the lock `x` until it is killed; with `child`, so does a child of its own. */
async function holder(t: Tap, child = false) {
  const root = t.testdir({
    'holder.ts': `
      import { spawn } from 'node:child_process'
      import { lock } from ${JSON.stringify(import.meta.resolve('./lock.ts'))}
      const held = await lock(process.argv[2] ?? '', 'x')
      const child = ${child} && spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', held.fd] })
      console.log(child ? child.pid : 0)
      setTimeout(() => held, 60_000)`,
  })
  const process_ = spawn(process.execPath, ['--import=tsx', join(root, 'holder.ts'), root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => process_.kill('SIGKILL'))
  const [line] = (await once(process_.stdout, 'data')) as [Buffer]
  return { root, process: process_, child: Number(line.toString()) }
}

type Tap = typeof t

t.test('a second process waits, is told for whom, and gets the lock when the first is killed', async t => {
  const { root, process } = await holder(t as Tap)
  t.equal(await tryLock(root, 'x'), undefined)
  const waitedFor: string[] = []
  let have = false
  const wanted = lock(root, 'x', { onWait: pid => waitedFor.push(pid) }).then(held => {
    have = true
    return held
  })
  await wait(200)
  t.notOk(have)
  t.same(waitedFor, [String(process.pid)])
  process.kill('SIGKILL')
  using held = await wanted
  t.equal(held.name, 'x')
})

t.test('a program that was given the lock keeps it when its dmaspec is killed', async t => {
  const { root, process: first, child } = await holder(t as Tap, true)
  first.kill('SIGKILL')
  await once(first, 'exit')
  t.equal(await tryLock(root, 'x'), undefined)
  process.kill(child, 'SIGKILL')
  using held = await lock(root, 'x')
  t.equal(held.name, 'x')
})

t.test('within a process too, and only under the same name', async t => {
  const root = t.testdir({})
  const first = await lock(root, 'x')
  t.equal(await tryLock(root, 'x'), undefined)
  using other = await lock(root, 'y')
  first[Symbol.dispose]()
  first[Symbol.dispose]()
  using again = await tryLock(root, 'x')
  t.same([other.name, again?.name], ['y', 'x'])
})

t.test('a wait that is aborted ends', async t => {
  const root = t.testdir({})
  using first = await lock(root, 'x')
  const controller = new AbortController()
  const waiting = lock(root, first.name, { signal: controller.signal })
  setTimeout(() => controller.abort(new Error('Ctrl-C')), 100)
  await t.rejects(waiting, { message: 'Ctrl-C' })
})
