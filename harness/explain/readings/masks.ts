import type { DmaFact } from '../../report/report.ts'
import { prose, say, type Say } from '../say.ts'
import type { Scene } from '../scene.ts'

/** What a device can address, and what its bus lets through. Each null if the log does not say. */
export interface Limits {
  mask: bigint | null
  busLimit: bigint | null
  lines: number[]
}

/** The masks that the log prints, wherever it does; the last of each. */
export function limitsIn({ dma }: Scene): Limits {
  const limits: Limits = { mask: null, busLimit: null, lines: [] }
  for (const fact of dma) {
    if (fact.kind === 'dma-overflow') continue
    if (fact.mask !== null) limits.mask = fact.mask
    if (fact.busLimit !== null && fact.busLimit !== 0n) limits.busLimit = fact.busLimit
    if (fact.mask !== null || fact.busLimit !== null) limits.lines.push(fact.line)
  }
  return limits
}

/** How many bits an address has: 32 of 0xffffffff. */
export function bits(address: bigint): number {
  return address === 0n ? 0 : address.toString(2).length
}

/** Which limit keeps a device from this address, and which does not. Null if none does. */
export function whatStops(last: bigint, { mask, busLimit }: Limits): Say | null {
  const limits = [
    { name: "the device's DMA mask", limit: mask },
    { name: "the bus's limit", limit: busLimit },
  ].filter((row): row is { name: string; limit: bigint } => row.limit !== null && row.limit !== 0n)
  const low = limits.filter(({ limit }) => limit < last)
  const enough = limits.find(({ limit }) => limit >= last)
  const [first, second] = low
  if (!first) return null
  const short = (limit: bigint) => bits(last) - bits(limit)
  const missing = (limit: bigint): Say =>
    short(limit) > 0
      ? say` (${bits(limit)} bits, and the address needs ${bits(last)}: ${short(limit)} too few)`
      : say` (${bits(limit)} bits)`
  const too = say`${last} lies above ${prose(first.name)} of ${first.limit}${missing(first.limit)}`
  const both = second
    ? say`${too}, and above ${prose(second.name)} of ${second.limit}${missing(second.limit)}`
    : too
  return enough
    ? say`${both}. It is not ${prose(enough.name)} that is too small: ${enough.limit} (${bits(enough.limit)} bits) reaches it.`
    : say`${both}.`
}

/** The last byte that a fact's address and size reach. */
export function lastByte({ addresses, size }: DmaFact): bigint | null {
  const [first] = addresses
  return first === undefined ? null : first + (size === null || size === 0n ? 1n : size) - 1n
}
