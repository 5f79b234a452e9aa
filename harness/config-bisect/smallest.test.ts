import fc from 'fast-check'
import t from 'tap'
import { type Outcome, smallestSet } from './smallest.ts'

const numbers = (n: number) => [...Array(n).keys()]
const has = (set: readonly number[], wanted: readonly number[]) => wanted.every(item => set.includes(item))

/** Some of the numbers below n, one at least. */
const planted = fc.integer({ min: 1, max: 48 }).chain(n =>
  fc.record({
    n: fc.constant(n),
    wanted: fc.uniqueArray(fc.integer({ min: 0, max: n - 1 }), { minLength: 1, maxLength: 4 }),
  }),
)

t.test('every planted set is found, in few questions, none of them twice', async t => {
  let most = 0
  await fc.assert(
    fc.asyncProperty(planted, async ({ n, wanted }) => {
      const asked: string[] = []
      const found = await smallestSet(numbers(n), async set => {
        asked.push(set.join())
        return Promise.resolve(has(set, wanted) ? 'bad' : 'good')
      })
      t.strictSame(
        found,
        wanted.toSorted((a, b) => a - b),
      )
      t.equal(new Set(asked).size, asked.length)
      const limit = 3 * wanted.length * (Math.ceil(Math.log2(n)) + 2)
      t.ok(asked.length <= limit, `${asked.length} questions for ${wanted.length} of ${n}, at most ${limit}`)
      if (wanted.length === 1) most = Math.max(most, asked.length)
    }),
    { numRuns: 300, seed: 1 },
  )
  t.ok(most > 0, `one of 48 takes ${most} questions at most`)
})

t.test('one of several planted sets is found', async t => {
  const two = fc.tuple(planted, planted)
  await fc.assert(
    fc.asyncProperty(two, async ([a, b]) => {
      const sets = [a.wanted, b.wanted].map(set => set.toSorted((x, y) => x - y))
      const isBad = (set: readonly number[]) => sets.some(wanted => has(set, wanted))
      const found = await smallestSet(numbers(48), async set => Promise.resolve(isBad(set) ? 'bad' : 'good'))
      t.ok(isBad(found))
      t.ok(sets.some(wanted => wanted.join() === found.join()))
    }),
    { numRuns: 200, seed: 2 },
  )
})

t.test('whatever the answers are, the set is bad, and none of it can be left out', async t => {
  const answers = fc.infiniteStream(fc.constantFrom<Outcome>('bad', 'good', 'untold', 'untold'))
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 20 }), answers, async (n, stream) => {
      const known = new Map<string, Outcome>([
        [numbers(n).join(), 'bad'],
        ['', 'good'],
      ])
      const ask = async (set: readonly number[]) => {
        const outcome = known.get(set.join()) ?? (stream.next().value as Outcome)
        known.set(set.join(), outcome)
        return Promise.resolve(outcome)
      }
      const found = await smallestSet(numbers(n), ask)
      t.equal(known.get(found.join()), 'bad')
      for (const item of found) {
        const outcome = known.get(found.filter(other => other !== item).join())
        t.match(outcome, /^(good|untold)$/, `${found.join()} without ${item}`)
      }
    }),
    { numRuns: 300, seed: 3 },
  )
})

t.test('one option, and options that need each other or can’t be had alone', async t => {
  t.same(await smallestSet(['a'], async set => Promise.resolve(set.length > 0 ? 'bad' : 'good')), ['a'])
  // 3 doesn't build without 9, whose own effect is none.
  const ask = async (set: readonly number[]): Promise<Outcome> =>
    Promise.resolve(set.includes(3) ? (set.includes(9) ? 'bad' : 'untold') : 'good')
  t.same(await smallestSet(numbers(16), ask), [3, 9])
})
