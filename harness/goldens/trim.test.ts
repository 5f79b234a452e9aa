import t from 'tap'
import { trim } from './trim.ts'

const boot = [
  '[    0.000000] Linux version 6.1.192 (dmaspec@dmaspec)',
  '[    0.000000] Machine model: a board',
  ...Array.from({ length: 50 }, (_, i) => `[    0.1000${i}] clk: line ${i}`),
  '[    1.000000] dmaspec: 0123 provoke=lkdtm:BUG',
  'a line of a process',
  '[    1.100000] kernel BUG at a.c:1!',
]

t.test('what comes before the provocation is cut to who booted and on what', async t => {
  const { lines, cut } = trim(boot, ' provoke=lkdtm:BUG', 'kernel BUG')
  t.same(lines, [...boot.slice(0, 2), ...boot.slice(-3)])
  t.match(cut, /^50 lines of the healthy boot before the provocation/)
})

t.test('without a provocation, the lines before what it shows stay', async t => {
  const { lines, cut } = trim(boot, null, 'kernel BUG')
  t.same(lines, [...boot.slice(0, 2), ...boot.slice(-21)])
  t.match(cut, /^32 lines of the healthy boot before what it shows/)
})

t.test('a console that is crash from its first line is whole', async t => {
  t.same(trim(boot.slice(-1), null, 'kernel BUG'), { lines: boot.slice(-1), cut: 'nothing' })
})
