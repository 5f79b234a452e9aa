import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { Loop } from './rounds.ts'
import { reasonOf, type Work } from './work.ts'

const work = (why: string, ...changed: string[]): Work => ({
  ...{ changed: new Set(changed), specs: new Set([why]), even: true, why: [why], since: 0, isSaved: true },
})

/** A loop whose rounds last until `finish` is called, and what it did. */
function setUp() {
  const log: string[] = []
  let finish: (error?: Error) => void = () => undefined
  const loop = new Loop({
    run: async (work, signal) => {
      const why = reasonOf(work)
      log.push(`begins ${why} ${[...work.changed].join()}`)
      await new Promise<void>((resolve, reject) => {
        finish = error => (error ? reject(error) : resolve())
        // It takes a moment to end what goes on.
        signal.addEventListener('abort', () =>
          setTimeout(() => (log.push(`stopped ${why}`), reject(new Error('x'))), 20),
        )
      })
      log.push(`ended ${why}`)
    },
    onError: error => log.push((error as Error).message),
    onIdle: () => log.push('idle'),
  })
  return { log, loop, finish: (error?: Error) => finish(error), over: loop.run() }
}

t.test('a save while a round goes on stops it, and both are done from the start', async t => {
  const { log, loop, finish, over } = setUp()
  loop.ask(work('one', 'a.c'))
  await sleep(1)
  t.ok(loop.isRunning)
  loop.ask(work('two', 'b.c'))
  loop.ask(work('three', 'c.c'))
  await sleep(50)
  finish()
  await sleep(5)
  t.notOk(loop.isRunning)
  loop.end()
  await over
  t.same(log, [
    'idle',
    'begins one a.c',
    'stopped one',
    'begins two and 2 more b.c,c.c,a.c',
    'ended two and 2 more',
    'idle',
  ])
})

t.test('an error is told, and the next save tries again', async t => {
  const { log, loop, finish, over } = setUp()
  loop.ask(work('one'))
  await sleep(1)
  finish(new Error('it does not compile'))
  await sleep(5)
  loop.ask(work('two'))
  await sleep(5)
  finish()
  await sleep(5)
  loop.end()
  await over
  t.same(log, ['idle', 'begins one ', 'it does not compile', 'idle', 'begins two ', 'ended two', 'idle'])
})

t.test('the end stops what goes on, and waits for it', async t => {
  const { log, loop, over } = setUp()
  loop.ask(work('one'))
  await sleep(1)
  loop.end()
  await over
  t.same(log, ['idle', 'begins one ', 'stopped one'])
})
