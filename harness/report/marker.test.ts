import t from 'tap'
import { readLine } from './input/line.ts'
import { MarkerReader } from './marker.ts'
import { parseConsole } from './parse.ts'

const NONCE = '0123456789abcdef0123456789abcdef'
const words = (lines: string[], nonce: string | null = NONCE) => {
  const reader = new MarkerReader(nonce)
  return lines.map((line, i) => reader.read(readLine(line, i + 1))).filter(found => found !== null)
}

const told = {
  'on a line of its own': [`dmaspec: ${NONCE} done`],
  'through /dev/kmsg': [`[    1.500000] dmaspec: ${NONCE} done`],
  'after other text': [`# dmaspec: ${NONCE} done`],
  'after kernel text': [`[    1.500000] random: crng init dmaspec: ${NONCE} done`],
  'cut by a kernel line': [
    `dmaspec: ${NONCE.slice(0, 9)}[    1.500000] random: crng init`,
    `${NONCE.slice(9)} done`,
  ],
  'cut twice': [
    'dmas[    1.500000] one',
    `pec: ${NONCE}[    1.500001][    T1] two`,
    '[    1.500002] three, whole, between',
    ' done',
  ],
  'before a kernel line that nothing follows': [`dmaspec: ${NONCE} done[    2.000000] reboot: Power down`],
}
for (const [name, lines] of Object.entries(told)) {
  t.test(`the marker ${name}`, async t => t.same(words(lines), ['done']))
}

const untold = {
  'another nonce': [`dmaspec: ${NONCE.replace('0', 'f')} done`],
  'no nonce': ['dmaspec: done'],
  "the kernel's command line": [`[    0.000000] Kernel command line: panic=-1 dmaspec.nonce=${NONCE} done`],
  'pieces of two lines': [`dmaspec: ${NONCE}`, ' done'],
}
for (const [name, lines] of Object.entries(untold)) {
  t.test(`no marker: ${name}`, async t => t.same(words(lines), []))
}

t.test("without a nonce anyone's words count", async t => {
  t.same(words([`dmaspec: ${'a'.repeat(32)} done`], null), ['done'])
})

t.test("the init's disk report", async t => {
  const disk = (line: string) => parseConsole([line], { nonce: NONCE }).disk
  t.same(disk(`dmaspec: ${NONCE} disk device=sda read=ok write=fail reread=ok`), {
    ok: false,
    device: 'sda',
    steps: { read: 'ok', write: 'fail', reread: 'ok' },
    written: null,
    why: null,
  })
  t.same(disk(`dmaspec: ${NONCE} disk device=none`), {
    ok: false,
    device: null,
    steps: {},
    written: null,
    why: null,
  })
  t.equal(disk(`dmaspec: ${NONCE} disk device=sda read=ok`)?.ok, false, 'a step left out is not ok')
  t.equal(disk(`dmaspec: ${'0'.repeat(32)} disk device=sda read=ok write=ok reread=ok`), null)

  const lines = ['emmc device=mmcblk0 read=ok write=ok reread=ok', 'disk device=none']
  const report = parseConsole(
    lines.map(line => `dmaspec: ${NONCE} ${line}`),
    { nonce: NONCE },
  )
  t.match(report, { emmc: { ok: true, device: 'mmcblk0' }, disk: { ok: false } }, 'each disk has its own')
  t.notOk('emmc' in parseConsole([lines[1]!], { nonce: NONCE }), 'no eMMC, no report of one')
})
