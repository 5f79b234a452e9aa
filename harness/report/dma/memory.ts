import { LIMITS } from '../limits.ts'
import type { AddressPlace, MemoryMap, MemoryRange } from '../report.ts'

/** Ranges of one boot's map: a large machine has some dozens. */
const MOST = 512
/** Addresses beyond this are virtual: arm64 has at most 52 bits of physical ones. */
const PHYSICAL = 1n << 52n

/** The memory map of one boot, by the log's own lines. */
export class MemoryOfBoot {
  readonly #map: MemoryMap = { zones: [], ram: [], reserved: [] }

  add(into: keyof MemoryMap, range: MemoryRange): boolean {
    const ranges = this.#map[into]
    if (range.end < range.start || ranges.length >= MOST) return false
    // A log may hold the same dmesg twice.
    if (ranges.some(other => same(other, range))) return false
    ranges.push(range)
    return true
  }

  /** Where the addresses lie; nothing if the log has no map, or if they are no addresses of memory. */
  places(addresses: readonly bigint[]): AddressPlace[] {
    const { zones, ram, reserved } = this.#map
    if (zones.length + ram.length + reserved.length === 0) return []
    return addresses
      .filter(address => address < PHYSICAL)
      .map(address => ({
        address,
        zone: nameOf(zones, address),
        inRam: ram.length === 0 ? null : nameOf(ram, address) !== null,
        reserved: nameOf(reserved, address),
      }))
  }
}

/** The maps of all boots as one: what is the same in two boots is there once. */
export class MemoryOfLog {
  readonly map: MemoryMap = { zones: [], ram: [], reserved: [] }
  readonly #seen = new Set<string>()

  add(into: keyof MemoryMap, range: MemoryRange): void {
    const key = `${into} ${range.name} ${range.start} ${range.end}`
    if (this.#seen.has(key) || this.#seen.size >= LIMITS.facts) return
    this.#seen.add(key)
    this.map[into].push(range)
  }
}

/** The smallest range that holds the address: a pool lies within a larger reservation. */
function nameOf(ranges: readonly MemoryRange[], address: bigint): string | null {
  let found: MemoryRange | null = null
  for (const range of ranges) {
    if (address < range.start || address > range.end) continue
    if (found === null || range.end - range.start < found.end - found.start) found = range
  }
  return found?.name ?? null
}

function same(a: MemoryRange, b: MemoryRange): boolean {
  return a.start === b.start && a.end === b.end && a.name === b.name
}
