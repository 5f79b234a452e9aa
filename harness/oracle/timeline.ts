import { hex } from '../report/json.ts'
import type { TraceEvent } from '../trace/events.ts'
import { overlaps } from './join.ts'
import type { Mapping, TimelineRow } from './oracle.ts'
import { did, given } from './rule.ts'
import type { Scene } from './scene.ts'

/** So many rows at most: the first and the last are kept. */
const MOST_ROWS = 48

interface Entry extends TimelineRow {
  place: number
}

/** Both sides of a mapping's life, in the order of the device's events: what the driver said, and what the device saw. */
export function timelineOf(mapping: Mapping, scene: Scene): TimelineRow[] {
  const rows = [...kernelSide(mapping, scene), ...deviceSide(mapping, scene)].sort(
    (a, b) => a.place - b.place,
  )
  return shortened(rows.map(({ seq, t, kernel, device }) => ({ seq, t, kernel, device })))
}

function kernelSide(mapping: Mapping, { order }: Scene): Entry[] {
  const rows: Entry[] = []
  const add = (seq: number | null, kernel: string) => {
    const place = seq === null ? order.life(mapping).to : order.near(mapping.device, seq)
    rows.push({ seq, t: order.timeOf(mapping.device, seq), kernel, device: null, place })
  }
  const { api, dir, domain, mask, limit } = mapping
  for (const part of mapping.parts) {
    const slot = part.bounced ? `, a bounce slot of ${hex(part.phys)}` : ''
    add(part.seq, `map ${api} ${dir}: ${given(part)}${slot}`)
  }
  add(mapping.parts[0]?.seq ?? null, `domain ${domain}, mask ${hex(mask)}, bus limit ${hex(limit)}`)
  for (const sync of mapping.syncs) add(sync.seq, `sync for the ${sync.for}`)
  for (const { seq, job, op, result, address, want, got } of mapping.jobs)
    add(
      seq,
      `job ${job}, ${op}: ${result}${address === 0n ? '' : ` at ${hex(address)}`}, sum ${hex(got)}, wanted ${hex(want)}`,
    )
  for (const { seq, want, got, when } of mapping.data)
    add(seq, `data, ${when}: sum ${hex(got)}, wanted ${hex(want)}`)
  const { unmap } = mapping
  if (unmap?.beginSeq != null) add(unmap.beginSeq, 'unmap begins')
  if (unmap) add(unmap.seq, `unmapped ${hex(unmap.dma)}`)
  return rows
}

function deviceSide(mapping: Mapping, scene: Scene): Entry[] {
  const { order } = scene
  const levels = scene.caches.levels(mapping)
  const { from } = order.life(mapping)
  const last = Math.max(
    ...mapping.transfers.map(each => order.of(each)),
    ...mapping.late.map(each => order.of(each)),
    ...mapping.jobs.map(({ seen }) => (seen ? order.of(seen) : 0)),
    order.life(mapping).to === Infinity ? 0 : order.life(mapping).to,
  )
  const flushes = new Set<TraceEvent>(levels.flatMap(level => scene.caches.flushes(level, from, last)))
  const walks = new Set<TraceEvent>(levels.flatMap(level => scene.caches.walks(mapping, level, from, last)))
  const own = new Set<TraceEvent>([...mapping.transfers, ...mapping.late])
  const tags = new Set(mapping.jobs.map(({ job }) => job))
  return scene.events.flatMap((event, place) => {
    if (place > last) return []
    const device = own.has(event) || flushes.has(event) || walks.has(event) ? describe(event) : other(event)
    return device === null ? [] : [{ seq: null, t: event.t, kernel: null, device, place }]
  })

  function other(event: TraceEvent): string | null {
    if (event.event === 'job')
      return event.master === mapping.device && tags.has(event.job) ? describe(event) : null
    if (event.event === 'walk-fault' && order.of(event) >= from) {
      const page = { iova: event.iova & ~0xfffn, length: 0x1000n }
      return mapping.parts.some(part => overlaps(part, page)) ? describe(event) : null
    }
    return null
  }
}

function describe(event: TraceEvent): string | null {
  switch (event.event) {
    case 'transfer':
      return did(event)
    case 'walk':
      return `walk ${hex(event.iova)} is ${hex(event.phys)}, ${event.mmu} micro-TLB ${event.utlb}`
    case 'walk-fault':
      return `fault ${event.access} ${hex(event.iova)}: ${event.reason}, level ${event.level}`
    case 'context':
      return `${event.op} context ${event.context} of ${event.mmu}`
    case 'utlb':
      return `${event.op} micro-TLB ${event.utlb} of ${event.mmu}`
    case 'job': {
      const how = event.cause === null ? '' : `: ${event.cause} at ${hex(event.address)}`
      return `job ${event.job} ${event.state}${how}${event.state === 'start' ? '' : `, sum ${hex(event.sum)}`}`
    }
    case 'mark':
      return null
  }
}

function shortened(rows: TimelineRow[]): TimelineRow[] {
  if (rows.length <= MOST_ROWS) return rows
  const half = MOST_ROWS / 2
  const left = `… ${rows.length - MOST_ROWS} more …`
  const gap = { seq: null, t: null, kernel: left, device: left }
  return [...rows.slice(0, half), gap, ...rows.slice(-half)]
}
