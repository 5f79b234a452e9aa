import t from 'tap'
import { withoutControls } from './controls.ts'

const stamped = (part: string) => /^\[ *\d+\.\d+\]/.test(part)
const clean = (raw: string) => withoutControls(raw, stamped)

const cases: Record<string, [raw: string, lines: string[]]> = {
  'nothing odd': ['[    1.0] a\tb', ['[    1.0] a\tb']],
  'colours, cursor moves and titles': [
    '\x1b[32m[    1.0] \x1b[0;1mok\x1b[0m\x1b[4C\x1b]0;title\x07!',
    ['[    1.0] ok!'],
  ],
  'a sequence that the log cuts short': ['text\x1b[3', ['text']],
  'a time stamp is no sequence': ['\x1b[    1.234567] text', ['[    1.234567] text']],
  'a title without an end takes no more than the line': ['a\x1b]0;title', ['a']],
  'lost bytes': ['a\0\0b\ufffdc\x07\x01', ['abc']],
  'CR CR LF': ['text\r\r', ['text']],
  'what is overwritten is gone': [' 10%\r 20%\r100%', ['100%']],
  'but for what stays beside it': ['0123456789\rabc', ['abc3456789']],
  "a CR between two of the kernel's lines overwrites none": [
    '[ 1.0] a\r[ 2.0] b\r',
    ['[ 1.0] a', '[ 2.0] b'],
  ],
  'a shell that erases': ['lss\b \b -l', ['ls -l']],
  'more backspaces than characters': ['a\b\b\bb', ['b']],
  'nothing but control characters': ['\0\r\x1b[0m', ['']],
}
for (const [name, [raw, lines]] of Object.entries(cases)) t.test(name, async t => t.same(clean(raw), lines))
