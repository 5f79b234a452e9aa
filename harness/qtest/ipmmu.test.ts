import t from 'tap'
import {
  CONTEXT,
  contextRegister,
  CONTEXTS,
  FLUSH,
  INTEN,
  IPMMUS,
  isRaised,
  LEAVES,
  MMUEN,
  SPI,
  treeBehind,
  utlbRegister,
  UTLBS,
  type Ipmmu,
} from './board.ts'
import { Probe } from './dmaprobe.ts'
import { BIT, BLOCK, Context, PAGE, SL0, TABLE, Tables, ttbcr } from './ipmmu.ts'
import { startQtest, type Qtest } from './qtest.ts'

const MiB = 2n ** 20n
const GiB = 2n ** 30n
/** The first dmaprobe's micro-TLB of ipmmu_hc when no tree says another. */
const UTLB = 8
const HIGH = 0x7_0000_0000n
const RAM = 0x6_0000_0000n
const IOVA = 0x1000n

const INSTANCES = Object.keys(IPMMUS) as Ipmmu[]
const REGISTERS = Object.keys(CONTEXT) as (keyof typeof CONTEXT)[]

t.setTimeout(120_000)

t.test('every register of every instance: 0 at reset, then what it can hold', async t => {
  await using qtest = await startQtest()
  const all = (read: (mmu: Ipmmu) => Promise<number>[]) => Promise.all(INSTANCES.flatMap(read))
  const contexts = (register: keyof typeof CONTEXT) =>
    all(mmu => Array.from({ length: CONTEXTS }, (_, n) => qtest.readl(contextRegister(mmu, n, register))))
  const utlbs = (register: 'IMUCTR' | 'IMUASID') =>
    all(mmu => Array.from({ length: UTLBS }, (_, n) => qtest.readl(utlbRegister(mmu, n, register))))
  const unique = (values: number[]) => [...new Set(values)].sort((a, b) => a - b)

  for (const register of REGISTERS) t.same(unique(await contexts(register)), [0], `${register} at reset`)
  for (const register of ['IMUCTR', 'IMUASID'] as const)
    t.same(unique(await utlbs(register)), [0], `${register} at reset`)

  // A value of its own for each register of each context of each instance: none is another's.
  let next = 0
  const given = new Map<number, number>()
  const give = (address: number, keeps = 0xffffffff) => {
    const value = (0x9e3779b9 * ++next) >>> 0
    qtest.writel(address, value)
    given.set(address, (value & keeps) >>> 0)
  }
  for (const mmu of INSTANCES) {
    for (let n = 0; n < CONTEXTS; n++) {
      for (const register of ['IMTTBCR', 'IMTTLBR0', 'IMTTUBR0', 'IMMAIR0'] as const)
        give(contextRegister(mmu, n, register))
      give(contextRegister(mmu, n, 'IMCTR'), ~FLUSH)
      for (const register of ['IMSTR', 'IMELAR', 'IMEUAR'] as const)
        give(contextRegister(mmu, n, register), 0)
    }
    for (let n = 0; n < UTLBS; n++) {
      give(utlbRegister(mmu, n, 'IMUCTR'), ~FLUSH)
      give(utlbRegister(mmu, n, 'IMUASID'))
    }
  }
  const kept = await Promise.all([...given.keys()].map(address => qtest.readl(address)))
  t.same(kept, [...given.values()], `${given.size} registers`)
})

t.test('narrow, wide and unaligned accesses change nothing, and the rest is unimplemented', async t => {
  await using qtest = await startQtest()
  const at = contextRegister('mm', 3, 'IMTTLBR0')
  qtest.writel(at, 0x12345678)
  qtest.writeb(at, 0xff)
  qtest.writew(at + 2, 0xffff)
  qtest.writel(at + 1, 0xffffffff)
  t.equal(await qtest.readl(at), 0x12345678)
  t.equal(await qtest.readb(at), 0, 'a narrow read has nothing')

  for (const offset of [0x18, 0x200, 0x5f8, 0x700, 0xc00, 0xffc]) {
    qtest.writel(IPMMUS.hc + offset, 0xffffffff)
    t.equal(await qtest.readl(IPMMUS.hc + offset), 0)
  }
  const unimplemented = (await qtest.log()).filter(line => line.includes('unimplemented register'))
  t.equal(unimplemented.length, 12, 'each is logged')
})

t.test('a walk from each start level to each size, with tables above 4 GiB', async t => {
  await using qtest = await startQtest({ trace: true })
  const rows = [
    { what: '4 KiB from level 1', start: 1, level: 3, size: 4096n },
    { what: '2 MiB from level 1', start: 1, level: 2, size: 2n * MiB },
    { what: '1 GiB from level 1', start: 1, level: 1, size: GiB },
    { what: '4 KiB from level 2', start: 2, level: 3, size: 4096n },
    { what: '2 MiB from level 2', start: 2, level: 2, size: 2n * MiB },
    { what: '4 KiB from level 3', start: 3, level: 3, size: 4096n },
  ] as const
  const context = new Context(qtest, 5)
  const iova = 0x0020_3000n
  const shift = { 1: 30n, 2: 21n, 3: 12n }
  for (const [i, { what, start, level, size }] of rows.entries()) {
    // The first table may be 8 MiB long: it has an entry for each page of 4 GiB where it starts at level 3.
    const first = HIGH + BigInt(i) * 16n * MiB
    qtest.memset(first, 16n * MiB)
    let at = first + (iova >> shift[start]) * 8n
    for (let above: 1 | 2 | 3 = start; above < level; above = above === 1 ? 2 : 3) {
      const table = first + 8n * MiB + BigInt(above) * 4096n
      qtest.writeq(at, table | TABLE)
      at = table + ((iova >> (shift[above] - 9n)) & 511n) * 8n
    }
    qtest.writeq(at, RAM | (level === 3 ? PAGE : BLOCK))
    context.enable(first, ttbcr(SL0[start]))
    context.attach(UTLB)
    const { cause, phys, walk } = await access(qtest, iova + 0x10n, 'write')
    t.equal(cause, null, what)
    t.equal(phys, RAM + ((iova + 0x10n) % size))
    t.match(walk, { size: `0x${size.toString(16)}` })
    t.ok(BigInt(walk?.['tables']?.[0] ?? 0) > 4n * GiB, `tables at ${String(walk?.['tables'])}`)
  }
})

t.test('each context of the main, by each micro-TLB that names it', async t => {
  await using qtest = await startQtest({ trace: true })
  for (let n = 0; n < CONTEXTS; n++) {
    const tables = new Tables(qtest, HIGH + BigInt(n) * MiB)
    tables.set(IOVA, 3, (RAM + BigInt(n) * 4096n) | PAGE)
    new Context(qtest, n).enable(tables.root)
  }
  for (let n = 0; n < CONTEXTS; n++) {
    new Context(qtest, n).attach(UTLB)
    t.match(await access(qtest, IOVA, 'read'), { cause: null, phys: RAM + BigInt(n) * 4096n }, `context ${n}`)
  }
})

t.test('each leaf, and each of its micro-TLBs, as the tree wires it', async t => {
  const folder = t.testdir()
  const places: [Ipmmu, number][] = [
    ...LEAVES.map((leaf, i): [Ipmmu, number] => [leaf, (7 * i) % UTLBS]),
    ...Array.from({ length: UTLBS }, (_, n): [Ipmmu, number] => ['hc', n]),
  ]
  const wrong: string[] = []
  for (const [leaf, utlb] of places) {
    await using qtest = await startQtest({ trace: true, dtb: treeBehind(leaf, utlb, folder) })
    const context = new Context(qtest, 2, leaf)
    const tables = new Tables(qtest, HIGH)
    tables.set(IOVA, 3, RAM | PAGE)
    context.enable(tables.root)
    // Its neighbours are on, and lead elsewhere.
    for (let n = 0; n < UTLBS; n++) if (n !== utlb) new Context(qtest, 9, leaf).attach(n)
    context.attach(utlb)
    const { cause, phys, walk } = await access(qtest, IOVA, 'write')
    const mmu = `${IPMMUS[leaf].toString(16)}.iommu`
    if (cause !== null || phys !== RAM || walk?.['mmu'] !== mmu || walk['utlb'] !== utlb)
      wrong.push(`${leaf} ${utlb}: ${JSON.stringify({ cause, walk })}`)
  }
  t.same(wrong, [])
  t.comment(`${places.length} micro-TLBs`)
})

t.test('the main decides, not the leaf', async t => {
  await using qtest = await startQtest({ trace: true })
  const { context } = mapped(qtest)
  context.write('IMCTR', 0, 'hc')
  t.match(
    await access(qtest, IOVA, 'read'),
    { cause: null, phys: RAM },
    "the leaf's IMCTR.MMUEN gates nothing",
  )
  context.write('IMTTLBR0', 0, 'hc')
  context.flushBoth()
  t.match(await access(qtest, IOVA, 'read'), { cause: null, phys: RAM }, 'nor is its table base used')
  context.write('IMCTR', 0)
  t.match(await access(qtest, RAM, 'read'), { cause: null, phys: RAM }, 'off on the main: as it is')
})

t.test('a micro-TLB that is off lets addresses through', async t => {
  await using qtest = await startQtest({ trace: true })
  const { context } = mapped(qtest)
  qtest.writel(utlbRegister('hc', UTLB), context.number << 4)
  const { cause, phys, transfer } = await access(qtest, RAM + 0x5000n, 'write')
  t.match({ cause, phys, mmu: transfer?.['mmu'] }, { cause: null, phys: RAM + 0x5000n, mmu: null })
  t.match(await context.fault(), { imstr: 0 })
  t.equal((await access(qtest, IOVA, 'read')).cause, 'no-memory', 'an iova is nothing to it')
})

t.test('every reason to refuse: what IMSTR and the error address say', async t => {
  const deep = 0x4020_1000n
  const rows = [
    { what: 'invalid at level 1', imstr: 0x0502, level: 1, bits: 0n },
    { what: 'invalid at level 2', imstr: 0x1502, level: 2, bits: 0n },
    { what: 'invalid at level 3', imstr: 0x2502, level: 3, bits: 0n },
    { what: 'invalid, with NS', imstr: 0x2101, level: 3, bits: BIT.NS },
    { what: 'a block at level 3', imstr: 0x2101, level: 3, bits: RAM | BLOCK },
    { what: 'a page without NS', imstr: 0x2502, level: 3, bits: RAM | (PAGE ^ BIT.NS) },
    { what: 'a 2 MiB block without NS', imstr: 0x1502, level: 2, bits: RAM | (BLOCK ^ BIT.NS) },
    { what: 'a table without NSTable', imstr: 0x0502, level: 1, bits: HIGH | (TABLE ^ BIT.NS_TABLE) },
    { what: 'no access flag on a page', imstr: 0x2402, level: 3, bits: RAM | (PAGE ^ BIT.AF) },
    { what: 'no access flag on a 1 GiB block', imstr: 0x0402, level: 1, bits: RAM | (BLOCK ^ BIT.AF) },
    { what: 'not for users', imstr: 0x2402, level: 3, bits: RAM | (PAGE ^ BIT.USER) },
    { what: 'a table in no memory', imstr: 0x2004, level: 2, bits: 0x10_0000_0000n | TABLE },
    { what: "a table at a device's registers", imstr: 0x2004, level: 2, bits: 0xe67b_0000n | TABLE },
  ] as const
  for (const { what, imstr, level, bits } of rows) {
    await using qtest = await startQtest({ trace: true })
    const { context, tables } = mapped(qtest)
    tables.set(deep, level, bits)
    const { cause, address } = await access(qtest, deep + 0x234n, 'read')
    t.equal(cause, 'translation', what)
    t.equal(address, deep + 0x234n)
    t.same(await context.fault(), { imstr, address: deep + 0x234n })
  }

  t.test('read-only, by the page or by a table above it', async t => {
    await using qtest = await startQtest({ trace: true })
    const { context, tables } = mapped(qtest)
    tables.set(deep, 3, RAM | PAGE | BIT.READ_ONLY)
    tables.set(deep + GiB, 3, RAM | PAGE, TABLE | BIT.READ_ONLY_BELOW)
    for (const at of [deep, deep + GiB]) {
      t.equal((await access(qtest, at, 'read')).cause, null)
      t.equal((await access(qtest, at, 'write')).cause, 'translation')
      t.same(await context.fault(), { imstr: 0x2402, address: at })
      context.write('IMSTR', 0)
    }
    tables.set(deep + 2n * GiB, 3, RAM | PAGE, TABLE | BIT.NO_USER_BELOW)
    t.equal((await access(qtest, deep + 2n * GiB, 'read')).cause, 'translation', 'nor for users')
    t.same(await context.fault(), { imstr: 0x2402, address: deep + 2n * GiB })
  })

  t.test('beyond the span, above 32 bits, and in the wrong format', async t => {
    await using qtest = await startQtest({ trace: true })
    const { context, tables } = mapped(qtest)
    for (const [what, control, iova, imstr] of [
      ['TSZ0 = 2 spans 1 GiB', ttbcr(SL0[1], 2), GiB, 0x0101],
      ['TTBR0 spans 4 GiB', ttbcr(SL0[1]), 0x12_3456_7000n, 0x0101],
      ['SL0 = 3', ttbcr(3), IOVA, 0x0101],
      ['EAE = 0', SL0[1] << 6, IOVA, 0x0101],
    ] as const) {
      context.enable(tables.root, control)
      t.equal((await access(qtest, iova, 'read')).cause, 'translation', what)
      t.same(await context.fault(), { imstr, address: iova })
      context.write('IMSTR', 0)
    }
  })
})

t.test('a block that reaches beyond the span answers within it only', async t => {
  await using qtest = await startQtest({ trace: true })
  const { context, tables } = mapped(qtest)
  tables.set(0n, 1, RAM | BLOCK)
  context.enable(tables.root, ttbcr(SL0[1], 3))
  t.equal((await access(qtest, 0x1000_0000n, 'read')).cause, null)
  t.equal((await access(qtest, 0x3fe0_0000n, 'read')).cause, 'translation', 'though its block is cached')
  t.same(await context.fault(), { imstr: 0x0101, address: 0x3fe0_0000n })
})

t.test('the first fault stays, and the interrupt with it, until IMSTR is cleared', async t => {
  await using qtest = await startQtest()
  await qtest.interceptOut(`/machine/ipmmu@${IPMMUS.mm.toString(16)}`)
  const { context, tables } = mapped(qtest)
  tables.set(0x5000n, 3, RAM | PAGE | BIT.READ_ONLY)
  const first = { imstr: 0x2502, address: 0x7008n }

  await access(qtest, 0x7008n, 'read')
  t.same(await context.fault(), first)
  t.ok(await qtest.irq())
  await access(qtest, 0x5000n, 'write')
  await access(qtest, 0xf000_0000n, 'read')
  t.same(await context.fault(), first, 'later ones are dropped')
  context.write('IMSTR', 0xffffffff)
  context.write('IMSTR', first.imstr)
  context.write('IMELAR', 0)
  context.write('IMEUAR', 0)
  t.same(await context.fault(), first, 'ones clear nothing, and the address is read-only')
  context.write('IMSTR', 0, 'hc')
  t.same(await context.fault(), first, "the leaf's IMSTR is another")

  context.write('IMCTR', MMUEN)
  t.notOk(await qtest.irq(), 'without INTEN there is no interrupt')
  context.write('IMCTR', MMUEN | INTEN)
  t.ok(await qtest.irq(), 'and with it there is')
  context.write('IMSTR', 0)
  t.same(await context.fault(), { imstr: 0, address: 0n })
  t.notOk(await qtest.irq())

  await access(qtest, 0x5010n, 'write')
  t.same(await context.fault(), { imstr: 0x2402, address: 0x5010n }, 'the next one is taken')
  context.write('IMSTR', ~7)
  t.same(await context.fault(), { imstr: 0, address: 0n }, 'without a fault the code is gone too')
})

t.test('one line for all contexts', async t => {
  await using qtest = await startQtest()
  const faulty = [3, 12].map(number => {
    const context = new Context(qtest, number)
    context.enable(new Tables(qtest, HIGH + BigInt(number) * MiB).root)
    return context
  })
  for (const context of faulty) {
    context.attach(UTLB)
    await access(qtest, IOVA, 'read')
    t.same(await context.fault(), { imstr: 0x0502, address: IOVA })
  }
  t.ok(await isRaised(qtest, SPI.ipmmu))
  faulty[0]?.write('IMSTR', 0)
  t.ok(await isRaised(qtest, SPI.ipmmu), 'the other one holds it')
  faulty[1]?.write('IMSTR', 0)
  t.notOk(await isRaised(qtest, SPI.ipmmu))
})

t.test('a stale translation lives in both levels, until each is flushed', async t => {
  await using qtest = await startQtest({ trace: true })
  const { context, tables } = mapped(qtest)
  let page = RAM
  const remap = () => tables.set(IOVA, 3, (page += 0x10000n) | PAGE)
  const seen = async () => (await access(qtest, IOVA, 'read')).phys
  t.equal(await seen(), RAM)

  const rows: { flush: () => void; what: string; fresh: boolean }[] = [
    { what: 'nothing flushed', flush: () => {}, fresh: false },
    { what: 'the main alone: the leaf has it', flush: () => context.flush('mm'), fresh: false },
    { what: 'now the leaf too', flush: () => context.flush('hc'), fresh: true },
    { what: 'the leaf alone: the main has it', flush: () => context.flush('hc'), fresh: false },
    { what: 'the micro-TLB alone: the main has it', flush: () => context.attach(UTLB), fresh: false },
    { what: 'both', flush: () => context.flushBoth(), fresh: true },
    {
      what: 'main and micro-TLB',
      flush: () => {
        context.flush('mm')
        context.attach(UTLB)
      },
      fresh: true,
    },
    {
      what: 'all other contexts, micro-TLBs and leaves',
      flush: () => {
        for (let n = 0; n < CONTEXTS; n++)
          for (const mmu of ['mm', 'hc'] as const) if (n !== context.number) new Context(qtest, n).flush(mmu)
        for (let n = 0; n < UTLBS; n++) if (n !== UTLB) qtest.writel(utlbRegister('hc', n), FLUSH)
        for (const leaf of LEAVES) if (leaf !== 'hc') context.flush(leaf)
      },
      fresh: false,
    },
    {
      what: 'micro-TLB and context off and on',
      flush: () => {
        qtest.writel(utlbRegister('hc', UTLB), 0)
        qtest.writel(utlbRegister('hc', UTLB), MMUEN | (context.number << 4))
        context.write('IMCTR', 0)
        context.write('IMCTR', MMUEN)
      },
      fresh: false,
    },
    { what: 'another table base', flush: () => context.write('IMTTLBR0', 0), fresh: false },
  ]
  let last = RAM
  for (const { what, flush, fresh } of rows) {
    remap()
    flush()
    const now = await seen()
    t.equal(now, fresh ? page : last, `${what}: ${fresh ? 'gone' : 'stale'}`)
    last = now ?? 0n
  }

  t.test('a page that is unmapped, and a right that is taken', async t => {
    await using qtest = await startQtest({ trace: true })
    const { context, tables } = mapped(qtest)
    t.equal((await access(qtest, IOVA, 'write')).cause, null)
    tables.set(IOVA, 3, 0n)
    t.equal((await access(qtest, IOVA, 'write')).cause, null, 'still reached')
    context.flushBoth()
    t.equal((await access(qtest, IOVA, 'write')).cause, 'translation', 'and gone')
    tables.set(IOVA, 3, RAM | PAGE | BIT.READ_ONLY)
    t.equal((await access(qtest, IOVA, 'read')).cause, null, 'what was invalid is not cached')
  })
})

/** A context with one page, that the probe is in. */
function mapped(qtest: Qtest): { context: Context; tables: Tables } {
  const tables = new Tables(qtest, HIGH)
  tables.set(IOVA, 3, RAM | PAGE)
  const context = new Context(qtest, 6)
  context.enable(tables.root)
  context.attach(UTLB)
  return { context, tables }
}

type Fields = Record<string, unknown> & { tables?: string[] }

/** One word, written or read by the probe; where it really went is what the device trace has of it. */
async function access(qtest: Qtest, iova: bigint, access: 'read' | 'write') {
  const traced = qtest.argv.some(word => word.includes('device-trace='))
  if (traced) await qtest.trace()
  const probe = new Probe(qtest, 'ipmmu')
  const job =
    access === 'write' ? ({ op: 'fill', dst: iova } as const) : ({ op: 'checksum', src: iova } as const)
  const { cause, address } = await probe.run({ ...job, length: 4n, pattern: 0xfeedf00d })
  const events = traced ? (await qtest.trace()).map(line => JSON.parse(line) as Fields) : []
  const transfer = events.findLast(({ event }) => event === 'transfer')
  const phys = cause === null && transfer ? BigInt(transfer['phys'] as string) : null
  return { cause, address, phys, transfer, walk: events.find(({ event }) => event === 'walk') }
}
