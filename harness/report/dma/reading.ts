import { own } from '../text.ts'
import type { Found } from './dispatch.ts'
import { type Printed, read } from './format.ts'
import { pairs } from './pairs.ts'
import type { Role, Values } from './row.ts'
import { saidBefore } from './said.ts'

/** Characters of a message that are kept: the kernel's longest is 200 or so. */
const MESSAGE = 1024

/** What a line says, by its row. */
export interface Reading {
  driver: string | null
  device: string | null
  /** pr_fmt's part, if the line is a subsystem's. */
  subsystem: string | null
  /** From its first word to the end of the line. */
  message: string
  /** Of memory, of a bus, or virtual; in the order printed. */
  addresses: bigint[]
  /** Those of them that are of memory or of a bus. */
  physical: bigint[]
  values: Values
  size: bigint | null
  mask: bigint | null
  busLimit: bigint | null
}

/** Reads driver, device and values of a line that has been found to be one of ours. */
export function reading(text: string, { row, at }: Found): Reading {
  const said = saidBefore(text, at)
  const printed = row === null ? [] : read(row.compiled, text, at)
  const message = own(text.slice(at, at + MESSAGE).trimEnd())
  const values: Values = row?.says === undefined ? {} : { ...row.says }
  const addresses: bigint[] = []
  const physical: bigint[] = []
  const into = { values, addresses, physical }
  for (const [i, role] of (row?.roles ?? []).entries()) take(role, printed[i], into)
  if (row?.pairRoles) {
    const named = pairs(message)
    for (const [name, value] of Object.entries(named)) values[own(name)] ??= value
    for (const role of row.pairRoles) take(role, named[role.name], into)
  }
  const { device } = values
  return {
    driver: (said.driver === null ? null : own(said.driver)) ?? row?.driver ?? null,
    device: typeof device === 'string' && device !== '' ? device : said.device && own(said.device),
    subsystem: said.subsystem,
    ...{ message, addresses, physical, values },
    size: first(values, SIZES),
    mask: first(values, ['mask']),
    busLimit: first(values, ['busLimit']),
  }
}

/** Puts what was printed for a role where it belongs. */
function take(
  { name, address }: Role,
  value: Printed | undefined,
  { values, addresses, physical }: Pick<Reading, 'values' | 'addresses' | 'physical'>,
): void {
  if (value === null || value === undefined || name === '-') return
  const unit = UNITS[name]
  if (unit !== undefined && typeof value === 'bigint') values[unit.of] = value * unit.bytes
  // An error number is no address: `-22`, and not a negative bigint that JSON would print as one.
  else values[name] = typeof value === 'bigint' && value >= 0n ? value : own(String(value).slice(0, MESSAGE))
  if (address === null || typeof value !== 'bigint') return
  addresses.push(value)
  if (address === 'place') physical.push(value)
}

const UNITS: Readonly<Record<string, { of: string; bytes: bigint }>> = {
  sizeKiB: { of: 'size', bytes: 1n << 10n },
  sizeMiB: { of: 'size', bytes: 1n << 20n },
}
/** What dma-debug calls a size. */
const SIZES = ['size', 'map size', 'allocation size', 'len']

function first(values: Values, names: readonly string[]): bigint | null {
  for (const name of names) {
    const value = values[name]
    if (typeof value === 'bigint') return value
  }
  return null
}
