import type { Values } from '../row.ts'

/** Whether a bit is set. */
export function bit(value: bigint, number: number): boolean {
  return ((value >> BigInt(number)) & 1n) === 1n
}

/** Bits high to low of a register, as the manuals write them. */
export function field(value: bigint, high: number, low: number): bigint {
  return (value >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n)
}

/** The number of that name; null if it was not printed, or is no number. */
export function numberOf(values: Values, name: string): bigint | null {
  const value = values[name]
  return typeof value === 'bigint' ? value : null
}

/** The text of that name. */
export function textOf(values: Values, name: string): string | null {
  const value = values[name]
  return typeof value === 'string' ? value : null
}

/** What the set bits say: the words of those that are in the table, in its order; null if none is. */
export function words(value: bigint, table: readonly (readonly [number, string])[]): string | null {
  const said = table.filter(([number]) => bit(value, number)).map(([, word]) => word)
  return said.length > 0 ? said.join(', ') : null
}
