import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { parseConsole } from '../parse.ts'
import type { Oops } from '../report.ts'

/** Crashes of all families, as real kernels printed them. */
const GOLDENS = [
  ...[
    '7.3/null-deref-read',
    '5.10/alignment-of-data',
    '6.1/slab-freed-twice',
    '5.10/slab-poison-overwritten',
  ],
  ...[
    '6.1/ubsan-array-bounds',
    '7.3/hung-task',
    '6.12/soft-lockup',
    '6.12/rcu-stall',
    '7.3/fortified-string',
  ],
  ...['6.1/usercopy-of-code', '6.12/kfence-use-after-free', '6.12/bad-page', '6.1/out-of-memory'],
  ...['5.10/warning-with-message', '6.12/workqueue-stall', '7.3/scheduling-while-atomic', '5.10/bug'],
  ...['5.10/bug-in-interrupt'],
]

type Form = (lines: string[]) => string[]

const unstamp = (line: string) => line.replace(/^\[ *\d+\.\d+\] ?/, '')
const each =
  (change: (line: string, number: number) => string): Form =>
  lines =>
    lines.map((line, i) => change(line, i + 1))
/** As a terminal does. */
const cut =
  (columns: number): Form =>
  lines =>
    lines.flatMap(line => line.match(new RegExp(`.{1,${columns}}`, 'g')) ?? [''])
/** As a mail program does. */
const wrap =
  (columns: number): Form =>
  lines =>
    lines.flatMap(line => {
      const rows: string[] = []
      let rest = line
      while (rest.length > columns) {
        const blank = rest.lastIndexOf(' ', columns)
        if (blank < 20) break
        rows.push(rest.slice(0, blank))
        rest = rest.slice(blank + 1)
      }
      return [...rows, rest]
    })
const json = (line: string) => JSON.stringify(line).slice(1, -1)

/** What others make of a console. `not` names goldens that are known not to survive it. */
const FORMS: readonly { name: string; make: Form; not?: RegExp }[] = [
  { name: 'CRLF', make: each(line => `${line}\r`) },
  { name: 'screen -L', make: each(line => `${line}\r\r`) },
  { name: 'quoted', make: each(line => `> ${line}`) },
  { name: 'quoted three times', make: each(line => `> > >${line}`) },
  { name: 'a table of Markdown', make: each(line => `| ${line}`) },
  { name: 'indented', make: each(line => `    ${line}`) },
  { name: 'without time stamps', make: each(unstamp) },
  { name: 'without leading blanks', make: each(line => unstamp(line).trimStart()) },
  { name: 'trailing blanks', make: each(line => `${line}   `) },
  { name: 'a blank line after each', make: lines => lines.flatMap(line => [line, '']) },
  { name: 'levels', make: each(line => `<4>${line}`) },
  { name: 'dmesg -T', make: each(line => line.replace(/^\[ *\d+\.\d+\]/, '[Mon Nov 19 10:11:12 2018]')) },
  {
    name: 'dmesg --color=always',
    make: each(line => line.replace(/^(\[ *\d+\.\d+\] )(.*)$/, '\x1b[32m$1\x1b[0m\x1b[33m$2\x1b[0m')),
  },
  { name: 'journalctl -k', make: each(line => `Nov 19 10:11:12 board kernel: ${unstamp(line)}`) },
  { name: 'syslog', make: each(line => `Nov 19 10:11:12 board kernel: ${line}`) },
  { name: 'GitHub’s time stamps', make: each(line => `2024-02-16T16:15:14.1234567Z ${line}`) },
  { name: 'Jenkins’s', make: each(line => `[2023-05-09T13:07:47.195Z] ${line}`) },
  { name: 'GitLab’s', make: each(line => `2024-02-16T16:15:14.123456Z 00O ${line}`) },
  { name: 'Python’s logging', make: each(line => `2023-05-09 13:07:47,195 - qemu - DEBUG - ${line}`) },
  { name: 'tbot', make: each(line => `│   ## ${line}`) },
  { name: '/dev/kmsg', make: each((line, i) => `4,${i},${i}00,-;${unstamp(line)}`) },
  { name: 'netconsole, extended', make: each((line, i) => `6.12.0,4,${i},${i}00,-;${unstamp(line)}`) },
  { name: 'numbered by an editor', make: each((line, i) => `${i}: ${line}`) },
  { name: 'cat -n', make: each((line, i) => `${String(i).padStart(6)}\t${unstamp(line)}`) },
  { name: 'cat -v', make: each(line => `^[[32m${line}^[[0m`) },
  { name: 'Docker’s JSON', make: each(line => `{"log":"${json(line)}\\n","stream":"stdout","time":"2024"}`) },
  { name: 'wrapped at 79', make: wrap(79) },
  { name: 'wrapped at 72, unstamped', make: lines => wrap(72)(lines.map(unstamp)) },
  { name: 'wrapped at 76, quoted', make: lines => wrap(76)(lines).map(line => `> ${line}`) },
  { name: 'cut at 80', make: cut(80) },
  { name: 'cut at 100', make: cut(100) },
  { name: 'cut at 132', make: cut(132) },
  { name: 'cut at 94, which no terminal has', make: cut(94) },
  { name: 'cut at 80, unstamped', make: lines => cut(80)(lines.map(unstamp)) },
  { name: 'cut at 80, quoted', make: lines => cut(80)(lines).map(line => `> ${line}`) },
  { name: 'on one line', make: lines => [lines.map(line => line.trim()).join(' ')], not: /usercopy-of-code/ },
  {
    name: 'on one line, unstamped',
    make: lines => [lines.map(line => unstamp(line).trim()).join(' ')],
    not: /hung-task|usercopy-of-code/,
  },
  { name: 'a JSON string', make: lines => [`  "log_excerpt": "${lines.map(json).join('\\n')}",`] },
  {
    name: 'a JSON string, unstamped',
    make: lines => [`"log": "${lines.map(unstamp).map(json).join('\\n')}"`],
  },
  { name: 'rsyslog’s #012', make: lines => [lines.join('#012')] },
]

/** What must be the same whatever was made of the log. */
function essence({ kind, title, callTrace, registers, comm, cpu, pid, hardware, kernel }: Oops) {
  const frames = callTrace.map(({ symbol }) => symbol)
  return { kind, title, frames, registers, comm, cpu, pid, hardware, kernel }
}

for (const golden of GOLDENS) {
  const path = new URL(`../../goldens/consoles/${golden}.log`, import.meta.url)
  t.test(golden, { skip: existsSync(path) ? false : 'is not there' }, async t => {
    const lines = readFileSync(path, 'utf8')
      .split('\n')
      .filter(line => !line.startsWith('# '))
    const plain = parseConsole(lines).oopses.map(essence)
    t.ok(plain.length > 0, 'it has a crash')
    for (const { name, make, not } of FORMS) {
      if (not?.test(golden)) continue
      t.same(parseConsole(make(lines)).oopses.map(essence), plain, name)
    }
  })
}
