import { EventEmitter, once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type ssh2 from 'ssh2'
import t from 'tap'
import { Connections } from './connections.ts'

/** As much of a client as is asked of one. */
class Fake extends EventEmitter {
  isEnded = false
  end(): this {
    this.isEnded = true
    this.emit('close')
    return this
  }
}

function pool() {
  const made: Fake[] = []
  let arriving = 0
  let most = 0
  const make = () => {
    const fake = new Fake()
    made.push(fake)
    return fake as unknown as ssh2.Client
  }
  const connect = async () => {
    most = Math.max(most, ++arriving)
    await delay(5)
    arriving--
    return make()
  }
  return { made, most: () => most, connections: new Connections(make(), connect) }
}

t.test('no two commands are on a connection at once; those that are free are taken again', async t => {
  const { made, most, connections } = pool()
  const busy = new Set<ssh2.Client>()
  const command = (ms: number) =>
    connections.use(async client => {
      t.notOk(busy.has(client), 'it is free')
      busy.add(client)
      await delay(ms)
      busy.delete(client)
      return ms
    })
  t.same(await Promise.all([command(60), command(50), command(40)]), [60, 50, 40])
  t.equal(made.length, 3)
  t.equal(most(), 1, 'they knock one after another')
  for (let i = 0; i < 5; i++) await command(0)
  t.equal(made.length, 3)
})

t.test('one whose command failed, or that was cut, is not taken again', async t => {
  const { made, connections } = pool()
  await t.rejects(
    connections.use(() => Promise.reject(new Error('aborted'))),
    { message: 'aborted' },
  )
  await connections.use(async client => t.equal(client as unknown, made[1]))
  made[1]?.end()
  await connections.use(async client => t.equal(client as unknown, made[2]))
  await connections.use(async client => {
    const cut = once(client, 'close')
    made[2]?.end()
    await cut
  })
  await connections.use(async client => t.equal(client as unknown, made[3]))
})

t.test('all are ended, the one that is on its way too', async t => {
  const { made, connections } = pool()
  await connections.use(async () => {
    const second = connections.use(() => Promise.resolve())
    connections.end()
    await second
  })
  t.equal(made.length, 2)
  t.ok(made.every(({ isEnded }) => isEnded))
})
