/** Lines that don't stand where they should: a body without a head, a head behind its body, a message behind its crash. */
import type { Line } from '../input/line.ts'
import { isCallTrace } from './body-line.ts'
import type { Field } from './body.ts'
import type { Family } from './family.ts'
import { explained } from './messages.ts'
import type { Open } from './open.ts'

/** Fields that only crashes print, and dumps of registers. */
export const HEADLESS = new Set(['pc : ', 'PC is at ', 'RIP: ', 'ESR = ', 'Modules linked in:', 'CPU: '])
export const HEADLESS_FIRST = new Set([...HEADLESS].map(prefix => prefix.charCodeAt(0)))

/**
 * Some bots sort a log by level: the die line (KERN_EMERG) then stands before the fault's own (KERN_ALERT). It is one crash
 * if all that it has is of that level.
 */
export function isHeadOf({ family, oops }: Open, { kind, joins }: Family): boolean {
  if (family.kind !== 'internal-error' || joins || (kind !== 'null-deref' && kind !== 'paging-fault'))
    return false
  return oops.pc === null && oops.callTrace.length === 0 && oops.kernel === null && !oops.ended
}

/** Since 7.0, a WARN's message is printed after its first line. */
export function isMessage({ oops, caller }: Open, field: Field | null, line: Line, message: string): boolean {
  if (oops.kind !== 'warning' || field || message === '' || line.number !== oops.line + 1) return false
  if (line.caller !== caller || !oops.header.includes(', CPU#')) return false
  return explained(message) !== null || (oops.message === null && !isCallTrace(message))
}
