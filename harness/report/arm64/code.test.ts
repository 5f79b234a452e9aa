import t from 'tap'
import { readCode } from './code.ts'
import { takesLinearTime } from '../../linear.ts'

t.test("arm64's words, the faulting one decoded", async t => {
  const code = readCode('aa0003f3 97ffeb1a d1002274 f85f8261 (f9401c20) ', 'arm64')
  t.equal(code.text, 'aa0003f3 97ffeb1a d1002274 f85f8261 (f9401c20)')
  t.same(code.words, [0xaa0003f3, 0x97ffeb1a, 0xd1002274, 0xf85f8261, 0xf9401c20])
  t.equal(code.at, 4)
  t.equal(code.faulting?.text, 'ldr x0, [x1, #56]')
})

t.test('words that could not be read', async t => {
  const code = readCode('???????? ???????? 910003fd d503201f (????????)', 'arm64')
  t.same(code.words, [null, null, 0x910003fd, 0xd503201f, null])
  t.equal(code.at, 4)
  t.equal(code.faulting, null)
  const bad = readCode('aa0003f3 97ffeb1a bad PC value', 'arm64')
  t.same(bad, {
    text: 'aa0003f3 97ffeb1a bad PC value',
    words: [0xaa0003f3, 0x97ffeb1a],
    at: null,
    faulting: null,
  })
})

for (const text of [
  'bad PC value',
  'Bad RIP value.',
  'Unable to access opcode bytes at RIP 0x46bfff.',
  'Unable to access opcode bytes at 0xffffffd6.',
]) {
  t.test(text, async t => t.same(readCode(` ${text}`, null), { text, words: [], at: null, faulting: null }))
}

t.test('what is glued to the line is no code', async t => {
  const code = readCode('d37d7c01 (f822683b) ---[ end trace eabda93d178d5bcb ]--- Kernel panic', 'arm64')
  t.equal(code.text, 'd37d7c01 (f822683b)')
  t.equal(code.words.length, 2)
  t.equal(code.faulting?.text, 'str x27, [x1, x2]')
  t.equal(readCode('d37d7c01 (f822683b) dead beef', 'arm64').words.length, 2, 'words of another width')
  t.equal(readCode('bad PC value ---[ end trace 0 ]---', 'arm64').text, 'bad PC value')
})

t.test("arm32's words, and Thumb's halfwords", async t => {
  const code = readCode('e3130001 1a0000b4 e2845008 f595f000 (e1953f9f) ', 'arm')
  t.equal(code.words[4], 0xe1953f9f)
  t.equal(code.at, 4)
  t.equal(code.faulting, null, 'not decoded')
  const thumb = readCode('4770 b580 af00 6803 (681b) 2b00', 'arm')
  t.same(thumb.words.slice(3), [0x6803, 0x681b, 0x2b00])
  t.equal(thumb.at, 4)
})

t.test("x86's bytes, powerpc's words", async t => {
  const code = readCode('90 0f 1f 00 48 89 f8 <48> 8b 07 ?? c3', 'x86')
  t.same(code.words, [0x90, 0x0f, 0x1f, 0, 0x48, 0x89, 0xf8, 0x48, 0x8b, 7, null, 0xc3])
  t.equal(code.at, 7)
  t.equal(code.faulting, null)
  t.equal(readCode('3c62ff57 <0fe00000> 4bfffdc8 XXXXXXXX', 'powerpc').at, 1)
})

t.test('nonsense is no code, and costs no time', async t => {
  for (const text of [
    '',
    ' ',
    '(',
    '()',
    '<>',
    '(f9401c20',
    'f9401c20)',
    '(f9401c20>',
    '(((',
    '((f9401c20))',
  ]) {
    t.same(readCode(text, 'arm64').words, [], text)
  }
  takesLinearTime(t, 'blanks', length => readCode(' '.repeat(length) + 'f9401c20', 'arm64'), 2e5)
  takesLinearTime(t, 'one word', length => readCode('f'.repeat(length), 'arm64'), 2e5)
  t.equal(readCode('f9401c20 '.repeat(1e5), 'arm64').words.length, 128, 'as many as are kept')
})
