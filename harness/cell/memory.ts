import { CellError } from '../errors.ts'

export const MiB = 1n << 20n
export const GiB = 1n << 30n

/** What the machine takes (RAM_MIN and DRAM_BANKS in images/qemu/hw/salvator_xs.c). */
const LEAST = 256n * MiB
const MOST = 8n * GiB

const UNITS: Record<string, bigint> = { M: MiB, G: GiB }

/** Bytes of a size as people write it: `4G`, `512M`, `4GiB`; a bigint is in bytes. */
export function parseMemory(size: string | bigint): bigint {
  const bytes = typeof size === 'bigint' ? size : parseSize(size)
  if (bytes < LEAST || bytes > MOST) {
    throw new CellError(`memory ${size} is out of range: the board takes 256M to 8G`)
  }
  if (bytes % MiB !== 0n) throw new CellError(`memory ${size} is not a whole number of MiB`)
  return bytes
}

/** The shortest way to write a size: `4G`, `512M`. */
export function formatMemory(bytes: bigint): string {
  return bytes % GiB === 0n ? `${bytes / GiB}G` : `${bytes / MiB}M`
}

function parseSize(size: string): bigint {
  const [, digits, unit] = /^(\d{1,9})([MG])(?:i?B)?$/i.exec(size.trim()) ?? []
  const factor = UNITS[unit?.toUpperCase() ?? '']
  if (digits === undefined || factor === undefined) {
    throw new CellError(`memory '${size}' is no size: write it like 4G or 512M`)
  }
  return BigInt(digits) * factor
}
