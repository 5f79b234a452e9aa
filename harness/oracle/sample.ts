/** For tests: both sides of a boot in which all is well, to be changed in one thing. */
import { parseEvents } from '../trace/trace.ts'
import { parseConsole } from '../report/parse.ts'
import { judge } from './judge.ts'
import type { OracleReport } from './oracle.ts'

export const PROBE = 'ea100000.dmaprobe'

/** What both sides printed: console lines without a time stamp, trace lines as JSON. */
export interface Both {
  console: string[]
  trace: string[]
}

/** The two sides of a sample, judged as a boot's are. */
export function judged({ console, trace }: Both, { complete = true, asked = false } = {}): OracleReport {
  const lines = stamped(console)
  const setting = { report: parseConsole(lines), notObserved: [], complete, asked }
  return judge(lines, parseEvents(trace.map(line => `${line}\n`).join('')), setting)
}

/** With printk's time stamp, as a console has them. */
export function stamped(lines: readonly string[]): string[] {
  return lines.map((line, i) => `[    1.${String(i).padStart(6, '0')}] ${line}`)
}

/** With one thing changed; it must be there. */
export function changed(both: Both, from: string | RegExp, to: string): Both {
  const change = (lines: string[]) => lines.map(line => line.replace(from, to)).filter(line => line !== '')
  const other = { console: change(both.console), trace: change(both.trace) }
  if (JSON.stringify(other) === JSON.stringify(both)) throw new Error(`the sample has no ${String(from)}`)
  return other
}

const says = (device: string, lines: readonly string[]) => lines.map(line => `dmaprobe ${device}: ${line}`)

let clock = 0
const event = (fields: object) => JSON.stringify({ t: (clock += 1000), ...fields })
/** Without the events from mark `n` on. */
const until = (n: number, trace: readonly string[]) =>
  trace.slice(
    0,
    trace.findIndex(line => line.includes(`"mark":${n}}`)),
  )
const LEAF = { mmu: 'e6570000.iommu', utlb: 8, context: 1 }
const MAIN = { mmu: 'e67b0000.iommu', context: 1, ttbr: '0x5009d0000', ttbcr: '0x80003540', mair: '0x4ff44' }
const BARE = { mmu: null, utlb: null, context: null }

export const mark = (n: number, master = PROBE) => event({ event: 'mark', master, mark: n })
export const walk = (iova: string, phys: string) =>
  event({ event: 'walk', ...LEAF, iova, phys, tables: ['0x5009d0000'], size: '0x1000' })
export const walkFault = (iova: string, access: string, reason: string) =>
  event({ event: 'walk-fault', ...LEAF, iova, access, reason, level: 3, tables: ['0x5009d0000'] })
export const flushes = () => [
  event({ event: 'context', ...MAIN, op: 'flush' }),
  event({ event: 'context', ...MAIN, ...{ mmu: LEAF.mmu, ttbr: '0x0' }, op: 'flush' }),
]

interface Moved {
  iova: string
  phys: string
  length?: string
  access?: 'read' | 'write'
  ok?: boolean
  cause?: string
  job: number
  what?: string
}

export const transfer = (moved: Moved, through: object = LEAF, master = PROBE) =>
  event({
    ...{ event: 'transfer', master, ...through, length: '0x1000', access: 'write', what: 'data', ok: true },
    ...moved,
  })
export const bare = (moved: Moved, master: string) => transfer(moved, BARE, master)

export function job(
  n: number,
  op: string,
  sum: string,
  refused?: [cause: string, address: string],
  master = PROBE,
) {
  const begun = event({
    ...{ event: 'job', master, job: n, op, state: 'start', cause: null, address: null, sum: '0x0' },
  })
  const [cause = null, address = null] = refused ?? []
  const state = refused ? 'error' : 'done'
  return [begun, event({ event: 'job', master, job: n, op, state, cause, address, sum })] as const
}

/** A page behind the IPMMU in a strict domain: written, read, unmapped, and refused after that. */
export function strict(domain = 'DMA'): Both {
  clock = 0
  const [start, done] = job(7, 'fill', '0x70000000a')
  const [startAfter, refused] = job(8, 'fill', '0x0', ['translation', '0xffffe000'])
  return {
    console: says(PROBE, [
      'plan begin n=1 text="api=single dir=from size=0x1000"',
      `map seq=1 id=3 part=0/1 api=single dir=from place=high phys=0x5009d9000 dma=0xffffe000 target=0x5009d9000 size=0x1000 mask=0xffffffffff limit=0x0 bounced=0 domain=${domain} use=fill`,
      'job seq=2 id=3 job=7 op=fill result=ok address=0x0 want=0x70000000a got=0x70000000a when=mapped',
      'sync seq=3 id=3 for=cpu',
      'data seq=4 id=3 want=0x70000000a got=0x70000000a when=synced',
      'unmap-begin seq=5 id=3 dma=0xffffe000 size=0x1000',
      'unmap seq=6 id=3 dma=0xffffe000 size=0x1000',
      'job seq=7 id=3 job=8 op=fill result=translation address=0xffffe000 want=0x1 got=0x0 when=unmapped',
      'plan end n=1 mappings=1 failed=0',
    ]),
    trace: [
      event({ event: 'context', ...MAIN, op: 'enable' }),
      event({ event: 'utlb', ...LEAF, op: 'enable' }),
      ...[mark(1), mark(2), start, walk('0xffffe000', '0x5009d9000')],
      transfer({ iova: '0xffffe000', phys: '0x5009d9000', job: 7 }),
      ...[done, mark(3), mark(4), mark(5), ...flushes(), mark(6), mark(7), startAfter],
      walkFault('0xffffe000', 'write', 'invalid'),
      transfer({ iova: '0xffffe000', phys: '0xffffe000', ok: false, cause: 'translation', job: 8 }),
      refused,
    ],
  }
}

/** The same in a lazy one: the device may go on until the flush, and may not after it. */
export function lazy(): Both {
  const both = strict('DMA-FQ')
  const [start, done] = job(8, 'fill', '0x1')
  const [startAfter, refused] = job(9, 'fill', '0x0', ['translation', '0xffffe000'])
  const end = both.console.length - 2
  return {
    console: [
      ...both.console.slice(0, end),
      ...says(PROBE, [
        'job seq=7 id=3 job=8 op=fill result=ok address=0x0 want=0x1 got=0x1 when=unmapped',
        'job seq=8 id=3 job=9 op=fill result=translation address=0xffffe000 want=0x1 got=0x0 when=unmapped',
        'plan end n=1 mappings=1 failed=0',
      ]),
    ],
    trace: [
      ...until(5, both.trace),
      ...[mark(5), mark(6), mark(7), start],
      transfer({ iova: '0xffffe000', phys: '0x5009d9000', job: 8 }),
      ...[done, ...flushes(), mark(8), startAfter],
      walkFault('0xffffe000', 'write', 'invalid'),
      transfer({ iova: '0xffffe000', phys: '0xffffe000', ok: false, cause: 'translation', job: 9 }),
      refused,
    ],
  }
}

/** On a 32-bit bus: bounced, read by the device, written by it. */
export function bounced(): Both {
  clock = 0
  const device = 'ea120000.dmaprobe'
  const [start, done] = job(1, 'checksum', '0x500000003', undefined, device)
  const [fill, filled] = job(2, 'fill', '0x900000008', undefined, device)
  return {
    console: says(device, [
      'plan begin n=1 text="api=single dir=both size=0x800 place=high"',
      'map seq=1 id=1 part=0/1 api=single dir=both place=high phys=0x500146800 dma=0x7bfff000 target=0x7bfff000 size=0x800 mask=0xffffffffff limit=0xffffffff bounced=1 domain=none',
      'job seq=2 id=1 job=1 op=checksum result=ok address=0x0 want=0x500000003 got=0x500000003 when=mapped',
      'sync seq=3 id=1 for=device',
      'job seq=4 id=1 job=2 op=fill result=ok address=0x0 want=0x900000008 got=0x900000008 when=mapped',
      'sync seq=5 id=1 for=cpu',
      'data seq=6 id=1 want=0x900000008 got=0x900000008 when=synced',
      'unmap-begin seq=7 id=1',
      'unmap seq=8 id=1 dma=0x7bfff000 size=0x800',
      'data seq=9 id=1 want=0x900000008 got=0x900000008 when=unmapped',
      'plan end n=1 mappings=1 failed=0',
    ]),
    trace: [
      ...[mark(1, device), mark(2, device), start],
      bare({ iova: '0x7bfff000', phys: '0x7bfff000', length: '0x800', access: 'read', job: 1 }, device),
      ...[done, mark(3, device), mark(4, device), fill],
      bare({ iova: '0x7bfff000', phys: '0x7bfff000', length: '0x800', job: 2 }, device),
      ...[filled, ...[5, 6, 7, 8, 9].map(n => mark(n, device))],
    ],
  }
}
