import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ConsoleReader, type LIMITS } from './console.ts'

const SMALL: typeof LIMITS = { bytes: 1000, lines: 20, lineLength: 8 }

function reader(t: Test, limits?: typeof LIMITS) {
  const path = join(t.testdir({}), 'console.log')
  const file = openSync(path, 'w')
  t.teardown(() => closeSync(file))
  const console = new ConsoleReader(file, () => {}, limits)
  const say = (...chunks: (string | Buffer)[]) =>
    chunks.forEach(chunk => console.chunk(Buffer.from(chunk), 1))
  return { console, say, texts: () => console.lines.map(line => line.text), raw: () => readFileSync(path) }
}

t.test('lines are put together from chunks that end anywhere', async t => {
  const { console, say, texts } = reader(t)
  say('one\r\ntw', 'o\r', '\nü'.slice(0, 1), Buffer.from([0xc3]), Buffer.from([0xbc]), '\n\nlast')
  t.same(texts(), ['one', 'two', 'ü', ''])
  console.end(2)
  t.same(console.lines.at(-1), { text: 'last', at: 2 })
})

t.test('control bytes and broken UTF-8 are replaced; the file has them as they came', async t => {
  const { say, texts, raw } = reader(t)
  const bytes = Buffer.from('\x1b[31mred\x00\t\x7f\u009b2J \xff mid\rdle\n', 'latin1')
  say(bytes)
  t.equal(texts()[0], '\ufffd[31mred\ufffd\t\ufffd\ufffd2J \ufffd mid\ufffddle')
  t.ok(raw().equals(bytes))
})

t.test('a line without end comes in pieces', async t => {
  const { say, texts } = reader(t, SMALL)
  say('x'.repeat(20), 'y\nz\n')
  t.same(texts(), ['xxxxxxxx', 'xxxxxxxx', 'xxxxy', 'z'])
})

t.test('a long line in one chunk comes in pieces too', async t => {
  const { say, texts } = reader(t, SMALL)
  say('x'.repeat(20) + '\n\n')
  t.same(texts(), ['xxxxxxxx', 'xxxxxxxx', 'xxxx', ''])
})

t.test('no more than the limit is kept, in the file and in memory', async t => {
  const bytes = reader(t, { ...SMALL, lines: 10_000 })
  bytes.say(...Array<string>(300).fill('12345\n'))
  t.match(bytes.console.full, /^printed more than .* MiB$/)
  t.equal(bytes.raw().length, 1000)
  const lines = reader(t, SMALL)
  lines.say('\n'.repeat(500))
  t.equal(lines.console.full, 'printed more than 20 lines')
  t.equal(lines.console.lines.length, 20)
})
