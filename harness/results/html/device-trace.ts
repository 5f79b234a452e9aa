import type { TraceEvent } from '../../types.ts'
import { hex } from '../../report/json.ts'
import type { TraceExcerpt } from './detail.ts'

/** Of events that are alike, so many from the start and from the end are shown. */
const SHOWN = { first: 12, last: 4, bad: 200 }

/**
 * The events that matter, in order: all that change how devices translate, all that went wrong, and the first and last
 * of each kind of walk and transfer; how many were left out stands between them.
 */
export function traceExcerpt(events: readonly TraceEvent[]): TraceExcerpt {
  const shown = chosen(events)
  const lines: TraceExcerpt['lines'] = []
  let left: TraceEvent[] = []
  for (const [i, event] of events.entries()) {
    if (!shown.has(i)) {
      left.push(event)
      continue
    }
    if (left.length > 0) lines.push({ left: countsOf(left).join(', ') })
    left = []
    lines.push({ text: describe(event), bad: isBad(event) })
  }
  if (left.length > 0) lines.push({ left: countsOf(left).join(', ') })
  return { total: events.length, shown: shown.size, counts: countsOf(events), lines }
}

function chosen(events: readonly TraceEvent[]): Set<number> {
  const alike = new Map<string, number[]>()
  for (const [i, event] of events.entries()) {
    const kind = kindOf(event)
    const group = alike.get(kind)
    if (group) group.push(i)
    else alike.set(kind, [i])
  }
  const shown = new Set<number>()
  for (const [kind, group] of alike) {
    const first = kind.startsWith('bad') ? SHOWN.bad : kind.startsWith('state') ? group.length : SHOWN.first
    for (const i of [...group.slice(0, first), ...group.slice(-SHOWN.last)]) shown.add(i)
  }
  return shown
}

function isBad(event: TraceEvent): boolean {
  if (event.event === 'job') return event.state === 'error'
  return event.event === 'walk-fault' || (event.event === 'transfer' && !event.ok)
}

function kindOf(event: TraceEvent): string {
  if (isBad(event)) return 'bad'
  switch (event.event) {
    case 'context':
    case 'utlb':
      return event.op === 'flush' ? `flush ${event.mmu}` : `state ${event.mmu}`
    case 'transfer':
      return `transfer ${event.master} ${event.mmu} ${event.what} ${event.access}`
    case 'job':
    case 'mark':
      return `${event.event} ${event.master}`
    default:
      return `${event.event} ${event.mmu}`
  }
}

function countsOf(events: readonly TraceEvent[]): string[] {
  const counts = new Map<string, number>()
  for (const event of events) {
    const name = 'op' in event && event.op === 'flush' ? 'flush' : event.event
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].map(([name, count]) => `${count} ${plural(name, count)}`)
}

function plural(name: string, count: number): string {
  if (count === 1) return name
  return name === 'flush' ? 'flushes' : `${name}s`
}

function describe(event: TraceEvent): string {
  const at = `${(Number(event.t) / 1e9).toFixed(6)} s`.padStart(12)
  return `${at}  ${event.event.padEnd(10)}  ${rest(event)}`
}

function rest(event: TraceEvent): string {
  switch (event.event) {
    case 'context': {
      const tables = event.ttbr === 0n ? '' : `  page table at ${hex(event.ttbr)}, TTBCR ${hex(event.ttbcr)}`
      return `${event.op} context ${event.context} of ${event.mmu}${tables}`
    }
    case 'utlb':
      return `${event.op} micro-TLB ${event.utlb} of ${event.mmu}, context ${event.context}`
    case 'walk':
      return `${hex(event.iova)} → ${hex(event.phys)}  ${where(event)}, tables ${event.tables.map(hex).join(' ')}`
    case 'walk-fault':
      return `${hex(event.iova)} ${event.access}: ${event.reason}, level ${event.level}  ${where(event)}, tables ${event.tables.map(hex).join(' ')}`
    case 'transfer': {
      const path = event.mmu === null ? 'not translated' : `through ${where(event)}`
      const result = event.ok ? '' : ', FAILED'
      return `${hex(event.iova)} → ${hex(event.phys)}  ${event.access} ${Number(event.length)} bytes of ${event.what} by ${event.master}, ${path}${result}`
    }
    case 'job': {
      const refused = event.address === null ? '' : ` at ${hex(event.address)}`
      const cause = event.cause === null ? '' : `: ${event.cause}${refused}`
      return `${event.state} of ${event.op} ${event.job} by ${event.master}${cause}, sum ${hex(event.sum)}`
    }
    case 'mark':
      return `${event.mark} by the driver of ${event.master}`
  }
}

function where({ mmu, utlb, context }: { mmu: string | null; utlb: number | null; context: number | null }) {
  return `${mmu} micro-TLB ${utlb} context ${context}`
}
