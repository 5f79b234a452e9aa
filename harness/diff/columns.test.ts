import t from 'tap'
import { columns, wrap } from './columns.ts'

t.test('text breaks between words, and a word that is too long anywhere', async t => {
  t.same(wrap('one two three', 7), ['one two', 'three'])
  t.same(wrap('0x500148000', 4), ['0x50', '0148', '000'])
  t.same(wrap('abc def', 6), ['abc', 'def'])
  t.same(wrap('', 4), [''])
})

t.test('columns stay under each other; nothing trails', async t => {
  t.same(columns(['label', 'a longer text', 'b'], [6, 8, 8]), ['label   a longer  b', '        text'])
  t.same(columns(['a', '', ''], [3, 3, 3]), ['a'])
})

t.test('paint is put around a cell, blanks and all, so that columns stay', async t => {
  t.same(
    columns(['a', 'b'], [3, 3], (text, column) => `<${column}${text}>`),
    ['<0a  >  <1b>'],
  )
})
