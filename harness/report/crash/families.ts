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

/** Rows by the first four letters of their prefix: a healthy line is looked up once, and is none. */
const BY_LETTERS = new Map<number, Family[]>()
for (const family of FAMILIES) {
  const key = letters(family.prefix, 0)
  BY_LETTERS.set(key, [...(BY_LETTERS.get(key) ?? []), family])
}

/** The family that a message is the first line of; null for most. */
export function familyOf(message: string): Family | null {
  const rows = BY_LETTERS.get(letters(message, 0))
  if (rows) {
    for (const row of rows) if (fits(row, message)) return row
  }
  // `[ INFO: possible circular locking dependency detected ]`: lockdep's box, until 4.10
  if (message.startsWith('[ ') && message.includes(': ')) {
    const inner = message.slice(2)
    return BY_LETTERS.get(letters(inner, 0))?.find(row => row.kind === 'lockdep' && fits(row, inner)) ?? null
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

function fits(row: Family, message: string): boolean {
  return (
    message.startsWith(row.prefix) &&
    (row.with === undefined || message.includes(row.with)) &&
    (row.without === undefined || !message.includes(row.without))
  )
}

function letters(text: string, at: number): number {
  return (
    (text.charCodeAt(at) << 24) ^
    (text.charCodeAt(at + 1) << 16) ^
    (text.charCodeAt(at + 2) << 8) ^
    text.charCodeAt(at + 3)
  )
}
