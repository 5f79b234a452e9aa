import t from 'tap'
import { readLine } from '../input/line.ts'
import { parseConsole } from '../parse.ts'
import { DiskHealth } from './health.ts'
import { diskMessages } from './messages.ts'

const NONCE = 'ab'.repeat(16)

// linux 6.1, QEMU's SMMUv3, not coherent, its page table refused.
const DYING = `
[    1.165943] ata1: SATA max UDMA/133 abar m4096@0x10000000 port 0x10000100 irq 18
[    1.524321] ata1: SATA link up 1.5 Gbps (SStatus 113 SControl 300)
[    6.606751] ata1.00: qc timeout after 5000 msecs (cmd 0xec)
[    6.607271] ata1.00: failed to IDENTIFY (I/O error, err_mask=0x4)
[    6.918276] ata1: SATA link up 1.5 Gbps (SStatus 113 SControl 300)`
const WHY = 'ata1.00: qc timeout after 5000 msecs (cmd 0xec), failed to IDENTIFY (I/O error, err_mask=0x4)'

// linux 6.1, map-readonly: specs/fault.spec.ts.
const RECOVERING = `
[    3.269726] ata1.00: exception Emask 0x0 SAct 0x0 SErr 0x0 action 0x6
[    3.269996] ata1.00: BMDMA stat 0x4
[    3.270168] ata1.00: failed command: unknown
[    3.270306] ata1.00: cmd c8/00:08:00:00:00/00:00:00:00:00/e0 tag 0 dma 4096 in
[    3.270646] ata1: hard resetting link
[    3.585933] ata1: SATA link up 3.0 Gbps (SStatus 123 SControl 300)
[    3.593232] ata1.00: configured for UDMA/100
[    3.597423] ata1: EH complete
[    3.632606] ata1: limiting SATA link speed to 1.5 Gbps`

function health(...logs: string[]): DiskHealth {
  const health = new DiskHealth()
  const lines = logs.flatMap(log => log.trim().split('\n'))
  for (const [i, line] of lines.entries()) health.line(readLine(line, i))
  return health
}

t.test('a disk that does not answer is ailing, in the words of libata', async t => {
  t.same(health(DYING).ailment, { why: WHY, patience: 4 })
  t.equal(health(DYING, DYING).ailment?.why, WHY, 'the same again is not told twice')
})

t.test('a link that goes up does not make it well; a device that is configured does', async t => {
  t.equal(health(DYING, '[    7.0] ata1.00: ATA-7: QEMU HARDDISK, 2.5+, max UDMA/100').ailment?.why, WHY)
  t.equal(health(DYING, '[    7.0] ata1.00: configured for UDMA/100').ailment, null)
  t.equal(health(DYING, '[    7.0] ata2.00: configured for UDMA/100').ailment?.why, WHY, "another's does not")
})

t.test('error handling that recovers, and a port with nothing on it, are not ailing', async t => {
  t.equal(health(RECOVERING).ailment, null)
  t.equal(health('[    1.0] ata2: SATA link down (SStatus 0 SControl 300)').ailment, null)
  t.equal(
    health('[    1.0] ata1.00: qc timeout after 5000 msecs (cmd 0xec)').ailment,
    null,
    'a sign is none yet',
  )
})

t.test('only what libata says of a port counts', async t => {
  for (const line of [
    '[    1.0] foo: ata1.00: failed to IDENTIFY (I/O error, err_mask=0x4)',
    '[    1.0] ata1.00: foo: failed to IDENTIFY (I/O error, err_mask=0x4)',
    '[    1.0] atari: failed to IDENTIFY (I/O error, err_mask=0x4)',
  ])
    t.equal(health(line).ailment, null, line)
})

for (const { text, means, patience } of diskMessages) {
  t.test(`'${text}…': ${means}`, async t => {
    const { ailment } = health(`[    1.0] ata1: ${text}1`)
    if (means === 'sign' || means === 'well') t.equal(ailment, null)
    else t.same(ailment, { why: `ata1: ${text}1`, patience })
  })
}

t.test('the report says why the disk is dead, with and without a word of the init', async t => {
  const { disk } = parseConsole(DYING.trim().split('\n'), { nonce: NONCE })
  t.same(disk, { ok: false, device: null, steps: {}, written: null, why: WHY })
  const none = [...DYING.trim().split('\n'), `[   49.1] dmaspec: ${NONCE} disk device=none`]
  t.match(parseConsole(none, { nonce: NONCE }).disk, { ok: false, device: null, why: WHY })
  const other = [
    ...DYING.trim().split('\n'),
    `[   49.1] dmaspec: ${NONCE} disk device=sda read=ok write=ok reread=ok`,
  ]
  t.match(
    parseConsole(other, { nonce: NONCE }).disk,
    { ok: true, why: null },
    'another one was read and written right',
  )
})

t.test('a log of millions of ports costs no more than of a few', async t => {
  const many = Array.from({ length: 9999 }, (_, i) => `[    1.0] ata${i}: disable device${'!'.repeat(9999)}`)
  const { ailment } = health(...many)
  t.ok(ailment && ailment.why.length < 200)
})
