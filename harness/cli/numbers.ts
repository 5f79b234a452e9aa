import { InvalidArgumentError } from 'commander'

/** A whole number up to 999: a parser of an option. */
export function whole(value: string): number {
  if (!/^\d{1,3}$/.test(value)) throw new InvalidArgumentError('It is no whole number up to 999.')
  return Number(value)
}

/** One that is not 0. */
export function count(value: string): number {
  const number = whole(value)
  if (number === 0) throw new InvalidArgumentError('There must be at least one.')
  return number
}
