import t from 'tap'
import { point, text, type Page } from './page.ts'
import { join, plain, prose, say } from './say.ts'
import { pageText } from './text.ts'
import { wrap } from './wrap.ts'

const HOSTILE = 'a\x1b[2Jb\rc\nd\x9be\u202ef'

const page = (fact: string): Page => [
  { is: 'headline', tone: 'crash', text: say`${fact}`, below: [say`under ${fact}`] },
  {
    is: 'section',
    title: 'Why',
    items: [
      text(say`It was ${fact}.`),
      point(say`look at ${fact}`),
      { is: 'lines', lines: [fact] },
      { is: 'step', at: 'line 3', quote: fact, means: say`means ${fact}` },
    ],
  },
]

t.test('a sentence has prose and facts', async t => {
  t.same(say`at ${0x38n}, ${'x'}`, [
    { text: 'at ', fact: false },
    { text: '0x38', fact: true },
    { text: ', ', fact: false },
    { text: 'x', fact: true },
    { text: '', fact: false },
  ])
  t.equal(plain(join([say`a ${1}`, prose('b')], ', ')), 'a 1, b')
  t.equal(plain(say`${'x'.repeat(5000)}`).length, 400, 'a fact is no novel')
})

t.test('lines are no wider than the terminal, and nothing is lost', async t => {
  const words = 'one three fifteen anaddressthatislongerthanthewidth a'
  const lines = wrap(words, 10).map(({ from, to }) => words.slice(from, to))
  t.ok(lines.every(line => line.length <= 10))
  t.equal(lines.join('').replaceAll(' ', ''), words.replaceAll(' ', ''))
  t.same(wrap('', 10), [{ from: 0, to: 0 }])
  const out = pageText(page('a fact of several words that goes on and on and on'), {
    width: 44,
    color: false,
  })
  for (const line of out.split('\n').filter(line => !line.startsWith('    a fact')))
    t.ok(line.length <= 44, line)
})

t.test('colour is around facts, and only if it is asked for', async t => {
  const out = (color: boolean) => pageText(page('FACT'), { width: 80, color })
  t.notMatch(out(false), '\x1b')
  t.match(out(true), '  It was \x1b[36mFACT\x1b[39m.')
  // eslint-disable-next-line no-control-regex
  t.equal(out(true).replace(/\x1b\[\d+m/g, ''), out(false), 'the words are the same')
})

t.test('nothing of a log reaches the terminal but text', async t => {
  for (const color of [true, false]) {
    const out = pageText(page(HOSTILE), { width: 80, color })
    // eslint-disable-next-line no-control-regex
    const ours = out.replace(/\x1b\[\d{1,2}m/g, '')
    // eslint-disable-next-line no-control-regex
    t.notMatch(ours, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
    t.notMatch(ours, /^d/m, 'no line of its own')
  }
})

t.test('the whole page', async t => {
  t.equal(
    pageText(page('F'), { width: 80, color: false }),
    `F
under F

Why
  It was F.
  - look at F
    F
  line 3
    F
    means F
`,
  )
})
