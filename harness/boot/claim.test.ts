import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { claim } from './claim.ts'

t.test('a folder is one boot’s at a time', async t => {
  const path = join(t.testdir(), 'a/b')
  const first = await claim(path)
  if (typeof first === 'number') return t.fail('nobody has it')
  t.ok(first.made?.endsWith('/a'), 'the outermost folder that was made')
  t.equal(await claim(path), process.pid, 'it is ours')
  await first.release()
  t.same(readdirSync(path), [], 'nothing stays behind')
  t.equal(typeof (await claim(path)), 'object', 'free again')
})

t.test('what a killed boot left is taken over', async t => {
  const path = t.testdir()
  const child = spawn('true')
  await once(child, 'exit')
  writeFileSync(join(path, '.in-use'), `${child.pid}\n`)
  t.equal(typeof (await claim(path)), 'object')
})

t.test('of many at once one wins', async t => {
  const path = t.testdir()
  const claims = await Promise.all(Array.from({ length: 20 }, () => claim(path)))
  t.equal(claims.filter(taken => typeof taken !== 'number').length, 1)
  t.ok(existsSync(join(path, '.in-use')))
})
