import t, { type Test } from 'tap'
import { startQtest } from '../start.ts'
import { access, clear, enable, fault, invalidateAll, route } from './master.ts'
import { cb, FSR, GR1, PNU, PRIVILEGED, PTWF, SCTLR_ON, STREAM, USFCFG, GR0, WNR } from './registers.ts'
import { AF, AP_RDONLY, AP_USER, MAPPED, NOWHERE, NG, PAGE, TABLE, TABLES, Tables, TARGET } from './tables.ts'
import type { Regime } from './walker.ts'

const PATH = '/machine/smmu@ea200000'
const IOVA = 0xffff_e000n
const REGIME: Regime = { stage: 1, ttbr: TABLES, t0sz: 16, sl0: 0, ps: 2 }
const BANK = 5

/** What the tables have for IOVA, and what an access there must leave in FSR and FSYNR0, but for S1CBNDX. */
const CASES = [
  { name: 'no page', leaf: 0n, level: 3, fsr: FSR.TF, reason: 'invalid' },
  { name: 'a block where pages are', leaf: MAPPED & ~2n, level: 3, fsr: FSR.TF, reason: 'invalid' },
  { name: 'no access flag', leaf: MAPPED & ~AF, level: 3, fsr: FSR.AFF, reason: 'access-flag' },
  { name: 'not for users', leaf: MAPPED & ~AP_USER, level: 3, fsr: FSR.PF, reason: 'permission' },
  { name: 'beyond 40 bits', leaf: MAPPED | (1n << 40n), level: 3, fsr: FSR.ASF, reason: 'address-size' },
] as const

t.setTimeout(120_000)

for (const { name, leaf, level, fsr, reason } of CASES)
  t.test(`${name}: a fault of its own`, async t => {
    await using qtest = await startQtest({ trace: true })
    await qtest.interceptOut(PATH)
    const tables = new Tables(qtest)
    tables.map(IOVA, leaf === 0n ? 0n : TARGET | leaf)
    route(qtest, { bank: BANK })
    qtest.writel(GR0.sCR0, USFCFG)
    enable(qtest, REGIME, { bank: BANK })
    t.equal(await access(qtest, 'write', IOVA + 8n), 'translation')
    t.same(await fault(qtest, BANK), {
      fsr: fsr | FSR.AARCH64,
      far: IOVA + 8n,
      fsynr0: (BANK << 16) | WNR | level,
      stream: STREAM,
    })
    t.match((await walkFaults(qtest)).at(-1), { reason, level, context: BANK, access: 'write' })
    t.equal(await qtest.irq(1), true)
    t.equal(await qtest.irq(0), false)
    clear(qtest, BANK)
    t.equal((await fault(qtest, BANK)).fsr, 0)
    t.equal(await qtest.irq(1), false)
  })

t.test('a table that is not there ends at its level, whichever it is', async t => {
  await using qtest = await startQtest()
  const tables = new Tables(qtest)
  start(qtest)
  for (const level of [0, 1, 2]) {
    tables.map(IOVA, 0n, { to: level })
    await refused(t, qtest, 'read', FSR.TF, level)
  }
  tables.map(IOVA, NOWHERE | TABLE, { to: 1 })
  await refused(t, qtest, 'read', FSR.EF, 2 | PTWF)
  tables.map(IOVA, (1n << 44n) | TABLE, { to: 1 })
  await refused(t, qtest, 'read', FSR.ASF, 1)
})

t.test('rights: tables, pages, and who asks', async t => {
  await using qtest = await startQtest()
  const tables = new Tables(qtest)
  start(qtest)
  const allowed = async (privilege: number) => {
    route(qtest, { bank: BANK, privilege })
    invalidateAll(qtest)
    const result = []
    for (const kind of ['read', 'write'] as const) {
      result.push((await access(qtest, kind, IOVA)) === 'ok')
      clear(qtest, BANK)
    }
    return result
  }
  const page = TARGET | PAGE | AF | NG
  for (const [leaf, user, privileged] of [
    [page | AP_USER, [true, true], [true, true]],
    [page | AP_USER | AP_RDONLY, [true, false], [true, false]],
    [page, [false, false], [true, true]],
    [page | AP_RDONLY, [false, false], [true, false]],
  ] as const) {
    tables.map(IOVA, leaf)
    t.same(await allowed(0), user)
    t.same(await allowed(PRIVILEGED), privileged)
  }
  const rights = [
    [61n, [false, false], [true, true]],
    [62n, [true, false], [true, false]],
  ] as const
  for (const level of [0, 1, 2])
    for (const [bit, user, privileged] of rights) {
      tables.map(IOVA, page | AP_USER)
      tables.set(level, level === 2 ? 511 : level === 1 ? 3 : 0, tables.at(level + 1) | TABLE | (1n << bit))
      t.same(await allowed(0), user, `APTable bit ${bit} at level ${level}`)
      t.same(await allowed(PRIVILEGED), privileged)
    }
  tables.map(IOVA, page)
  route(qtest, { bank: BANK, privilege: PRIVILEGED })
  invalidateAll(qtest)
  tables.map(IOVA, page | AP_RDONLY)
  t.equal(await access(qtest, 'write', IOVA), 'translation')
  t.equal((await fault(qtest, BANK)).fsynr0, (BANK << 16) | PNU | WNR | 3, 'FSYNR0.PNU: privileged')
})

t.test('outside of what T0SZ spans, and with EPD0', async t => {
  await using qtest = await startQtest()
  new Tables(qtest)
  start(qtest)
  enable(qtest, { ...REGIME, t0sz: 32 }, { bank: BANK })
  await refused(t, qtest, 'read', FSR.TF, 0, 1n << 32n)
  await refused(t, qtest, 'read', FSR.TF, 0, 0xffff_ffff_ffff_f000n)
  qtest.writel(cb(BANK, 'TCR'), (1 << 7) | 16)
  await refused(t, qtest, 'read', FSR.TF, 0)
})

t.test('formats that ID0 and ID2 do not offer are not walked', async t => {
  await using qtest = await startQtest({ trace: true })
  const tables = new Tables(qtest)
  tables.map(IOVA, TARGET | MAPPED)
  start(qtest)
  for (const tcr of [(1 << 14) | 16, (2 << 14) | 16, 15, 40]) {
    qtest.writel(cb(BANK, 'TCR'), tcr)
    await refused(t, qtest, 'read', FSR.TF, 0)
    t.match((await walkFaults(qtest)).at(-1), { reason: 'bad-format', tables: [] })
  }
  enable(qtest, REGIME, { bank: BANK })
  qtest.writel(GR1.CBA2R(BANK), 0)
  await refused(t, qtest, 'read', FSR.TF, 0)
  qtest.writel(GR1.CBA2R(BANK), 1)
  t.equal(await access(qtest, 'read', IOVA), 'ok', 'and the same with CBA2R.VA64 is')
})

t.test('a fault outstanding: HUPCF decides about the others', async t => {
  await using qtest = await startQtest({ trace: true })
  const tables = new Tables(qtest)
  tables.map(IOVA, TARGET | MAPPED)
  start(qtest)
  const elsewhere = IOVA - 0x1000n
  t.equal(await access(qtest, 'read', elsewhere), 'translation')
  const first = await fault(qtest, BANK)
  t.equal(await access(qtest, 'write', IOVA), 'translation', 'without it they are refused')
  t.same(await fault(qtest, BANK), first, 'and leave no mark')
  t.match((await walkFaults(qtest)).at(-1), { reason: 'previous-fault', iova: '0xffffe000' })

  enable(qtest, REGIME, { bank: BANK, hupcf: true })
  t.equal(await access(qtest, 'write', IOVA), 'ok', 'with it they go on')
  t.equal(await access(qtest, 'write', elsewhere + 4n), 'translation')
  const expected = { ...first, fsr: (first.fsr | FSR.MULTI) >>> 0 }
  t.same(await fault(qtest, BANK), expected, 'a second fault only says that there was one')
})

t.test('without CFIE nobody is told; FSR can be put back', async t => {
  await using qtest = await startQtest()
  await qtest.interceptOut(PATH)
  new Tables(qtest)
  start(qtest)
  qtest.writel(cb(BANK, 'SCTLR'), SCTLR_ON & ~(1 << 6))
  t.equal(await access(qtest, 'read', IOVA), 'translation')
  t.equal(await qtest.irq(1), false)
  qtest.writel(cb(BANK, 'SCTLR'), SCTLR_ON)
  t.equal(await qtest.irq(1), true)
  clear(qtest, BANK)
  t.equal(await qtest.irq(1), false)
  qtest.writel(cb(BANK, 'FSRRESTORE'), FSR.PF)
  t.equal(await qtest.irq(1), true)
  qtest.writel(cb(BANK, 'FSR'), FSR.TF)
  t.equal(await qtest.irq(1), true, 'ones clear only what they are written to')
})

type Session = Awaited<ReturnType<typeof startQtest>>

function start(qtest: Session): void {
  route(qtest, { bank: BANK })
  qtest.writel(GR0.sCR0, USFCFG)
  enable(qtest, REGIME, { bank: BANK })
}

async function refused(
  t: Test,
  qtest: Session,
  kind: 'read' | 'write',
  fsr: number,
  fsynr0: number,
  iova = IOVA,
): Promise<void> {
  t.equal(await access(qtest, kind, iova), 'translation')
  const expected = { fsr: fsr | FSR.AARCH64, far: iova, fsynr0: (BANK << 16) | fsynr0, stream: STREAM }
  t.same(await fault(qtest, BANK), expected)
  clear(qtest, BANK)
}

async function walkFaults(qtest: Session): Promise<Record<string, unknown>[]> {
  const events = (await qtest.trace()).map(line => JSON.parse(line) as Record<string, unknown>)
  return events.filter(({ event }) => event === 'walk-fault')
}
