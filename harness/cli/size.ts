import { InvalidArgumentError } from 'commander'

const units = ['', 'K', 'M', 'G', 'T'] as const

/** `4G`, `500 MB`: powers of 1000; `4GiB`: of 1024. In bytes. */
export function parseBytes(text: string): number {
  const found = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?$/i.exec(text.trim())
  const [, value = '', unit = '', binary] = found ?? []
  if (!found) throw new InvalidArgumentError('Write a size like 4G, 500M or 2GiB.')
  const power = units.indexOf(unit.toUpperCase() as (typeof units)[number])
  return Math.floor(Number(value) * (binary ? 1024 : 1000) ** power)
}

/** `13.4 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e3) return `${bytes} B`
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1)
  const value = bytes / 1000 ** power
  return `${value.toFixed(value < 100 ? 1 : 0)} ${units[power] === 'K' ? 'k' : units[power]}B`
}
