import fc from 'fast-check'
import t from 'tap'
import type { Qtest } from '../qtest.ts'
import { startQtest } from '../start.ts'
import { access, clear, enable, fault, invalidateAll, route } from './master.ts'
import { FSR, GR0, PNU, PRIVILEGED, PTWF, USFCFG, WNR } from './registers.ts'
import {
  AF,
  hasMemory,
  MAPPED,
  MAPPED_BLOCK,
  NOWHERE,
  TABLE,
  TABLES,
  Tables,
  TARGET,
  VALID,
} from './tables.ts'
import { firstLevel, walk, type Regime } from './walker.ts'

/** Random tables; DMASPEC_WALKS=2000 makes 10^5 translations of it. */
const ROUNDS = Number(process.env['DMASPEC_WALKS'] ?? 100)
const ACCESSES = 50
/** Of each table, these entries are written, and the last of a first table that is smaller: few, to be met. */
const INDICES = [0, 1, 2, 511]
const PAGES = 16

// A busy machine, and DMASPEC_WALKS, want more than tap's 30 s for a file.
t.setTimeout(600_000)

t.test('walks from every start level to every size of page', async t => {
  await using qtest = await startQtest({ trace: true })
  started(qtest)
  for (const stage of [1, 2] as const)
    for (let t0sz = 16; t0sz <= 39; t0sz++) {
      const from = firstLevel({ stage, t0sz, sl0: 1, ttbr: TABLES, ps: 2 })
      if (from === null) continue
      const iova = ((1n << BigInt(64 - t0sz)) - 1n) & ~0xfffn
      for (let to = Math.max(1, from); to <= 3; to++) {
        const tables = new Tables(qtest)
        // Up to 16 tables side by side: the last entry is the last one's.
        const concatenated = Number(iova >> BigInt(12 + 9 * (3 - from))) >> 9
        tables.map(iova, TARGET | (to === 3 ? MAPPED : MAPPED_BLOCK) | 0x80n, {
          first: concatenated,
          from,
          to,
        })
        invalidateAll(qtest)
        enable(qtest, { stage, t0sz, sl0: 1, ttbr: TABLES, ps: 2 })
        t.equal(await access(qtest, 'read', iova), 'ok', `stage ${stage}, T0SZ ${t0sz}, to level ${to}`)
        const event = (await events(qtest)).find(({ event }) => event === 'walk')
        const size = 1n << BigInt(12 + 9 * (3 - to))
        t.match(event, { size: hex(size), phys: hex(TARGET + (iova & (size - 1n))) })
        t.equal((event?.['tables'] as string[]).length, to - from + 1)
      }
    }
})

t.test('the model and a second walker agree on random tables', { timeout: 600_000 }, async t => {
  await using qtest = await startQtest({ trace: true })
  started(qtest)
  const seen = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(scene(), async ({ regime, privileged, pages, accesses }) => {
      const tables = new Tables(qtest)
      pages.forEach((entries, page) =>
        entries.forEach((entry, i) => tables.set(page, INDICES[i] ?? lastOfFirst(regime), entry)),
      )
      route(qtest, { privilege: privileged ? PRIVILEGED : 0 })
      invalidateAll(qtest)
      enable(qtest, regime)
      await qtest.trace()
      const expected: Seen[] = []
      const actual: Seen[] = []
      for (const { kind, iova } of accesses) {
        const by = expectation(tables, regime, privileged, kind, iova)
        expected.push(by)
        actual.push(await observed(qtest, kind, iova))
        if (by.ok) tables.rewrite(BigInt(by.phys))
      }
      // One access is one byte, and so one transfer, refused or not.
      const transfers = (await events(qtest)).filter(({ event }) => event === 'transfer')
      actual.forEach((each, i) => each.ok && (each.phys = String(transfers[i]?.['phys'])))
      accesses.forEach(({ kind, iova }, i) => {
        const [model, walker] = [JSON.stringify(actual[i]), JSON.stringify(expected[i])]
        if (model !== walker) throw new Error(`${kind} of ${hex(iova)}: model ${model}, walker ${walker}`)
        count(seen, expected[i])
      })
    }),
    { numRuns: ROUNDS, endOnFailure: false, interruptAfterTimeLimit: 550_000, markInterruptAsFailure: true },
  )
  const total = [...seen.values()].reduce((sum, each) => sum + each, 0)
  t.equal(total, ROUNDS * ACCESSES, `${total} translations`)
  const kinds = [...seen].map(([what, count]) => `${count} ${what}`)
  t.ok(seen.size >= 6, `of all kinds: ${kinds.join(', ')}`)
})

interface Access {
  kind: 'read' | 'write'
  iova: bigint
}

interface Scene {
  regime: Regime
  privileged: boolean
  pages: bigint[][]
  accesses: Access[]
}

function scene(): fc.Arbitrary<Scene> {
  const often = <T>(...choices: [weight: number, arbitrary: fc.Arbitrary<T>][]): fc.Arbitrary<T> =>
    fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })))
  const table = fc.nat(PAGES - 1).map(page => TABLES + BigInt(page) * 0x1000n)
  const target = often<bigint>(
    [18, fc.nat(0x3_ffff).map(page => TARGET + BigInt(page) * 0x1000n)],
    [1, fc.constant(NOWHERE)],
    [1, fc.nat(47).map(bit => 1n << BigInt(Math.max(12, bit)))],
  )
  const attributes = fc
    .tuple(fc.nat(0xfff), fc.noBias(fc.nat(7)))
    .map(([bits, stale]) => (BigInt(bits) & ~3n) | (stale === 0 ? 0n : AF))
  const upper = often<bigint>([9, fc.constant(0n)], [1, fc.nat(0xffff).map(bits => BigInt(bits) << 48n)])
  const descriptor = often<bigint>(
    [40, fc.tuple(table, upper, attributes).map(([to, high, low]) => to | high | low | TABLE)],
    [3, fc.tuple(target, upper, attributes).map(([to, high, low]) => to | high | low | TABLE)],
    [6, fc.tuple(target, upper, attributes).map(([to, high, low]) => to | high | low | AF | VALID)],
    [1, fc.tuple(target, attributes).map(([to, low]) => to | low | 2n)],
    [1, fc.constant(0n)],
  )
  const regime = fc
    .record({
      stage: fc.constantFrom<1 | 2>(1, 2),
      ttbr: often<bigint>([29, fc.constant(TABLES)], [1, fc.constantFrom(NOWHERE, 1n << 41n)]),
      t0sz: often<number>([15, fc.integer({ min: 16, max: 39 })], [1, fc.nat(63)]),
      sl0: often<number | null>([9, fc.constant(null)], [1, fc.nat(3)]),
      ps: often<number>([15, fc.constant(2)], [1, fc.nat(7)]),
      low: fc.nat(0xfff),
    })
    .map(({ low, ...rest }) => ({
      ...rest,
      ttbr: rest.ttbr | BigInt(low),
      sl0: rest.sl0 ?? (rest.t0sz <= 20 ? 2 : rest.t0sz <= 31 ? 1 : 0),
    }))
  const iova = fc
    .tuple(
      fc.array(fc.constantFrom(...INDICES), { minLength: 4, maxLength: 4 }),
      fc.nat(0xfff),
      fc.nat(0xffff),
    )
    .map(([indices, offset, top]) => ({
      within: indices.reduce((sum, each) => (sum << 9n) | BigInt(each), 0n) * 0x1000n + BigInt(offset),
      top: BigInt(top) << 48n,
    }))
  return fc
    .record({
      regime,
      privileged: fc.boolean(),
      pages: fc.array(
        fc.array(descriptor, { minLength: INDICES.length + 1, maxLength: INDICES.length + 1 }),
        {
          minLength: PAGES,
          maxLength: PAGES,
        },
      ),
      accesses: fc.array(
        fc.record({
          kind: fc.constantFrom<'read' | 'write'>('read', 'write'),
          iova,
          beyond: fc.noBias(fc.nat(19)),
        }),
        { minLength: ACCESSES, maxLength: ACCESSES },
      ),
    })
    .map(({ accesses, ...rest }) => {
      const span = 1n << BigInt(Math.max(12, 64 - rest.regime.t0sz))
      const fit = (within: bigint, top: bigint, beyond: number) =>
        beyond === 0 ? within | top : within % span
      return {
        ...rest,
        accesses: accesses.map(({ kind, iova: { within, top }, beyond }) => ({
          kind,
          iova: fit(within, top, beyond),
        })),
      }
    })
}

/** The last entry of a first table that has less than 512 of them; else the last of any. */
function lastOfFirst(regime: Regime): number {
  const first = firstLevel(regime)
  if (first === null) return INDICES.length
  const bits = 64 - regime.t0sz - 12 - 9 * (3 - first)
  return bits < 9 ? (1 << bits) - 1 : INDICES.length
}

type Seen =
  { ok: true; phys: string; outcome: string } | { ok: false; fsr: string; far: string; fsynr0: number }

function count(seen: Map<string, number>, what: Seen | undefined): void {
  const kind = what?.ok ? what.outcome : `${what?.fsr} at ${(what?.fsynr0 ?? 0) & 3}`
  seen.set(kind, (seen.get(kind) ?? 0) + 1)
}

/** What the second walker says of an access. */
function expectation(
  tables: Tables,
  regime: Regime,
  privileged: boolean,
  kind: 'read' | 'write',
  iova: bigint,
): Seen {
  const result = walk(tables.read, regime, iova)
  const refused = (bit: keyof typeof FSR, level: number): Seen => ({
    ok: false,
    fsr: bit,
    far: hex(iova),
    fsynr0: level | (kind === 'write' ? WNR : 0) | (privileged ? PNU : 0) | (bit === 'EF' ? PTWF : 0),
  })
  if (!result.ok) return refused(result.fault, result.level)
  const rights = result.rights
  const read = privileged ? rights.privilegedRead : rights.read
  const write = privileged ? rights.privilegedWrite : rights.write
  if (kind === 'read' ? !read : !write) return refused('PF', result.level)
  const phys = result.phys + (iova & (result.size - 1n))
  const outcome = phys >= 1n << 40n ? 'bus-limit' : hasMemory(phys) ? 'ok' : 'no-memory'
  return { ok: true, phys: hex(outcome === 'bus-limit' ? 0n : phys), outcome }
}

/** What the device met, and what the model latched. */
async function observed(qtest: Qtest, kind: 'read' | 'write', iova: bigint): Promise<Seen> {
  const outcome = await access(qtest, kind, iova)
  if (outcome !== 'translation') return { ok: true, phys: 'in the trace', outcome }
  const { fsr, far, fsynr0 } = await fault(qtest)
  clear(qtest)
  const bit = (Object.keys(FSR) as (keyof typeof FSR)[]).find(name => fsr === (FSR[name] | FSR.AARCH64))
  return { ok: false, fsr: bit ?? hex(fsr), far: hex(far), fsynr0 }
}

function started(qtest: Qtest): void {
  qtest.writel(GR0.sCR0, USFCFG)
  route(qtest)
}

async function events(qtest: Qtest): Promise<Record<string, unknown>[]> {
  return (await qtest.trace()).map(line => JSON.parse(line) as Record<string, unknown>)
}

function hex(value: bigint | number): string {
  return `0x${value.toString(16)}`
}
