import { Slots } from '../slots.ts'
import type { Family } from './family.ts'
import { CHECKS } from './families/checks.ts'
import { FOREIGN } from './families/foreign.ts'
import { LOCKS } from './families/locks.ts'
import { AFTER_A_NAME, MEMORY_PRESSURE } from './families/memory-pressure.ts'
import { MEMORY } from './families/memory.ts'
import { STALLS } from './families/stalls.ts'
import { WARNINGS } from './families/warnings.ts'

/** All families, the more special before the more general. */
export const FAMILIES: readonly Family[] = [
  ...MEMORY,
  ...WARNINGS,
  ...CHECKS,
  ...LOCKS,
  ...STALLS,
  ...MEMORY_PRESSURE,
  ...FOREIGN,
]

const BOX = '[ '
/** What the first lines of crashes start with, `[ INFO: possible circular locking dependency detected ]` among them. */
export const STARTS: readonly string[] = [
  ...FAMILIES.map(({ prefix }) => prefix),
  ...FAMILIES.filter(({ kind }) => kind === 'lockdep').map(({ prefix }) => BOX + prefix),
]
/** What others have behind the name of a task. */
export const BEHIND_NAMES: readonly string[] = AFTER_A_NAME.map(({ prefix }) => prefix)

/** Rows by their prefix: a healthy line is looked up once, and is none. */
const BY_PREFIX = new Slots<Family>()
for (const family of FAMILIES) BY_PREFIX.add(family.prefix, family)

/** The family that a message is the first line of; null for most. */
export function familyOf(message: string): Family | null {
  const found = startOf(message)
  if (found) return found
  // `[ INFO: possible circular locking dependency detected ]`: lockdep's box, until 4.10
  if (message.startsWith(BOX) && message.includes(': ')) {
    const inner = message.slice(BOX.length)
    return startOf(inner, 'lockdep')
  }
  return afterName(message)
}

const [LETTER_R, LETTER_P] = [0x72, 0x70]

/** The name of a task may have colons: `kworker/0:1 invoked oom-killer: `. */
function afterName(message: string): Family | null {
  let at = message.indexOf(':')
  for (let colons = 0; at !== -1 && colons < 4; colons++) {
    // `oom-killer:` and `: page`: a look at one letter spares most lines the comparison
    const [before, behind] = [message.charCodeAt(at - 1), message.charCodeAt(at + 2)]
    if (before === LETTER_R || behind === LETTER_P) {
      for (const row of AFTER_A_NAME) {
        const start = row.prefix.endsWith(':') ? at + 1 - row.prefix.length : at
        if (start > 0 && message.startsWith(row.prefix, start)) return row
      }
    }
    at = message.indexOf(':', at + 1)
  }
  return null
}

/** The first row whose words the message has, of any kind or this one. */
function startOf(message: string, kind: Family['kind'] | null = null): Family | null {
  const slot = BY_PREFIX.of(message, 0)
  if (slot === null) return null
  for (let i = slot.standing(message, 0, 0); i !== -1; i = slot.standing(message, 0, i + 1)) {
    const row = slot.items[i]!
    if ((kind === null || row.kind === kind) && hasWords(row, message)) return row
  }
  return null
}

function hasWords(row: Family, message: string): boolean {
  return (
    (row.with === undefined || message.includes(row.with)) &&
    (row.without === undefined || !message.includes(row.without))
  )
}
