import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { A_GOOD_BOOT, THE_REPORT } from '../consoles.ts'
import { LineSplitter } from './chunks.ts'
import { readLine, type Line } from './line.ts'
import { LineReader } from './reader.ts'

/** What there is to read of a line, whatever it is made of. */
const plain = ({ text, caller, stamped, time, before, printedBy, number }: Line): Line => ({
  ...{ text, caller, stamped, time, before, printedBy, number },
})

/** Through the splitter, as files are read. */
function read(text: string | Uint8Array): Line[] {
  const lines: Line[] = []
  const reader = new LineReader(line => lines.push(plain(line)))
  const splitter = new LineSplitter(
    (line, form) => reader.line(line, form),
    (block, from, end) => reader.plain(block, from, end),
  )
  splitter.write(typeof text === 'string' ? new TextEncoder().encode(text) : text)
  splitter.end()
  reader.end()
  return lines
}

/** As they are read when nothing is known of their form. */
function readUnseen(raw: readonly string[]): Line[] {
  const lines: Line[] = []
  const reader = new LineReader(line => lines.push(plain(line)))
  for (const line of raw) reader.line(line)
  reader.end()
  return lines
}

const texts = (text: string) => read(text).map(line => line.text)

t.test(
  'a console that nothing happened to reads as readLine reads it, by the quick way and the other',
  async t => {
    const nonce = '0123456789abcdef0123456789abcdef'
    const consoles = [
      A_GOOD_BOOT(nonce),
      A_GOOD_BOOT(nonce).map(line => line.replace('] ', '][    T1] ')),
      A_GOOD_BOOT(nonce).map(line => line.replace('] ', '] [      C2] ')),
      A_GOOD_BOOT(nonce).map(line => `<6>${line}`),
      [
        '[12345.678901] a',
        '[    0.1] b',
        '[    1.234567]c',
        '[ 9999999999.123456] d',
        '[    1.234567] ',
        'x[    1.5] y',
      ],
      ['[    1.234567]  [mem 0x1-0x2] [0] 1', '[    1.234567] a [CT] [C', '[    1.', '[', '', ' '],
    ]
    for (const console of consoles) {
      const expected = console.map((line, i) => readLine(line, i + 1))
      t.same(read(console.join('\n')), expected)
      t.same(readUnseen(console), expected)
    }
  },
)

t.test(
  "a process's lines between the kernel's stay their own, and what stands before a stamp is told",
  async t => {
    const lines = [
      `[    0.000000] Linux version 6.12.48-arm64 (build@board) (aarch64-linux-gnu-gcc 12.2.0) #1 SMP PREEMPT`,
      '[    1.000000] sata_rcar ee300000.sata: a message that is as long as a line is wide',
      'starting the daemon',
      '# ls /sys[    2.000000] usb 1-1: new high-speed USB device',
    ]
    t.same(
      read(lines.join('\n')),
      lines.map((line, i) => readLine(line, i + 1)),
    )
  },
)

t.test('two stamps in a line are two lines; a time that is long before is what a line is about', async t => {
  t.match(read('[    1.000000] a [    1.100000] b <6>[    1.200000][   T5] c\n'), [
    { text: 'a ', time: 1, number: 1 },
    { text: 'b ', time: 1.1, number: 1 },
    { text: 'c', time: 1.2, caller: 'T5', number: 1 },
  ])
  t.same(texts('[  100.000000] remote: [    1.100000] b\n'), ['remote: [    1.100000] b'])
  t.match(read('> > [    1.000000] a > > [    1.100000] b\n'), [{ text: 'a ' }, { text: 'b' }])
})

t.test('LAVA’s signals in the middle of a line', async t => {
  const stamp = '2023-05-09T13:13:31.018862  '
  t.match(
    read(
      [
        `${stamp}kern  :alert : Data <8>[   30.648785] <LAVA_SIGNAL_TESTCASE TEST_CASE_ID=alert>`,
        '',
        `${stamp}abort info:`,
        `${stamp}kern  :alert :   CM = 0, WnR = 0`,
      ].join('\n'),
    ).filter(line => line.text !== ''),
    [
      { text: '<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=alert>', printedBy: 'user', number: 1 },
      { text: 'Data abort info:', number: 1, stamped: true },
      { text: '  CM = 0, WnR = 0', number: 4 },
    ],
  )
})

const mangled: Record<string, (lines: readonly string[]) => string> = {
  'CRLF and lost bytes': lines => lines.map(line => `\0${line}\r\n`).join(''),
  'CR only': lines => lines.map((line, i) => `[    1.${String(i).padStart(6, '0')}] ${line}\r`).join(''),
  colours: lines => lines.map(line => `\x1b[33m[    1.000000] \x1b[0m\x1b[1m${line}\x1b[0m\n`).join(''),
  'quoted to any depth': lines => lines.map(line => `> > >> | ${line}\n`).join(''),
  'indented in a quotation': lines => lines.map(line => `>     [    1.000000] ${line}\n`).join(''),
  HTML: lines => `<pre>${lines.map(line => `${line.replaceAll('<', '&lt;')}<br>\n`).join('')}</pre>`,
  'quoted-printable': lines => encoded(lines.map(line => `[    1.000000] ${line}`)),
  'wrapped by a mail program': lines => lines.map(line => wrap(line, 72)).join(''),
  'wrapped, quoted and stamped': lines =>
    lines.map(line => wrap(`[    1.000000] ${line}`, 72, '> ')).join(''),
  'all on one line': lines => lines.join(' '),
  'several on a line': lines => lines.map((line, i) => line + (i % 3 === 0 ? '\n' : ' ')).join(''),
  'stamped, all on one line': lines => lines.map(line => `[    1.000000] ${line}`).join(' '),
  'UTF-16': lines => lines.join('\n'),
}
for (const [name, mangle] of Object.entries(mangled)) {
  t.test(name, async t => {
    const whole = THE_REPORT.map(line => line.trim())
    const text = mangle(whole)
    const bytes = name === 'UTF-16' ? new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le')) : text
    t.same(
      read(bytes)
        .map(line => line.text.trim().replace(/ +/g, ' '))
        .filter(line => line !== ''),
      whole,
    )
  })
}

/** RFC 2045: `=` escaped, lines of at most 76 characters. */
function encoded(lines: readonly string[]): string {
  return lines
    .map(line =>
      line
        .replaceAll('=', '=3D')
        .replace(/(.{75})(?=.)/g, '$1=\n')
        .concat('\n'),
    )
    .join('')
    .replaceAll(/=\n(?=3D)|=3=\nD/g, '=3D')
}

/** As a mail program wraps: at blanks, and what is quoted keeps its mark in the first half only. */
function wrap(line: string, width: number, mark = ''): string {
  if (line.length <= width) return `${mark}${line}\n`
  const at = line.lastIndexOf(' ', width)
  return at <= 20 ? `${mark}${line}\n` : `${mark}${line.slice(0, at)}\n${mark}${line.slice(at + 1)}\n`
}

// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x08\x0b-\x1f]/
const LOGS = new URL('../../../../shared/logs/mail/', import.meta.url)
const skip = existsSync(LOGS) ? false : 'no sample logs in ../shared/logs beside the clone'
const log = (name: string) => read(readFileSync(new URL(name, LOGS)))

t.test('real mails', { skip }, async t => {
  t.test('the one on a single line has the same lines as the restored one', async t => {
    const crash = (name: string) => {
      const all = log(name).map(line => line.text.trim())
      return all.slice(
        all.findIndex(line => line.startsWith('ipmmu-vmsa')),
        all.findIndex(line => line.startsWith('---[ end')) + 1,
      )
    }
    t.same(crash('01-seed-ipmmu-oneline.log'), crash('02-seed-ipmmu-restored.log'))
    t.ok(crash('02-seed-ipmmu-restored.log').length > 60)
  })

  const joins: Record<string, string[]> = {
    '19-rcar-v4m-genpd-oops-interleaved.log': [
      'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000040',
      'CPU: 2 UID: 0 PID: 46 Comm: kworker/u16:2 Tainted: G        W 6.18.0-rc3-arm64-renesas-04934-g585255656363-dirty #3296 PREEMPT',
    ],
    '35-x1-apparmor-kasan-7.0-decoded-wrapped.log': [
      'CPU: 5 UID: 60578 PID: 2120 Comm: snap-update-ns Not tainted 7.0.0-rc4 #22 PREEMPTLAZY',
      'el0_svc_common.constprop.0 (./include/linux/thread_info.h:142 (discriminator 2) arch/arm64/kernel/syscall.c:140 (discriminator 2))',
    ],
    '23-rcar-m3-ravb-oops-4.14-outlook-collapsed.log': [
      'Unable to handle kernel NULL pointer dereference at virtual address 00000018',
      'Internal error: Oops: 96000046 [#1] PREEMPT SMP',
      'PC is at ravb_start_xmit+0x138/0x5a0',
      '[<ffff0000080832c0>] el0_svc_naked+0x34/0x38',
      'Kernel panic - not syncing: Fatal exception in interrupt',
    ],
    '29-kernelci-loglevel-prefix-lava.log': [
      'Data abort info:',
      'Internal error: Oops: 0000000096000004 [#1] PREEMPT SMP',
    ],
    '04-rcar-sata-dma-boundary-quoted.log': [
      'WARNING: CPU: 5 PID: 38 at kernel/dma/debug.c:1233 debug_dma_map_sg+0x298/0x300',
    ],
  }
  for (const [name, lines] of Object.entries(joins)) {
    t.test(name, async t => {
      const all = log(name).map(line => line.text.trim())
      for (const line of lines) t.ok(all.includes(line), line)
    })
  }

  t.test('a serial capture has no control characters left, and its stamps are all read', async t => {
    const lines = log('09-rcar-m3wp-pcie-serror-crlf-bootlog.log')
    t.same(
      lines.filter(line => CONTROL.test(line.text)),
      [],
    )
    t.ok(lines.filter(line => line.stamped).length > 450)
    t.ok(lines.every(line => line.stamped === (line.time !== null)))
  })
})

t.test('a terminal cuts at its edge, within words', async t => {
  const row = (text: string, columns: number) => text.padEnd(columns, 'x')
  for (const columns of [80, 100, 132]) {
    const first = row('[    1.000000] Hardware name: Board ', columns)
    t.same(texts(`${first}yz (DT)\n[    1.000001] a`).length, 2, 'not cut')
    t.same(texts(`${first}\nyz (DT)\n[    1.000001] a`), [`${first.slice(15)}yz (DT)`, 'a'])
    const before = '[    0.000000] '.padEnd(160, 'w')
    t.same(texts(`${before}\n${first}\nStarting`).length, 3, 'a wider line before: no terminal cut this')
  }
  t.same(texts(`> ${row('[    1.000000] ', 80)}\n> yz`).length, 1, 'quoted')
  const odd = row('[    1.000000] ', 94)
  t.same(texts(`${odd}\nStarting`).length, 2, 'once may be by chance, if no terminal is so wide')
  t.same(texts(`${odd}\na\n${odd}\nb\n${odd}\nc`).length, 5, 'thrice is not')
})
