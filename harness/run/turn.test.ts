import t, { type Test } from 'tap'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Session } from './session.ts'
import { takeTurn, withParents } from './turn.ts'

/** A test and the one it is in, with the limits that they are given. */
function tests(...limits: (number | undefined)[]): { t: Test; limits: () => (number | undefined)[] } {
  let test: Test | undefined
  for (const timeout of limits) {
    const options: { timeout?: number | undefined } = { timeout }
    const setTimeout = (ms: number) => (options.timeout = ms)
    test = { parent: test, options, setTimeout } as unknown as Test
  }
  const inner = test as Test
  return { t: inner, limits: () => withParents(inner).map(each => each.options.timeout) }
}

t.test('while a boot waits for its turn, no clock runs', async t => {
  const fake = tests(undefined, 30_000, 5_000)
  let asked: unknown
  const session = {
    turn: async (boot: unknown) => {
      asked = boot
      t.same(fake.limits(), [0, 0, undefined])
      await sleep(10)
      return () => {}
    },
  } as unknown as Session
  await takeTurn(session, fake.t, { folder: 'x', memory: '512M', seconds: 90 })
  t.same(fake.limits(), [5_000, 30_000, undefined], 'from then on as before')
  t.same(asked, { folder: 'x', memory: 512 * 2 ** 20, seconds: 90 })
  await takeTurn(
    { turn: async (boot: unknown) => ((asked = boot), () => {}) } as unknown as Session,
    fake.t,
    {
      folder: 'x',
      memory: 'nonsense',
      seconds: 1,
    },
  )
  t.match(asked, { memory: 0 }, 'a size that is none is the boot’s to refuse')
})
