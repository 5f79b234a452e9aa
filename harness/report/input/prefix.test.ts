import t from 'tap'
import { readPrefix } from './prefix.ts'

const TEXT = 'Internal error: Oops: 96000004 [#1] PREEMPT SMP'
const read = (raw: string) => {
  const { end, last, stamped, time, caller, printedBy, quotes } = readPrefix(raw)
  return { text: raw.slice(end, last), stamped, time, caller, printedBy, quotes }
}

interface Expected {
  stamped?: boolean
  time?: number | null
  caller?: string
  printedBy?: string
  quotes?: number
}
const printk: Expected = { stamped: true, time: 12.345678 }
const wall: Expected = { stamped: true }

/** What may stand before a message, and what is read from it. */
const cases: Record<string, [prefix: string, Expected]> = {
  nothing: ['', {}],
  'a time stamp': ['[   12.345678] ', printk],
  'no blank after it': ['[   12.345678]', printk],
  'a level': ['<4>', {}],
  'a level and a time stamp': ['<6>[   12.345678] ', printk],
  'a level of a process': ['<12>[   12.345678] ', { ...printk, printedBy: 'user' }],
  'a caller': ['[   12.345678][   T51] ', { ...printk, caller: 'T51' }],
  'a caller apart': ['[   12.345678] [      C2] ', { ...printk, caller: 'C2' }],
  'a caller alone': ['[ T51] ', { stamped: true, caller: 'T51' }],
  'dmesg -T': ['[Mon Nov 19 10:11:12 2018] ', wall],
  'dmesg -e': ['[Nov19 10:11] ', wall],
  'dmesg -e, later': ['[  +0.000012] ', wall],
  'dmesg -d': ['[   12.345678 <    0.000012>] ', printk],
  'dmesg -x': ['kern  :alert : [   12.345678] ', printk],
  'dmesg -x, of a process': ['user  :notice: [   12.345678] ', { ...printk, printedBy: 'user' }],
  'dmesg --time-format iso': ['2023-05-09T13:07:47,195488+02:00 ', {}],
  'journalctl -k': ['Nov 19 10:11:12 board kernel: ', wall],
  'a syslog with stamps': ['Nov  9 10:11:12 board kernel: [   12.345678] ', printk],
  'journalctl -o short-precise': ['Nov 19 10:11:12.345678 board.lan kernel: ', wall],
  'journalctl -o short-iso': ['2018-11-19T10:11:12+0100 board kernel: ', wall],
  'journalctl -o short-full': ['Mon 2018-11-19 10:11:12 UTC board kernel: ', wall],
  'journalctl -o short-unix': ['1542618672.345678 board kernel: ', wall],
  'journalctl -o short-monotonic': ['[   12.345678] board kernel: ', printk],
  "journalctl, a process's": ['Nov 19 10:11:12 board systemd[1]: ', { printedBy: 'systemd[1]' }],
  'a host that was cut off': ['kernel: [   12.345678] ', printk],
  LAVA: ['2023-05-09T13:07:47.195488  kern  :alert : ', wall],
  'GitHub Actions': ['2023-05-09T13:07:47.1954880Z [   12.345678] ', printk],
  'GitLab CI': ['2024-05-22T12:43:46.962646Z 01O [   12.345678] ', printk],
  'a terminal program': ['[2023-05-09 13:07:47.195] [   12.345678] ', printk],
  'a terminal program, the time only': ['[13:07:47.195] [   12.345678] ', printk],
  grabserial: ['[0.000123 0.000012] [   12.345678] ', printk],
  'logcat -v threadtime': ['11-19 10:11:12.345     0     0 E KERNEL  : [   12.345678] ', printk],
  'logcat -v brief': ['E/KERNEL  (    0): <6>[   12.345678] ', printk],
  "a vendor's CPU": ['[   12.345678,3] ', printk],
  "a vendor's task": ['[   12.345678] I[0:      swapper/0:    1] ', { ...printk, caller: 'T1' }],
  'quoted, deep': ['> > >>[   12.345678] ', { ...printk, quotes: 4 }],
  'quoted with bars': ['| | [   12.345678] ', { ...printk, quotes: 2 }],
  'quoted and indented': ['> >     [   12.345678] ', { ...printk, quotes: 2 }],
  'quoted, no more': ['> ', { quotes: 1 }],
}
for (const [name, [prefix, expected]] of Object.entries(cases)) {
  t.test(name, async t => {
    const none = { stamped: false, time: null, caller: '', printedBy: null, quotes: 0 }
    t.same(read(prefix + TEXT), { text: TEXT, ...none, ...expected })
  })
}

t.test("LAVA's output.yaml", async t => {
  t.match(read(`- {"dt": "2023-05-09T13:07:47.195", "lvl": "target", "msg": "[   12.345678] ${TEXT}"}`), {
    text: TEXT,
    time: 12.345678,
  })
})

t.test('blanks of the message are kept', async t => {
  t.equal(read('[   12.345678]  foo+0x1/0x2').text, ' foo+0x1/0x2')
  t.equal(read('>    ESR = 1').text, '   ESR = 1')
  t.equal(read('    ESR = 1').text, '    ESR = 1')
})

const innocent = [
  '>ffff0008901cc000: fc fc fc fc',
  '[0000000000000038] user address but active_mm is swapper',
  '[mem 0x0000000048000000-0x00000000ffffffff]',
  'the kernel: a book',
  'Hardware name: Board (DT)',
  'May I ask you',
  '10 kernel: no',
  '|a|',
]
for (const line of innocent)
  t.test(`no prefix: ${line}`, async t => t.match(read(line), { text: line, stamped: false }))

t.test('an ISO date before a message is not taken for a host', async t => {
  t.equal(read('2023-05-09T13:07:47.195488 Hardware name: Board').text, 'Hardware name: Board')
  t.equal(read('2023-05-09T13:07:47.195488 Call trace: ').text, 'Call trace: ')
})

t.test('/dev/kmsg’s records: of another facility, a process wrote it', async t => {
  const kernel = readPrefix('4,12,5678901,-,caller=T51;text')
  t.match(kernel, { stamped: true, time: 5.678901, caller: 'T51', printedBy: null, end: 26 })
  t.match(readPrefix('12,13,5678901,-;text'), { stamped: false, time: null, printedBy: 'user' })
  t.match(readPrefix('6.4.0,6,444,501151268,-,ncfrag=0/33;text'), { stamped: true, time: 501.151268 })
  t.match(readPrefix('1,2,3;text'), { stamped: false, end: 0 })
})
