/** Who says a message: dev_printk()'s `driver device: `, pr_fmt()'s `iommu: `, or both. */
export interface Said {
  driver: string | null
  device: string | null
  /** pr_fmt's part, if the line is of a subsystem's and no driver's: `software IO TLB`. */
  subsystem: string | null
}

/** Names with a blank that are no driver and device. */
const SUBSYSTEMS = new Set([
  'software IO TLB',
  'Reserved memory',
  'reserved mem',
  'arm-lpae io-pgtable',
  'arm-v7s io-pgtable',
  'dart io-pgtable',
])
const LONGEST = 128

/** Reads what stands before the message at `at`: `sata_rcar ee300000.sata: direct_map_page: `. */
export function saidBefore(text: string, at: number): Said {
  const before = text.slice(Math.max(0, at - 4 * LONGEST), at)
  const named = lastNamed(before)
  if (named === null) {
    const segments = before.split(': ').map(segment => segment.trim())
    const subsystem =
      segments
        .filter(segment => segment !== '')
        .join(': ')
        .slice(0, LONGEST) || null
    return { driver: subsystem, device: null, subsystem }
  }
  const blank = named.lastIndexOf(' ')
  const [driver, device] = [named.slice(0, blank).trim(), named.slice(blank + 1)]
  // dev_printk() without a device (drivers/base/core.c: `(NULL device *): `), and dma-debug's `NULL NULL: `
  if (device === 'NULL' || device === '*)') return { driver: null, device: null, subsystem: null }
  return { driver, device, subsystem: null }
}

/** The last of the segments that are a driver's and a device's name. */
function lastNamed(before: string): string | null {
  for (let end = before.length; end > 0;) {
    const colon = before.lastIndexOf(': ', end - 1)
    const segment = before.slice(colon === -1 ? 0 : colon + 2, end).trim()
    if (segment.includes(' ') && !SUBSYSTEMS.has(segment)) return segment
    end = colon
  }
  return null
}
