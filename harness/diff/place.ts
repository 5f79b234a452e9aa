import { GiB } from '../cell/memory.ts'
import { hex } from '../report/json.ts'
import type { BootReport } from './schema.ts'

/** Where an address is: that is what a DMA mask, a bus limit and swiotlb decide. The address itself is chance. */
export type Place = 'above 4 GiB' | 'below 4 GiB' | "in swiotlb's pool"

/** Above or below what 32 bits reach. */
export function placeOf(address: bigint): Place {
  return address >= 4n * GiB ? 'above 4 GiB' : 'below 4 GiB'
}

/** swiotlb's pool, first address and the one behind it; null if the kernel told of none. */
export type Pool = readonly [bigint, bigint] | null

export function poolOf({ dma }: BootReport): Pool {
  const [from, to] = dma.find(fact => fact.kind === 'swiotlb-mapped')?.addresses ?? []
  return from === undefined || to === undefined ? null : [from, to]
}

/** Where in memory: a physical address in swiotlb's pool is data that was bounced. */
export function memoryPlace(address: bigint, pool: Pool): Place {
  return pool !== null && pool[0] <= address && address < pool[1] ? "in swiotlb's pool" : placeOf(address)
}

/** `0x7bfff000`, and where that is. */
export function located(address: bigint): string {
  return `${hex(address)}, ${placeOf(address)}`
}
