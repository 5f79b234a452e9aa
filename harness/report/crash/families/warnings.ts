import type { Oops } from '../../report.ts'
import { after, numberAfter } from '../../text.ts'
import type { Family } from '../family.ts'
import { readSource } from '../source.ts'
import { parsePlace } from '../symbol.ts'

/** `WARNING: CPU: 1 PID: 1 at file:line symbol`: without CONFIG_DEBUG_BUGVERBOSE there is no file. */
function warning(message: string, oops: Oops): void {
  oops.cpu = numberAfter(message, 'CPU: ')
  oops.pid = numberAfter(message, 'PID: ')
  readPlace(after(message, ' at ') ?? '', oops)
}

/** `WARNING: [condition] file:line at symbol, CPU#1: comm/pid`; the comm may have colons and slashes. */
function warningWithSymbol(message: string, oops: Oops): void {
  const at = message.indexOf(' at ')
  const before = message.slice(0, at)
  oops.source = readSource(before.slice(before.lastIndexOf(' ') + 1))
  const rest = message.slice(at + 4)
  oops.pc = parsePlace(rest)
  const cpu = rest.lastIndexOf(', CPU#')
  oops.cpu = numberAfter(rest.slice(cpu), 'CPU#')
  const task = after(rest.slice(cpu), ': ') ?? ''
  const slash = task.lastIndexOf('/')
  if (slash <= 0) return
  oops.comm = task.slice(0, slash)
  oops.pid = numberAfter(task.slice(slash), '/')
}

function oldWarning(message: string, oops: Oops): void {
  readPlace(after(message, ' at ') ?? '', oops)
}

/** `file:line symbol`, `symbol`, `file:line` */
function readPlace(place: string, oops: Oops): void {
  oops.source = readSource(place)
  oops.pc = parsePlace(oops.source ? (after(place, ' ') ?? '') : place) ?? parsePlace(after(place, ' ') ?? '')
}

const bugSource = (message: string, oops: Oops) => {
  const place = after(message, 'BUG at ') ?? ''
  oops.source = readSource(place)
  if (!oops.source) oops.pc = parsePlace(place)
}

/** WARN and BUG, by whatever they are called. */
export const WARNINGS: readonly Family[] = [
  // lib/bug.c, __report_bug(): all versions; capital K if CONFIG_DEBUG_BUGVERBOSE is off
  { prefix: 'kernel BUG at ', kind: 'bug', symbol: 'pc', fatal: true, read: bugSource },
  { prefix: 'Kernel BUG at ', kind: 'bug', symbol: 'pc', fatal: true, read: bugSource },
  // kernel/panic.c, __warn(): until 6.x
  { prefix: 'WARNING: CPU: ', kind: 'warning', symbol: 'pc', read: warning },
  // the same since 7.0
  { prefix: 'WARNING: ', with: ', CPU#', kind: 'warning', symbol: 'pc', read: warningWithSymbol },
  // the same until 3.11, and in what vendors still print
  { prefix: 'WARNING: at ', with: '+0x', kind: 'warning', symbol: 'pc', read: oldWarning },
]
