import t from 'tap'
import { CellError } from '../errors.ts'
import { balance, parseShard } from './shard.ts'

t.test('a shard is an index of a count', async t => {
  t.same(parseShard(' 2/5 ', '--shard'), { index: 2, count: 5 })
  t.same(parseShard('1/1', '--shard'), { index: 1, count: 1 })
})

const refused = {
  '': "--shard '' is no shard: write it like 2/5, the second of five",
  '2': "--shard '2' is no shard: write it like 2/5, the second of five",
  '2/5/6': "--shard '2/5/6' is no shard: write it like 2/5, the second of five",
  '-1/5': "--shard '-1/5' is no shard: write it like 2/5, the second of five",
  '0/5': '--shard 0/5: the shards are 1 to 5, there is no 0',
  '6/5': '--shard 6/5: the shards are 1 to 5, there is no 6',
  '1/0': '--shard 1/0: there can be 1 to 10000 shards, not 0',
  '1/999999': '--shard 1/999999: there can be 1 to 10000 shards, not 999999',
}
for (const [text, says] of Object.entries(refused)) {
  t.test(`'${text}' is none`, async t => {
    t.throws(() => parseShard(text, '--shard'), new CellError(says))
  })
}

/** Numbers that look random, and are the same each time. */
function* numbers(seed: number): Generator<number, never> {
  for (;;) yield (seed = (seed * 48271) % 2147483647) / 2147483647
}

t.test('every cell is in exactly one shard, none of which is much longer than the rest', async t => {
  const random = numbers(42)
  const wrong: string[] = []
  for (let round = 0; round < 200; round++) {
    const count = 1 + Math.floor(random.next().value * 12)
    const cells = Array.from({ length: Math.floor(random.next().value * 80) }, (_, i) => ({
      id: `6.1/spec-${i}`,
      seconds: Math.ceil(random.next().value * 30),
    }))
    const shards = balance(cells, count)
    const placed = shards.length === cells.length && shards.every(shard => shard >= 1 && shard <= count)
    if (!placed || !shards.every(Number.isInteger)) wrong.push(`${round}: ${shards.join(' ')}`)
    const loads = Array.from({ length: count }, (_, shard) =>
      cells.reduce((sum, { seconds }, i) => sum + (shards[i] === shard + 1 ? seconds : 0), 0),
    )
    const all = cells.reduce((sum, { seconds }) => sum + seconds, 0)
    const longest = Math.max(0, ...cells.map(({ seconds }) => seconds))
    // Graham's bound for any list order; the longest first keeps well within it.
    const most = all / count + longest * (1 - 1 / count)
    if (Math.max(...loads) > most + 1e-9) wrong.push(`${round}: ${loads.join(' ')}, at most ${most}`)
  }
  t.same(wrong, [])
})

t.test('the order in which cells are listed changes nothing', async t => {
  const cells = [4, 3, 3, 2, 2, 2].map((seconds, i) => ({ id: `6.1/${'abcdef'[i]}`, seconds }))
  const byId = (list: typeof cells) => {
    const shards = balance(list, 3)
    return list.map(({ id }, i) => `${id} ${shards[i]}`).sort()
  }
  t.same(byId(cells), byId([...cells].reverse()))
  t.same(byId(cells), ['6.1/a 1', '6.1/b 2', '6.1/c 3', '6.1/d 2', '6.1/e 3', '6.1/f 1'])
})
