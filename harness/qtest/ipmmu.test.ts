import t from 'tap'
import { access, HIGH, IOVA, mapped, RAM, UTLB } from './access.ts'
import {
  CONTEXT,
  contextRegister,
  CONTEXTS,
  FLUSH,
  IPMMUS,
  LEAVES,
  treeBehind,
  utlbRegister,
  UTLBS,
  type Ipmmu,
} from './board.ts'
import { BLOCK, Context, PAGE, SL0, TABLE, Tables, ttbcr } from './ipmmu.ts'
import { startQtest } from './start.ts'

const MiB = 2n ** 20n
const GiB = 2n ** 30n
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
