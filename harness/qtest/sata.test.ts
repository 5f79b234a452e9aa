import t from 'tap'
import { isRaised, SPI } from './board.ts'
import { BIT, Context, PAGE, Tables } from './ipmmu.ts'
import type { Qtest } from './qtest.ts'
import { startQtest } from './start.ts'
import {
  descriptorTable,
  emptyDisk,
  ENDS,
  SATA,
  SECTOR,
  startSata,
  START,
  STOP,
  TO_MEMORY,
  transferAt,
  transferBy,
} from './sata.ts'

const GiB = 2 ** 30
const LOW = 0x4900_0000
const TABLE = 0x4a00_0000
/** End of the first bank, of which 1 GiB is RAM. */
const RAM_END = 0x4000_0000 + GiB
/** SATA's micro-TLB of ipmmu_hc when no tree says another. */
const UTLB = 2
const HIGH = 0x7_0000_0000n

/** The drive's error register when the host ended the data phase: ICRC and ABRT, a bus error to libata. */
const BUS_ERROR = 0x84
const TWO_ENDS = ENDS.NEND | ENDS.DNEND
const ALL_ENDS = ENDS.NEND | ENDS.ERR | ENDS.DEVTRM | ENDS.DNEND

t.setTimeout(90_000)

t.test('registers at reset, and what they hold', async t => {
  await using qtest = await startQtest({ disk: emptyDisk(t.testdir()) })
  const read = (address: number) => qtest.readl(0xee300000 + address)
  t.equal(await read(0x180), 0, 'CONTROL1')
  t.equal(await read(0x1400), 0x123, 'SStatus: 3.0 Gb/s, active')
  t.equal(await read(0x1508), 8, 'SATAINTSTAT: the link came up')
  for (const [offset, mask] of [
    [0x198, ~3],
    [0x19c, -1],
    [0x1a0, -1],
    [0x1a4, -1],
    [0x102c, -1],
    [0x1704, -1],
    [0x1740, -1],
    [0x150c, 0xfff],
  ] as const) {
    qtest.writel(0xee300000 + offset, 0xdeadbeef)
    t.equal(await read(offset), (0xdeadbeef & mask) >>> 0, `0x${offset.toString(16)}`)
  }
  for (const offset of [0x1b0, 0x210, 0x214, 0x1400]) {
    const before = await read(offset)
    qtest.writel(0xee300000 + offset, ~before)
    t.equal(await read(offset), before, `0x${offset.toString(16)} is read-only`)
  }
})

t.test('data moves both ways, and the interrupt says so', async t => {
  await using qtest = await started(t.testdir())
  const data = Buffer.from(Array.from({ length: 4 * SECTOR }, (_, i) => (i * 7) % 251))
  qtest.write(LOW, data)
  t.equal((await transferAt(qtest, LOW, { toMemory: false, sectors: 4, lba: 100 })).error, 0)
  qtest.memset(LOW, data.length)
  const { status } = await transferAt(qtest, LOW, { toMemory: true, sectors: 4, lba: 100 })
  t.equal(status & ALL_ENDS, ENDS.NEND)
  t.same(await qtest.read(LOW, data.length), data)
})

t.test('a chain of descriptors', async t => {
  await using qtest = await started(t.testdir())
  const data = Buffer.from(Array.from({ length: 2 * SECTOR }, (_, i) => (i * 13) % 253))
  qtest.write(LOW, data)
  await transferAt(qtest, LOW, { toMemory: false, sectors: 2, lba: 9 })
  const sector2 = { toMemory: true, sectors: 2, lba: 9 }

  const rows: {
    what: string
    entries: { address: number; length: number }[]
    ends?: boolean
    table?: number
    sectors?: number
    wanted: number
    error?: number
    log?: RegExp
  }[] = [
    {
      what: 'in pieces, across pages, at odd places',
      entries: [
        { address: LOW + 0xffe, length: 2 },
        { address: LOW + 0x1000, length: 510 },
        { address: LOW + 0x3ff8, length: 512 },
      ],
      wanted: TWO_ENDS,
    },
    {
      what: 'whose table crosses a page',
      table: TABLE + 0xff8,
      entries: [
        { address: LOW, length: 1000 },
        { address: LOW + 1000, length: 24 },
      ],
      wanted: TWO_ENDS,
    },
    {
      what: 'with an empty one in it: it moves nothing',
      entries: [
        { address: LOW, length: 0 },
        { address: LOW, length: 1024 },
      ],
      wanted: TWO_ENDS,
      log: /descriptor of 0x0 bytes/,
    },
    {
      what: 'that is longer than the command: the drive ends it',
      entries: [{ address: LOW, length: 4096 }],
      wanted: ENDS.DEVTRM,
    },
    {
      what: 'that is too short: an error at once',
      entries: [{ address: LOW, length: 1023 }],
      wanted: ENDS.ERR,
      error: BUS_ERROR,
      log: /memory for 0x3ff of 0x400 bytes/,
    },
    {
      what: 'with DTEND too early',
      entries: [
        { address: LOW | 1, length: 512 },
        { address: LOW + 512, length: 512 },
      ],
      wanted: ENDS.ERR,
      error: BUS_ERROR,
      log: /memory for 0x200 of 0x400 bytes/,
    },
    {
      what: 'that never ends, of empty ones',
      entries: Array.from({ length: 5000 }, () => ({ address: LOW, length: 0 })),
      ends: false,
      wanted: ENDS.ERR,
      error: BUS_ERROR,
      log: /no DTEND in 4096 descriptors/,
    },
    {
      what: 'of more runs than the block layer takes',
      entries: Array.from({ length: 1025 }, (_, i) => ({ address: LOW + 2 * i, length: 1 })),
      sectors: 4,
      ends: false,
      wanted: ENDS.ERR,
      error: BUS_ERROR,
      log: /a transfer of more than 1024 runs/,
    },
    {
      what: 'that leads to no memory',
      entries: [{ address: 0x1000_0000, length: 1024 }],
      wanted: ENDS.ERR,
      error: BUS_ERROR,
      log: /no RAM at 0x10000000/,
    },
    {
      what: 'that runs off the end of memory',
      entries: [{ address: RAM_END - 512, length: 1024 }],
      wanted: ENDS.ERR,
      error: BUS_ERROR,
      log: /no RAM at/,
    },
    {
      what: "that leads to the device's own registers",
      entries: [{ address: 0xee30_0180, length: 1024 }],
      wanted: ENDS.ERR,
      error: BUS_ERROR,
      log: /no RAM at 0xee300180/,
    },
    {
      what: 'that runs past 32 bits: it goes on at 0, where nothing is',
      entries: [{ address: 0xffff_fe00, length: 1024 }],
      wanted: ENDS.ERR,
      error: BUS_ERROR,
    },
    { what: 'in no memory', table: 0x1000_0000, entries: [], wanted: ENDS.ERR, error: BUS_ERROR },
    {
      what: 'at the end of memory',
      table: RAM_END - 8,
      entries: [{ address: LOW, length: 512 }],
      ends: false,
      wanted: ENDS.ERR,
      error: BUS_ERROR,
    },
  ]
  for (const { what, entries, ends = true, table = TABLE, sectors = 2, wanted, error = 0, log } of rows) {
    qtest.memset(LOW, 0x8000, 0xee)
    qtest.memset(TABLE, 0x10000)
    qtest.write(table, descriptorTable(entries, { ends }))
    const logged = (await qtest.log()).length
    const end = await transferBy(qtest, table, { ...sector2, sectors })
    t.equal(end.status & ALL_ENDS, wanted, what)
    t.equal(end.error, error)
    const lines = (await qtest.log()).slice(logged)
    if (log) t.match(lines.join('\n'), log)
    const got = await Promise.all(
      entries.slice(0, 3).map(({ address, length }) => memory(qtest, address, length)),
    )
    if (wanted === TWO_ENDS) t.same(Buffer.concat(got), data)
    else if (wanted === ENDS.DEVTRM) t.same(got[0]?.subarray(0, 1024), data)
    else
      t.ok(
        got.every(bytes => bytes.every(byte => byte === 0xee || byte === 0)),
        'and nothing was moved',
      )
    // The next command is fine, whatever became of this one.
    t.match(await transferAt(qtest, LOW, sector2), { error: 0 })
  }
})

t.test('an address of the wrong direction, and a START without a command', async t => {
  const folder = t.testdir()
  await using qtest = await started(folder)
  qtest.writel(SATA.DMA_START_ADR, LOW)
  qtest.writel(SATA.DMA_TRANS_CNT, SECTOR)
  qtest.writel(SATA.TASK_COUNT, 1)
  qtest.writel(SATA.TASK_COMMAND, 0xc8)
  qtest.writel(SATA.CONTROL1, 0x10800 | START)
  t.equal((await qtest.readl(SATA.STATUS)) & ALL_ENDS, ENDS.ERR)
  t.match(await qtest.log(), [/CONTROL1.RW = 0, but the drive's command is the other way/])

  await using waiting = await started(folder)
  waiting.writel(SATA.CONTROL1, 0x10800 | TO_MEMORY | START)
  t.equal((await waiting.readl(SATA.STATUS)) & (ALL_ENDS | ENDS.ACT), ENDS.ACT, 'it waits')
  waiting.writel(SATA.CONTROL1, 0x10800 | STOP)
  t.equal((await waiting.readl(SATA.STATUS)) & (ALL_ENDS | ENDS.ACT), 0, 'until it is stopped')
})

t.test('through the IPMMU: pages that follow each other in iova only, and one that is refused', async t => {
  await using qtest = await started(t.testdir(), { trace: true })
  const tables = new Tables(qtest, HIGH)
  tables.set(0x10000n, 3, (HIGH + 0x100_0000n) | PAGE)
  tables.set(0x11000n, 3, 0x6_0000_0000n | PAGE)
  tables.set(0x12000n, 3, 0x5_0000_0000n | PAGE | BIT.READ_ONLY)
  const context = new Context(qtest, 1)
  context.enable(tables.root)
  context.attach(UTLB)
  const read = (iova: number) => transferAt(qtest, iova, { toMemory: true, sectors: 2 })

  qtest.memset(HIGH + 0x100_0000n, 4096, 0xee)
  qtest.memset(0x6_0000_0000n, 4096, 0xee)
  t.equal((await read(0x10e00)).error, 0)
  t.same(await qtest.read(HIGH + 0x100_0e00n, 512), Buffer.alloc(512))
  t.same(await qtest.read(0x6_0000_0000n, 513), Buffer.concat([Buffer.alloc(512), Buffer.from([0xee])]))
  const runs = (await qtest.trace())
    .filter(line => line.includes('"transfer"'))
    .map(line => JSON.parse(line) as object)
  t.match(runs, [
    { iova: '0x10e00', phys: '0x701000e00', length: '0x200', ok: true },
    { iova: '0x11000', phys: '0x600000000', length: '0x200', ok: true },
  ])

  t.match(await read(0x11e00), { error: BUS_ERROR }, 'its second page is read-only')
  t.same(await context.fault(), { imstr: 0x2402, address: 0x12000n })
  t.same(await qtest.read(0x6_0000_0e00n, 512), Buffer.alloc(512, 0xee), 'the first page got nothing either')
  t.ok(await isRaised(qtest, SPI.ipmmu))
})

t.test('a reset while another one waits for the disk ends', async t => {
  // Found by the attack: SRST's bottom half and CONTROL1.RESET waited for the same request, each for the other.
  await using qtest = await started(t.testdir(), { silence: 5000 })
  const FLUSH_CACHE = 0xe7
  const SRST = 4
  for (const resets of [
    [[SATA.DEVICE_CONTROL, SRST] as const, [SATA.CONTROL1, 0x80] as const],
    [[SATA.DEVICE_CONTROL, SRST] as const, [SATA.SCONTROL, 0x301] as const],
    [
      [SATA.DEVICE_CONTROL, SRST] as const,
      [SATA.DEVICE_CONTROL, 0] as const,
      [SATA.DEVICE_CONTROL, SRST] as const,
      [SATA.DEVICE_CONTROL, 0] as const,
    ],
  ]) {
    startSata(qtest)
    qtest.writel(SATA.SCONTROL, 0x300)
    t.equal((await transferAt(qtest, LOW, { toMemory: false })).error, 0, 'something to flush')
    qtest.writel(SATA.TASK_COMMAND, FLUSH_CACHE)
    for (const [register, value] of resets) qtest.writel(register, value)
    await qtest.done()
  }
  startSata(qtest)
  qtest.writel(SATA.SCONTROL, 0x300)
  t.match(await transferAt(qtest, LOW, { toMemory: true }), { error: 0 }, 'and the drive is there')
})

/** Memory's bytes; where there is none, none. */
async function memory(qtest: Qtest, address: number, length: number): Promise<Buffer> {
  const inside = address >= 0x4000_0000 && address + length <= RAM_END
  return inside ? qtest.read(address - (address % 2), Math.min(length, 4096)) : Buffer.alloc(0)
}

async function started(folder: string, options: { trace?: boolean; silence?: number } = {}) {
  const qtest = await startQtest({ ...options, disk: emptyDisk(folder) })
  startSata(qtest)
  return qtest
}
