import t from 'tap'
import { HOSTILE } from './results/sample.ts'
import { cut, linesOf, oneLine, printable } from './text.ts'

// What XML 1.0 calls a Char, https://www.w3.org/TR/xml/#charsets, less DEL and C1 (which it discourages) and CR.
const CHARS = /^[\t\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u

t.test('hostile text becomes printable, line by line', async t => {
  t.notMatch(HOSTILE, CHARS)
  t.match(printable(HOSTILE), CHARS)
  t.equal(printable(HOSTILE).split('\n').length, HOSTILE.split('\n').length)
  t.equal(printable('a\r\nb\r\r\nc'), 'a\nb\nc', "a UART's line ends are line ends")
  t.equal(printable('\ud83d\ude00 \ud83d'), '\u{1f600} \ufffd', 'whole pairs stay')
  t.equal(printable('a\u202eb\u2066'), 'a\ufffdb\ufffd', 'nothing turns round')
})

t.test('one line is one line', async t => {
  t.equal(oneLine(' a\n\n b\tc '), 'a b c')
  t.equal(oneLine('x'.repeat(1e7)).length, 500)
})

t.test('what is cut is said, and no character is halved', async t => {
  t.equal(cut('abc', 3), 'abc')
  t.equal(cut('abcd', 3), 'ab…')
  t.equal(cut('a\u{1f600}cd', 3), 'a…')
})

t.test('lines of a text', async t => {
  t.same(linesOf(''), [])
  t.same(linesOf('a\n\nb\n'), ['a', '', 'b'])
  t.same(linesOf('abcdef', 4), ['abc…'])
})
