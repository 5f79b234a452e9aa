import t from 'tap'
import { visible, visibleJson } from './visible.ts'

t.test('what is invisible, or turns the text around it, is shown as its escape', async t => {
  t.equal(visible('a\u0000b\u001b[2J\u007f\u009b'), 'a\\u0000b\\u001b[2J\\u007f\\u009b')
  t.equal(visible('\u202ecod.exe\u2066'), '\\u202ecod.exe\\u2066')
  t.equal(visible('\u2028\u2029\ufeff\u200b'), '\\u2028\\u2029\\ufeff\\u200b')
  t.equal(visible('tag \u{e0041}'), 'tag \\u{e0041}')
  t.equal(visible('\ud800 and \udc00'), '\\ud800 and \\udc00')
})

t.test('text stays text', async t => {
  const text = 'tab\tline\nµs → 0x7dfff000 “x” 😀 \ufffd'
  t.equal(visible(text), text)
})

t.test('every string in JSON is made visible, and it is still the same JSON', async t => {
  t.same(JSON.parse(visibleJson({ a: ['\u202e', 1, null] })), { a: ['\\u202e', 1, null] })
})
