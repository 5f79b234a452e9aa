/**
 * Random use of every device of ours: registers in each width, page tables, descriptors, transfers and jobs.
 *
 * All of a round follows from its seed, so that what a round finds can be had again. (Not to the last bit: when the
 * disk has its data is the host's business.)
 */
import type { Dice } from './dice.ts'
import { card, channel, job, transfer } from './masters.ts'
import { context, descriptor, register, stream } from './tables.ts'

/** What one operation of an attack may be: lines for qtest, in this proportion. */
const operations: readonly { what: string; weight: number; lines: (dice: Dice) => string[] }[] = [
  { what: 'register', weight: 60, lines: register },
  { what: 'descriptor', weight: 20, lines: descriptor },
  { what: 'context', weight: 4, lines: context },
  { what: 'stream', weight: 4, lines: stream },
  { what: 'transfer', weight: 6, lines: transfer },
  { what: 'job', weight: 6, lines: job },
  { what: 'channel', weight: 4, lines: channel },
  { what: 'card', weight: 4, lines: card },
  { what: 'clock', weight: 3, lines: dice => [`clock_step ${1 + dice.below(10_000_000)}`] },
]

const deck = operations.flatMap(operation => Array.from({ length: operation.weight }, () => operation))

/** The next operation: what it is, and its commands. */
export function nextOperation(dice: Dice): { what: string; lines: string[] } {
  const { what, lines } = dice.of(deck)
  return { what, lines: lines(dice) }
}
