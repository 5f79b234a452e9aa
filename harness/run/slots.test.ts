import t from 'tap'
import { Slots } from './slots.ts'

/** Asks for a slot and notes when it is granted. */
function asking(slots: Slots, log: string[]) {
  return (name: string, memory: number) =>
    slots.request(memory, alone => void log.push(alone ? `${name} alone` : name))
}

t.test('no more boots at once than allowed, in the order they asked', async t => {
  const log: string[] = []
  const ask = asking(new Slots({ boots: 2, memory: 100 }), log)
  const [a] = [ask('a', 1), ask('b', 1), ask('c', 1), ask('d', 1)]
  t.same(log, ['a', 'b'])
  a?.()
  a?.()
  t.same(log, ['a', 'b', 'c'], 'given back twice, it is one slot')
})

t.test('no more memory than there is; nobody overtakes a large guest', async t => {
  const log: string[] = []
  const ask = asking(new Slots({ boots: 9, memory: 10 }), log)
  const [a, b] = [ask('a', 6), ask('b', 6), ask('c', 1)]
  t.same(log, ['a'])
  a?.()
  t.same(log, ['a', 'b', 'c'])
  b?.()
})

t.test('a guest larger than all memory is run alone', async t => {
  const log: string[] = []
  const ask = asking(new Slots({ boots: 9, memory: 10 }), log)
  const [a, b] = [ask('a', 1), ask('b', 50), ask('c', 1)]
  t.same(log, ['a'])
  a?.()
  t.same(log, ['a', 'b alone'])
  b?.()
  t.same(log, ['a', 'b alone', 'c'])
})

t.test('a request that is taken back makes way', async t => {
  const log: string[] = []
  const ask = asking(new Slots({ boots: 9, memory: 10 }), log)
  const [, b] = [ask('a', 6), ask('b', 6), ask('c', 1)]
  b?.()
  t.same(log, ['a', 'c'])
})
