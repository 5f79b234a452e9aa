import type { Line } from '../input/line.ts'
import { LIMITS } from '../limits.ts'
import type { Oops, Spoof } from '../report.ts'
import { died, fieldOf, type Field } from './body.ts'
import { familyOf } from './families.ts'
import type { Family } from './family.ts'
import { finish } from './finish.ts'
import { explained } from './messages.ts'
import { type Open, openCrash } from './open.ts'
import { PanicReader } from './panic.ts'
import { Preludes } from './prelude.ts'
import { RebootReader } from './reboot.ts'
import { readRegisters } from './registers.ts'
import { SpoofJudge } from './spoof.ts'
import { stackOwner, stackTitle } from './stacks.ts'
import { claimant } from './claimant.ts'
import { parseFrames } from './symbol.ts'

/** What a line settled: an oops (not a WARN) was printed to its end, the kernel gave up, that was printed to its end. */
export type OopsEvent = 'oops-end' | 'panic' | 'panic-end' | null

/** kernel/panic.c, vpanic() */
export const PANIC = 'Kernel panic - not syncing'
/** kernel/panic.c, print_oops_end_marker(): ends an oops and a WARN alike */
export const END_TRACE = '---[ end trace '
/** kernel/panic.c, vpanic(): not printed if panic= makes it reset */
export const END_PANIC = '---[ end Kernel panic - not syncing'
/** include/asm-generic/bug.h, CUT_HERE; arch/arm/kernel/traps.c has its own */
export const CUT_HERE = 'cut here ]---'

/** Crashes within crashes, deeper than this, are not told apart. */
const MOST_NESTED = 16
/** A crash of which so many lines long nothing was printed is over: with its call trace, before it, and out of memory. */
const MOST_APART = { traced: 40, before: 300, oom: 4000 }
/** So many lines that are no frames end a call trace; other messages may stand between frames. */
const MOST_MISSES = 12

/** Collects crashes in the order in which they began. A WARN inside an oops is one of its own. */
export class OopsReader {
  readonly #oopses: Oops[] = []
  readonly #opens = new Set<Open>()
  /** The crashes that each caller (CPU or task) is in the middle of, the innermost last. */
  readonly #stacks = new Map<string, Open[]>()
  readonly #panics = new PanicReader()
  readonly #preludes = new Preludes()
  readonly #spoofs = new SpoofJudge()
  readonly #reboots = new RebootReader()
  #current: Open | null = null
  /** Lines of a crash whose first ones are not in the log: it counts if it ends as one. */
  #headless: Open | null = null
  #boot = 0
  #omitted = 0
  #last = 0

  /** The lines that follow are of another boot. */
  boot(index: number): void {
    this.#closeAll()
    const loader = this.#reboots.boot()
    if (loader && !this.#oopses.some(({ boot, fatal }) => boot === this.#boot && fatal)) {
      const line = { ...NO_LINE, text: loader.message, number: loader.line }
      this.#close(openCrash(REBOOT, line, loader.message, this.#boot))
    }
    this.#boot = index
  }

  line(line: Line): OopsEvent {
    const message = line.text.trimStart()
    this.#last = line.number
    this.#spoofs.line(line, message)
    this.#reboots.line(line, message)
    if (message.startsWith('---[ end ')) return this.#end(line, message)
    if (message.startsWith(PANIC) || message.startsWith('kernel panic - not syncing'))
      return this.#panic(line, message)
    const family = familyOf(message)
    if (family) this.#begin(line, family, message)
    else if (this.#opens.size > 0 || this.#headless) this.#body(line, message)
    else this.#loose(line, message)
    this.#preludes.line(line)
    return null
  }

  /** All so far, in the order in which they began. */
  oopses(): Oops[] {
    this.#closeAll()
    this.#oopses.sort((a, b) => a.line - b.line)
    let boot = -1
    for (const oops of this.#oopses) {
      oops.consequence = oops.boot === boot
      boot = oops.boot
    }
    return this.#oopses
  }

  spoofs(): Spoof[] {
    return this.#spoofs.spoofs()
  }

  /** Crashes beyond those that are kept. */
  get omitted(): number {
    return this.#omitted
  }

  /** No more are kept: not even looked at, so that a log of nothing else takes no longer. */
  get #isFull(): boolean {
    return this.#oopses.length + this.#opens.size >= LIMITS.oopses
  }

  #begin(line: Line, family: Family, message: string): void {
    if (line.printedBy !== null) {
      this.#spoofs.add({
        title: family.name ?? family.kind,
        line: line.number,
        why: `${line.printedBy} printed it`,
      })
      return
    }
    const inner = this.#innermost(line.caller)
    if (family.joins && inner && this.#isSame(inner, family, line)) {
      this.#current = inner
      if (message.startsWith('Out of memory')) inner.oops.message ??= message
      else died(message.startsWith('Internal error: ') ? message.slice(16) : message, inner)
      if (inner.oops.kind === 'oom') inner.died = true
      inner.oops.lastLine = line.number
      return
    }
    if (inner && family.fatal && isHeadOf(inner, family)) {
      inner.family = family
      ;[inner.oops.kind, inner.oops.header, inner.oops.lastLine] = [family.kind, message, line.number]
      family.read?.(message, inner.oops)
      return
    }
    if (this.#isFull) {
      if (!family.joins) this.#omitted++
      return
    }
    const open = openCrash(family, line, message, this.#boot)
    this.#headless = null
    open.oops.message = this.#preludes.messageOf(line, family)
    open.among = this.#spoofs.isAmongStamped(line)
    family.read?.(message, open.oops)
    if (family.joins && message.includes('[#'))
      died(message.startsWith('Internal error: ') ? message.slice(16) : message, open)
    if (family.kind === 'kasan' || family.prefix === 'BUG: KMSAN: ')
      open.sink = family.kind === 'kasan' ? null : open.oops.callTrace
    this.#open(open, line.caller)
  }

  /** `Internal error:` and the like are lines of the crash that is open, if they fit it and it has none yet. */
  #isSame(inner: Open, family: Family, line: Line): boolean {
    const { oops } = inner
    if (isOver(inner, line.number)) return false
    if (family.kind === 'oom') return oops.kind === 'oom'
    return oops.fatal && !inner.died && oops.kind !== 'panic'
  }

  #open(open: Open, caller: string): void {
    const stack = this.#stacks.get(caller) ?? []
    // One that has all it could have is over, end line or not: nothing nests in it.
    for (const over of stack.filter(other => isOver(other, open.oops.line))) this.#close(over)
    const live = this.#stacks.get(caller) ?? []
    if (live.length === MOST_NESTED) this.#close(live[0] as Open)
    this.#stacks.set(caller, [...(this.#stacks.get(caller) ?? []), open])
    this.#opens.add(open)
    this.#current = open
  }

  #body(line: Line, message: string): void {
    const field = fieldOf(message)
    const open = this.#headless ?? this.#ownerOf(line, field, message)
    if (!open) return
    if (isMessage(open, field, line, message)) {
      open.oops.message = message.trimEnd()
      return
    }
    if (isOver(open, line.number)) {
      if (open === this.#headless) this.#headless = null
      else this.#close(open)
      return
    }
    if (this.#fact(open, field, line, message)) {
      open.oops.lastLine = line.number
      if (line.caller === '') this.#current = open
    }
  }

  /** Reads one line of a crash; false if it is none. */
  #fact(open: Open, field: Field | null, { text }: Line, message: string): boolean {
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
      this.#callTrace(open, message)
      return true
    }
    const registers = open.userRegisters ? null : readRegisters(message)
    if (registers) {
      this.#registers(open, registers)
      return true
    }
    if (isRuler(message)) {
      open.sink = null
      return true
    }
    // arch/arm/kernel/traps.c, dump_backtrace_entry(): until 5.x, nothing stands above arm32's frames
    if (open.sink === null && oops.callTrace.length === 0 && message.includes(') from [<'))
      open.sink = oops.callTrace
    return open.sink !== null && this.#frame(open, open.sink, text)
  }

  #callTrace(open: Open, message: string): void {
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

  #registers(open: Open, registers: [string, bigint][]): void {
    const { oops } = open
    if (open.registersDone) return
    for (const [name, value] of registers) {
      if (name === 'pc' || name === 'lr') continue
      oops.registers[name] ??= value
    }
  }

  #frame(open: Open, sink: Open['oops']['callTrace'], text: string): boolean {
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
    const owner =
      sink === open.oops.callTrace && sink.length === 0 ? this.#pcOwner(open, found.frame.symbol) : open
    if (owner !== open) {
      ;[open.sink, owner.sink] = [null, owner.oops.callTrace]
      owner.oops.callTrace.push(found.frame)
      return true
    }
    if (found.callee && sink.length === 0) sink.push(found.callee)
    if (sink.length < LIMITS.frames) sink.push(found.frame)
    return true
  }

  /** Without caller ids: a call trace that starts where another crash's pc is, is that one's. */
  #pcOwner(open: Open, symbol: string): Open {
    if (open.caller !== '' || open.oops.pc?.symbol === symbol) return open
    const stack = this.#stacks.get('') ?? []
    return stack.find(({ oops }) => oops.pc?.symbol === symbol && oops.callTrace.length === 0) ?? open
  }

  /** Of the crashes that are open, the one that a line is of. */
  #ownerOf(line: Line, field: Field | null, message: string): Open | null {
    const stack = this.#stacks.get(line.caller)
    if (line.caller !== '') return stack?.at(-1) ?? null
    const current = this.#current && this.#opens.has(this.#current) ? this.#current : (stack?.at(-1) ?? null)
    if (!current || !stack || stack.length < 2) return current
    const owner = claimant(stack, current, field, message)
    if (owner !== current && owner.oops.line < current.oops.line) {
      for (const { oops } of [owner, current]) {
        if (!oops.damage.includes(BETWEEN)) oops.damage.push(BETWEEN)
      }
    }
    return owner
  }

  /** Lines of a crash that has no head: kept until its end line says that it is one. */
  #loose(line: Line, message: string): void {
    const field = fieldOf(message)
    if (!field || this.#isFull || !HEADLESS.has(field.prefix)) return
    this.#headless = openCrash(NO_HEAD, line, message, this.#boot)
    field.read(message.slice(field.prefix.length), this.#headless, message)
  }

  #end(line: Line, message: string): OopsEvent {
    if (message.startsWith(END_PANIC)) {
      const closed = this.#innermost(line.caller)
      if (closed) this.#ended(closed, line)
      return 'panic-end'
    }
    if (!message.startsWith(END_TRACE)) return null
    const closed = this.#headless ? this.#adopt(this.#headless) : this.#ending(line.caller)
    if (!closed) return null
    closed.oops.endTrace = /^[0-9a-f]{1,16}/i.exec(message.slice(END_TRACE.length))?.[0] ?? null
    this.#ended(closed, line)
    return closed.oops.fatal && closed.oops.kind !== 'panic' ? 'oops-end' : null
  }

  #adopt(open: Open): Open {
    this.#headless = null
    open.oops.damage.push('its first lines are missing')
    this.#open(open, open.caller)
    return open
  }

  #ended(open: Open, { number }: Line): void {
    open.oops.ended = true
    open.oops.lastLine = number
    this.#close(open)
  }

  /** A panic is what follows an oops; only without one is it an entry of its own. */
  #panic(line: Line, message: string): OopsEvent {
    if (line.printedBy !== null) return null
    const before = this.#innermost(line.caller) ?? this.#lastOpen()
    const family = this.#panics.familyOf(message)
    const cause = this.#panics.causeOf(message, before?.oops ?? null, this.#oopses.at(-1) ?? null, this.#boot)
    if (cause) {
      cause.panic ??= this.#panics.reasonOf(message)
      cause.fatal = true
      if (before?.oops === cause) {
        before.oops.lastLine = line.number
        before.registersDone = Object.keys(cause.registers).length > 0
        this.#current = before
      } else this.#closeAll()
      return 'panic'
    }
    const open = openCrash(family, line, message, this.#boot)
    open.among = this.#spoofs.isAmongStamped(line)
    open.oops.panic = this.#panics.reasonOf(message)
    const missing = this.#panics.missingCause(message)
    if (missing !== null) open.oops.damage.push(missing)
    this.#open(open, line.caller)
    return 'panic'
  }

  #innermost(caller: string): Open | null {
    const stack = this.#stacks.get(caller)
    if (!stack) return null
    if (caller === '' && this.#current && stack.includes(this.#current)) return this.#current
    return stack.at(-1) ?? null
  }

  /** The crash that an end line is of: without caller ids, one that has all that is printed before it. */
  #ending(caller: string): Open | null {
    const inner = this.#innermost(caller)
    if (caller !== '' || !inner || isWhole(inner)) return inner
    return this.#stacks.get(caller)?.findLast(isWhole) ?? inner
  }

  #lastOpen(): Open | null {
    return [...this.#opens].at(-1) ?? null
  }

  #close(open: Open): void {
    this.#opens.delete(open)
    const stack = (this.#stacks.get(open.caller) ?? []).filter(other => other !== open)
    if (stack.length > 0) this.#stacks.set(open.caller, stack)
    else this.#stacks.delete(open.caller)
    if (this.#current === open) this.#current = stack.at(-1) ?? null
    const oops = finish(open)
    const why = this.#spoofs.judge(open)
    if (why !== null) this.#spoofs.add({ title: oops.title, line: oops.line, why })
    else this.#oopses.push(oops)
  }

  #closeAll(): void {
    for (const open of [...this.#opens]) {
      const { oops } = open
      if (oops.lastLine === this.#last && isCut(open)) oops.damage.push('the log ends in its call trace')
      this.#close(open)
    }
    this.#headless = null
  }
}

const BETWEEN = 'lines of another crash stand between its own'

const NO_HEAD: Family = { prefix: '', kind: 'other', name: 'crash', symbol: 'pc' }
const REBOOT: Family = {
  ...{ prefix: '', kind: 'reboot', name: 'unexpected reboot', symbol: 'none', fatal: true, bare: true },
}
const NO_LINE = { caller: '', stamped: false, time: null, before: '', printedBy: null }
/** Fields that only crashes print, and dumps of registers. */
const HEADLESS = new Set(['pc : ', 'PC is at ', 'RIP: ', 'ESR = ', 'Modules linked in:', 'CPU: '])

/**
 * Some bots sort a log by level: the die line (KERN_EMERG) then stands before the fault's own (KERN_ALERT). It is one crash
 * if all that it has is of that level.
 */
function isHeadOf({ family, oops }: Open, { kind, joins }: Family): boolean {
  if (family.kind !== 'internal-error' || joins || (kind !== 'null-deref' && kind !== 'paging-fault'))
    return false
  return oops.pc === null && oops.callTrace.length === 0 && oops.kernel === null && !oops.ended
}

/** Since 7.0, a WARN's message is printed after its first line. */
function isMessage({ oops, caller }: Open, field: Field | null, line: Line, message: string): boolean {
  if (oops.kind !== 'warning' || field || message === '' || line.number !== oops.line + 1) return false
  if (line.caller !== caller || !oops.header.includes(', CPU#')) return false
  return explained(message) !== null || (oops.message === null && !isCallTrace(message))
}

/** A call trace, and the code of one that died: what stands before an end line. */
function isWhole({ oops, died }: Open): boolean {
  return oops.callTrace.length > 0 && (!died || oops.code !== null)
}

function isOver({ oops, sink }: Open, number: number): boolean {
  // The list of all tasks stands between its trace and who is killed.
  if (oops.kind === 'oom') return number - oops.lastLine > MOST_APART.oom
  const traced = oops.callTrace.length > 0 && sink !== oops.callTrace
  return number - oops.lastLine > (traced ? MOST_APART.traced : MOST_APART.before)
}

/** Its call trace stops before where arm64's tasks and interrupts begin. */
function isCut({ oops, sink }: Open): boolean {
  if (sink !== oops.callTrace || oops.ended || oops.arch !== 'arm64') return false
  return !ROOTS.test(oops.callTrace.at(-1)?.symbol ?? '')
}

/** arch/arm64/kernel/entry.S and head.S, of 4.4 to 7.3 */
const ROOTS =
  /^(?:ret_from_fork|el0|el1|__primary_switch|__secondary_switch|__mmap_switched|start_kernel|secondary_start|cpu_startup|cpu_switch|rest_init|0x)/

/** arch/arm64/kernel/stacktrace.c, dump_backtrace(); arm32's `Backtrace: `, x86's `Call Trace:` */
function isCallTrace(message: string): boolean {
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
