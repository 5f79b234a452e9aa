import t from 'tap'
import { access, HIGH, IOVA, mapped, RAM, UTLB } from './access.ts'
import { INTEN, IPMMUS, isRaised, MMUEN, SPI } from './board.ts'
import { BIT, BLOCK, Context, PAGE, SL0, TABLE, Tables, ttbcr } from './ipmmu.ts'
import { startQtest } from './start.ts'

const MiB = 2n ** 20n
const GiB = 2n ** 30n

t.setTimeout(120_000)

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
