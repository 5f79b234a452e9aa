import t from 'tap'
import { type Golden, readGolden, writeGolden } from './golden.ts'

const golden: Golden = {
  shows: 'a write through a NULL pointer',
  kernel: '6.1.192',
  built: '6.1+crash',
  trigger: 'dmaspec.provoke=lkdtm:EXCEPTION',
  bootargs: 'oops=panic',
  crashes: [
    { kinds: ['null-deref', 'kasan'], symbol: 'lkdtm_EXCEPTION', fatal: true },
    { kinds: ['warning'], symbol: null, fatal: false },
    { kinds: ['oom'], symbol: null, fatal: null },
  ],
  more: true,
  panic: 'Fatal exception: one, two',
  spoofed: true,
  cut: 'nothing',
  lines: ['[    0.000000] Linux version 6.1.192', '', '# a line of the console', 'last'],
}

t.test('a golden is read as it was written', async t => {
  t.same(readGolden(writeGolden(golden), 'x.log'), golden)
})

t.test('a golden without a crash says so', async t => {
  const none = { ...golden, crashes: [], more: false, panic: null, spoofed: false, bootargs: '' }
  const text = writeGolden(none)
  t.match(text, '# crash: none\n')
  t.same(readGolden(text, 'x.log'), none)
})

t.test('a header that lacks a fact is an error that names the file', async t => {
  const text = writeGolden({ ...golden, crashes: [] })
  t.throws(() => readGolden(text.replace('# crash: none\n', ''), 'x.log'), {
    message: /x\.log.*# crash:/,
  })
  t.throws(() => readGolden(text.replace(/# kernel.*\n/, ''), 'x.log'), { message: /# kernel:/ })
})
