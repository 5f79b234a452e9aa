import { readRegisters } from '../arm64/registers.ts'
import { LIMITS } from '../limits.ts'
import type { Frame } from '../report.ts'
import type { Field } from './body.ts'
import type { Open } from './open.ts'
import { stackOwner, stackTitle } from './stacks.ts'
import { parseFrames } from './symbol.ts'

/** So many lines that are no frames end a call trace; other messages may stand between frames. */
const MOST_MISSES = 12

/** Whose call trace it is that starts in this function: this crash's, unless another one's pc is there. */
type PcOwner = (open: Open, symbol: string) => Open

/** Reads one line of a crash; false if it is none. */
export function readBodyLine(open: Open, field: Field | null, text: string, pcOwner: PcOwner): boolean {
  const message = text.trimStart()
  const { oops } = open
  if (field) field.read(message.slice(field.prefix.length), open, message)
  const title = stackTitle(message)
  if (title) {
    if (title.own && oops.callTrace.length === 0) {
      open.sink = title.at === 'once' ? oops.callTrace : null
      oops.cpu ??= stackOwner(message).cpu
    } else if (oops.otherStacks.length < LIMITS.otherStacks) {
      const stack = { title: message.trimEnd(), ...stackOwner(message), frames: [] }
      oops.otherStacks.push(stack)
      ;[open.sink, open.pending] = title.at === 'once' ? [stack.frames, null] : [null, stack]
    }
    open.misses = 0
    return true
  }
  if (field) return true
  if (isCallTrace(message)) {
    startCallTrace(open, message)
    return true
  }
  const registers = open.userRegisters ? null : readRegisters(message)
  if (registers) {
    keepRegisters(open, registers)
    return true
  }
  if (isRuler(message)) {
    open.sink = null
    return true
  }
  // arch/arm/kernel/traps.c, dump_backtrace_entry(): until 5.x, nothing stands above arm32's frames
  if (open.sink === null && oops.callTrace.length === 0 && message.includes(') from [<'))
    open.sink = oops.callTrace
  return open.sink !== null && readFrame(open, open.sink, text, pcOwner)
}

function startCallTrace(open: Open, message: string): void {
  const { oops } = open
  open.misses = 0
  if (open.pending) open.sink = open.pending.frames
  else if (oops.callTrace.length === 0) open.sink = oops.callTrace
  else if (oops.otherStacks.length < LIMITS.otherStacks) {
    const stack = { title: message.trimEnd(), cpu: null, pid: null, frames: [] }
    oops.otherStacks.push(stack)
    open.sink = stack.frames
  } else open.sink = null
  open.pending = null
  // The kernel's are printed before its call trace, or belong to it: what comes after a second one is another's.
  open.registersDone ||= Object.keys(oops.registers).length > 0 && oops.callTrace.length > 0
}

function keepRegisters(open: Open, registers: [string, bigint][]): void {
  const { oops } = open
  if (open.registersDone) return
  for (const [name, value] of registers) {
    if (name === 'pc' || name === 'lr') continue
    oops.registers[name] ??= value
  }
}

function readFrame(open: Open, sink: Frame[], text: string, pcOwner: PcOwner): boolean {
  const found = parseFrames(text)
  if (!found) {
    const message = text.trim()
    if (message === '' || isContext(message)) return true
    // Half a frame: two CPUs wrote into one line, or a line was cut.
    if (/\+0x[0-9a-f]*(?:$|[^0-9a-f/])/.test(message) && open.misses === 0) {
      if (sink === open.oops.callTrace) open.oops.damage.push('a line of its call trace is torn')
    }
    if (++open.misses > MOST_MISSES) open.sink = null
    return false
  }
  open.misses = 0
  const owner = sink === open.oops.callTrace && sink.length === 0 ? pcOwner(open, found.frame.symbol) : open
  if (owner !== open) {
    ;[open.sink, owner.sink] = [null, owner.oops.callTrace]
    owner.oops.callTrace.push(found.frame)
    return true
  }
  if (found.callee && sink.length === 0) sink.push(found.callee)
  if (sink.length < LIMITS.frames) sink.push(found.frame)
  return true
}

/** arch/arm64/kernel/stacktrace.c, dump_backtrace(); arm32's `Backtrace: `, x86's `Call Trace:` */
export function isCallTrace(message: string): boolean {
  const first = message.charCodeAt(0) | 0x20
  return (first === 0x63 || first === 0x62) && /^(?:call trace|backtrace):/i.test(message)
}

/** `<TASK>`, `<IRQ>`; arm32's and old arm64's exception stacks within a trace. */
function isContext(message: string): boolean {
  return message.startsWith('<') || message.startsWith('Exception stack(') || /^[0-9a-f]{4}: /.test(message)
}

/** `==========`, `----------`: the boxes of KASAN, KCSAN, lockdep. */
function isRuler(message: string): boolean {
  return (
    message.length >= 20 &&
    (message.startsWith('==========') || message.startsWith('----------')) &&
    !message.includes('[')
  )
}
