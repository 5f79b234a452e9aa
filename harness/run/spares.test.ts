import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { HEAD, runFakes } from './fake-specs.ts'
import { Spares } from './spares.ts'

const told = (out: string) =>
  JSON.parse(readFileSync(join(out, 'told.json'), 'utf8')) as Record<string, string>
/** A spec that tells which process it ran in, and what a variable is there. */
const telling = `${HEAD}
  import { writeFileSync } from 'node:fs'
  t.test('one', async t => { t.pass(kernel) })
  writeFileSync(process.env.FAKES + '/out/told.json', JSON.stringify({ pid: process.pid, late: process.env.LATE }))`
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

t.test('a spec runs in the process that waited for it, and has what this process has by now', async t => {
  const spares = new Spares()
  spares.keep(1)
  process.env['LATE'] = 'yes'
  t.teardown(() => Reflect.deleteProperty(process.env, 'LATE'))
  const [waiting] = spares.pids
  const { cells, out } = await runFakes(t, { telling }, { spares, jobs: 1 })
  t.equal(cells['6.1/telling']?.verdict, 'passed')
  t.same(told(out), { pid: waiting, late: 'yes' })
  t.same(spares.pids, [], 'it was taken')
})

t.test('one that has died while it waited is not taken; those that nobody took are ended', async t => {
  const spares = new Spares()
  spares.keep(2)
  const [first = 0, second = 0] = spares.pids
  process.kill(-first, 'SIGKILL')
  for (let tries = 0; isAlive(first) && tries < 100; tries++) await delay(20)
  await delay(50)
  const { cells, out } = await runFakes(t, { telling }, { spares, jobs: 1 })
  t.equal(cells['6.1/telling']?.verdict, 'passed')
  t.equal(told(out)['pid'], second)
  spares.keep(1)
  const [third = 0] = spares.pids
  spares.keep(1)
  t.same(spares.pids, [third], 'no more than were asked for')
  await spares.end()
  t.notOk(isAlive(third))
})
