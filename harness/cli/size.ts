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
