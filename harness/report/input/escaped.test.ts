import t from 'tap'
import { mayBeEscaped, unescaped } from './escaped.ts'

const starts = (line: string) => line.startsWith('[')

t.test('lines that were written into one, in whatever notation', async t => {
  for (const end of ['\\n', '\\r\\n', '\\u000a', '\\x0a', '#012'])
    t.same(unescaped(`[1] a${end}[2] b${end}c`, starts), ['[1] a', '[2] b', 'c'], end)
  t.same(unescaped('[1] a\\t\\"b\\"\\n[2] c', starts), ['[1] a\t"b"', '[2] c'])
  t.same(unescaped('  "log": "[1] a\\n[2] b', starts), ['  "log": "[1] a', '[2] b'])
})

t.test('a line with one in it stays one', async t => {
  for (const line of ['[1] a\\nb', 'C:\\new\\nothing', 'a #012 b', '[1] \\t'])
    t.same(unescaped(line, starts), [line])
})

t.test('colours that are written out', async t => {
  for (const escape of ['^[', '\\x1b', '\\u001b', '\\033', '\\e', '#033'])
    t.same(unescaped(`${escape}[32m[1] a${escape}[0m`, starts), ['[1] a'], escape)
  t.notOk(mayBeEscaped('[    1.000000] a'))
})
