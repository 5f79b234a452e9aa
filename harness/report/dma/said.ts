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
  const segments = text
    .slice(Math.max(0, at - 4 * LONGEST), at)
    .split(': ')
    .map(segment => segment.trim())
    .filter(segment => segment !== '')
  const named = segments.findLast(segment => segment.includes(' ') && !SUBSYSTEMS.has(segment))
  if (named === undefined) {
    const subsystem = segments.join(': ').slice(0, LONGEST) || null
    return { driver: subsystem, device: null, subsystem }
  }
  const blank = named.lastIndexOf(' ')
  const [driver, device] = [named.slice(0, blank).trim(), named.slice(blank + 1)]
  // dev_printk() without a device (drivers/base/core.c: `(NULL device *): `), and dma-debug's `NULL NULL: `
  if (device === 'NULL' || device === '*)') return { driver: null, device: null, subsystem: null }
  return { driver, device, subsystem: null }
}
