import t from 'tap'
import { takesLinearTime } from '../../linear.ts'
import { LineSplitter } from './chunks.ts'
import { LineReader } from './reader.ts'

/** Characters: two of these are a line that is still read whole (LIMITS.line). */
const LENGTH = 32_000
/** Each is read so often, or there would be nothing to measure. */
const TIMES = 6
const PAIR = '[    1.000000] a '

/** Each is made of n pieces. */
const nasty: Record<string, (n: number) => string> = {
  'quote marks': n => '>'.repeat(n),
  'quote marks apart': n => '> '.repeat(n),
  'quote marks at a message’s end': n => `Mem abort info:${' >'.repeat(n)} ESR = 0x96000004`,
  brackets: n => '['.repeat(n),
  'brackets and blanks': n => '[ '.repeat(n),
  'unfinished stamps': n => '[    1.'.repeat(n),
  stamps: n => PAIR.repeat(n),
  callers: n => '[   T51]'.repeat(n),
  levels: n => '<4>'.repeat(n),
  anchors: n => 'Mem abort info: '.repeat(n),
  'unfinished anchors': n => 'Unable to handle kernel '.repeat(n),
  registers: n => 'x29: ffff000009c9b990 '.repeat(n),
  frames: n => 'foo+0x1/0x2 '.repeat(n),
  'decoded frames': n => `foo (${'a/b.c:1 '.repeat(n)}`,
  devices: n => 'sata_rcar ee300000.sata: '.repeat(n),
  words: n => 'word '.repeat(n),
  'one word': n => 'w'.repeat(n),
  blanks: n => ' '.repeat(n),
  '(null)': n => '(null)'.repeat(n),
  colons: n => ': '.repeat(n),
  escapes: n => '\x1b['.repeat(n),
  'unfinished titles': n => '\x1b]0;'.repeat(n),
  backspaces: n => 'ab\b'.repeat(n),
  'carriage returns': n => 'abc\r'.repeat(n),
  'ever shorter overwrites': n => {
    const length = Math.ceil(Math.sqrt(2 * n))
    return Array.from({ length }, (_, i) => 'x'.repeat(length - i)).join('\r')
  },
  'overwrites of a long line': n => 'x'.repeat(n) + '\ry'.repeat(n),
  entities: n => '&lt;'.repeat(n),
  'unfinished entities': n => '&'.repeat(n),
  tags: n => '<span '.repeat(n),
  'quoted-printable': n => '=3D'.repeat(n),
  'soft line ends': n => `${'a'.repeat(70)}=3D=\n`.repeat(n / 20),
  'equals signs': n => '='.repeat(n),
  'lists that go on': n => `Modules linked in:\n${`${'module_name '.repeat(6)}\n`.repeat(n / 20)}`,
  'code that goes on': n => `Code: 00\n${'deadbeef '.repeat(8)}\n`.repeat(n / 20),
  'frames that go on': n =>
    `foo (a/b.c:1\n${'a/b.c:1 a/b.h:2 a/c.h:3 a/d.h:4 a/e.h:5 a/f.h:6\n'.repeat(n / 20)}`,
  'ends of lines, written out': n => '[    1.000000] a\\n'.repeat(n),
  'escapes, written out': n => '\\x1b[0'.repeat(n),
  'records of /dev/kmsg': n => '6,1,2,-;'.repeat(n),
  'keys of JSON': n => '{"a":"b","msg":"'.repeat(n),
  'quotes, escaped': n => `{"msg":"${'\\"'.repeat(n)}`,
  rulers: n => `${'='.repeat(119)} `.repeat(n / 20),
  'names of tasks': n => ' invoked oom-killer: gfp_mask='.repeat(n),
  'heads of crashes': n => 'BUG: Bad page state in process '.repeat(n),
  'heads of all kinds': n => 'Oops: general protection fault, probably '.repeat(n),
  dumps: n => '(____ptrval____): 78 78 78 78 '.repeat(n),
  'lines cut at the edge': n => `[    1.000000] ${'a'.repeat(65)}\n${`${'b'.repeat(80)}\n`.repeat(n / 20)}`,
  'lines of one letter': n => 'a\n'.repeat(n),
}

function read(text: string): void {
  const reader = new LineReader(() => {})
  const splitter = new LineSplitter(
    (line, form) => reader.line(line, form),
    (block, from, end) => reader.plain(block, from, end),
  )
  for (let time = 0; time < TIMES; time++) splitter.write(`${text}\n`)
  splitter.end()
  reader.end()
}

for (const [name, make] of Object.entries(nasty)) {
  t.test(`eight times as many ${name} take eight times as long`, async t => {
    const width = make(400).length / 400
    takesLinearTime(t, name, length => read(make(Math.ceil(length / width))), LENGTH)
  })
}
