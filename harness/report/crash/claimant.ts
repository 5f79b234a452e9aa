import type { Field } from './body.ts'
import type { Open } from './open.ts'
import { readRegisters } from './registers.ts'
import { parseFrame } from './symbol.ts'

/**
 * Whose line it is, where two CPUs print at once and the log has no caller ids: who is known to be on this CPU, whose
 * call trace is being printed, who lacks what the line says; or else who spoke last.
 */
export function claimant(stack: readonly Open[], current: Open, field: Field | null, message: string): Open {
  const innermostFirst = [...stack].reverse()
  const first = (is: (open: Open) => boolean) => innermostFirst.find(is)
  if (field?.prefix === 'CPU: ') {
    const cpu = Number(/^CPU: (\d{1,5})/.exec(message)?.[1] ?? -1)
    const lacking = (of: number | null) => first(({ oops }) => oops.cpu === of && oops.kernel === null)
    return lacking(cpu) ?? lacking(null) ?? current
  }
  if (field?.prefix === 'pc : ') {
    const symbol = message.slice(5).split('+', 1)[0]
    const known = first(({ oops }) => oops.pc?.symbol === symbol && oops.registers['x29'] === undefined)
    if (known) return known
  }
  if (field?.lacks)
    return field.lacks(current.oops)
      ? current
      : (first(({ oops }) => field.lacks?.(oops) === true) ?? current)
  if (field) return current
  const registers = readRegisters(message)
  if (registers) {
    const [[name]] = registers as [[string, bigint]]
    const lacks = ({ oops }: Open) => oops.registers[name] === undefined && oops.pc !== null
    return lacks(current) ? current : (first(lacks) ?? current)
  }
  if (current.sink === null && parseFrame(message)) return first(({ sink }) => sink !== null) ?? current
  return current
}
