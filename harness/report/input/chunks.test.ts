import t from 'tap'
import { LIMITS } from '../limits.ts'
import { LineSplitter, type LineForm } from './chunks.ts'

function split(chunks: Iterable<Uint8Array | string>): { lines: string[]; forms: LineForm[] } {
  const lines: string[] = []
  const forms: LineForm[] = []
  const splitter = new LineSplitter((line, form) => {
    lines.push(line)
    forms.push(form)
  })
  for (const chunk of chunks) splitter.write(chunk)
  splitter.end()
  return { lines, forms }
}

const bytes = (text: string) => new TextEncoder().encode(text)

/** In pieces of `size`, in one buffer that is used again and again, as a file is read. */
function* pieces(whole: Uint8Array, size: number): Generator<Uint8Array> {
  const buffer = new Uint8Array(size)
  for (let at = 0; at < whole.length; at += size) {
    const piece = whole.subarray(at, at + size)
    buffer.set(piece)
    yield buffer.subarray(0, piece.length)
  }
}

t.test('lines end with LF or CRLF, and the last one may have no end', async t => {
  t.same(split([bytes('a\r\nb\n\nc')]).lines, ['a', 'b', '', 'c'])
  t.same(split(['a\r', '\nb\n', '\nc\n']).lines, ['a', 'b', '', 'c'])
  t.same(split([]).lines, [])
  t.same(split([bytes('x')]).lines, ['x'])
  t.same(split([bytes('a\rb\n')]).lines, ['a\rb'], 'a lone CR is the reader’s to judge')
})

t.test('it does not matter how the file is cut into chunks', async t => {
  const text = `[    1.0] Grüße ☃ 𝄞\r\n${'long '.repeat(5000)}\n\nend`
  for (const encoding of ['utf-8', 'utf-16le', 'utf-16be'] as const) {
    const whole = encoding === 'utf-8' ? bytes(text) : utf16(text, encoding === 'utf-16le')
    const expected = split([whole]).lines
    t.same(expected, text.split(/\r?\n/), encoding)
    for (const size of [1, 2, 3, 7, 4096])
      t.same(split(pieces(whole, size)).lines, expected, `${encoding} ${size}`)
  }
})

t.test('what is no UTF-8 becomes U+FFFD, and a byte order mark nothing', async t => {
  t.same(split([new Uint8Array([0x61, 0xff, 0x62, 0x0a, 0x63])]).lines, ['a\ufffdb', 'c'])
  t.same(split([new Uint8Array([0xef, 0xbb, 0xbf, 0x61, 0x0a])]).lines, ['a'])
})

t.test('a line that is too long is cut at a blank; the rest is told to be of it', async t => {
  const words = 'word '.repeat(40_000)
  for (const chunks of [
    [bytes(`${words}\nnext\n`)],
    pieces(bytes(`${words}\nnext\n`), 1000),
    [words, '\nnext\n'],
  ]) {
    const { lines, forms } = split(chunks)
    t.equal(lines.slice(0, -1).join(''), words)
    t.equal(lines.at(-1), 'next')
    t.ok(lines.every(line => line.length <= LIMITS.line))
    t.same([...new Set(lines.slice(1, -1).map(line => line.slice(0, 4)))], [' wor'])
    t.same(
      forms.map(form => form.continued),
      lines.map((_, i) => i > 0 && i < lines.length - 1),
    )
  }
})

t.test('only a line of printable ASCII that nobody encoded is plain', async t => {
  const plain = (line: string) =>
    split([bytes(`[    1.0] a\n${line}\n[    1.0] b\n`)]).forms.map(form => form.plain)
  t.same(plain('[    1.0]\tx = 3'), [true, true, true])
  for (const odd of ['\x1b[0m', '\0', 'a\rb', '&lt;', 'ä', '\xa0', '\b'])
    t.same(plain(odd), [true, false, true], odd)
  t.same(plain('ESR =3D 0x96'), [false, false, false], 'all of an encoded block are looked at')
})

function utf16(text: string, little: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length + 2))
  view.setUint16(0, 0xfeff, little)
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i + 2, text.charCodeAt(i), little)
  return new Uint8Array(view.buffer)
}
