/** One access through the IPMMU, by the first dmaprobe, and what became of it. */
import { Probe } from './dmaprobe.ts'
import { Context, PAGE, Tables } from './ipmmu.ts'
import type { Qtest } from './qtest.ts'

/** The first dmaprobe's micro-TLB of ipmmu_hc when no tree says another. */
export const UTLB = 8
/** Where tests put tables, and data. */
export const HIGH = 0x7_0000_0000n
export const RAM = 0x6_0000_0000n
/** What is mapped to begin with. */
export const IOVA = 0x1000n

/** A context with one page, that the probe is in. */
export function mapped(qtest: Qtest): { context: Context; tables: Tables } {
  const tables = new Tables(qtest, HIGH)
  tables.set(IOVA, 3, RAM | PAGE)
  const context = new Context(qtest, 6)
  context.enable(tables.root)
  context.attach(UTLB)
  return { context, tables }
}

type Fields = Record<string, unknown> & { tables?: string[] }

/** One word, written or read by the probe; where it really went is what the device trace has of it. */
export async function access(qtest: Qtest, iova: bigint, access: 'read' | 'write') {
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
