import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { LIMITS } from '../report/limits.ts'
import { readLog } from './input.ts'

const folder = t.testdir({})
let files = 0

async function read(content: string | Buffer) {
  const file = join(folder, `${files++}.log`)
  writeFileSync(file, content)
  const lines: string[] = []
  await readLog(file, line => lines.push(line))
  return lines
}

t.test('lines, the last one without an end too', async t => {
  t.same(await read('a\nb\r\n\nc'), ['a', 'b', '', 'c'])
  t.same(await read('a\n'), ['a'])
})

t.test('lines over the borders of chunks, and characters too', async t => {
  const text = Array.from({ length: 60_000 }, (_, i) => `${i} ü→😀`)
  t.same(await read(text.join('\n')), text)
})

t.test('a line without end costs no more memory than the parser looks at', async t => {
  const lines = await read('x'.repeat(3_000_000) + '\nnext\n')
  t.ok(lines.every(line => line.length <= LIMITS.line))
  t.equal(lines.at(-1), 'next')
})

t.test('gzip is told by its first bytes', async t => {
  t.same(await read(gzipSync('a\nb\n')), ['a', 'b'])
})

t.test('NULs in a log are no reason not to read it', async t => {
  t.same(await read('\0\0\0a\nb\n'), ['\0\0\0a', 'b'])
})

const unreadable = {
  'is empty: there is nothing to explain': '',
  'is no text: give a console': Buffer.alloc(500_000),
  'is damaged: gzip says: unexpected end of file': gzipSync('a\n'.repeat(500)).subarray(0, 20),
  'is an ELF file and no log: a vmlinux is given with --vmlinux': Buffer.from('\x7fELF\x02\x01\n\n'),
  'is compressed: xz -dc ': Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 10]),
  'is compressed: zstd -dc ': Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 10, 10]),
}
for (const [says, content] of Object.entries(unreadable)) {
  t.test(says, async t => {
    await t.rejects(read(content), { name: 'CellError', message: says })
  })
}

t.test('no file, a folder', async t => {
  await t.rejects(
    readLog(join(folder, 'none'), () => {}),
    { name: 'CellError', message: /^there is no .*none: / },
  )
  await t.rejects(
    readLog(folder, () => {}),
    { name: 'CellError', message: /is a folder: name the log in it/ },
  )
})

t.test('it can be stopped, and says how far it is', async t => {
  const file = join(folder, 'long')
  writeFileSync(file, 'line\n'.repeat(400_000))
  const stop = new AbortController()
  const seen: number[] = []
  const reading = readLog(file, () => {}, {
    signal: stop.signal,
    onBytes(bytes, of) {
      seen.push(bytes / (of ?? 1))
      if (seen.length === 2) stop.abort(new Error('enough'))
    },
  })
  await t.rejects(reading, { message: 'enough' })
  t.ok(seen.every((share, i) => share > (seen[i - 1] ?? 0) && share < 1))
})
