import type { Line } from '../input/line.ts'
import type { Words } from '../input/skim.ts'
import { LIMITS } from '../limits.ts'
import type { Oops, Spoof } from '../report.ts'
import { readBodyLine } from './body-line.ts'
import { died, fieldOf } from './body.ts'
import { BEHIND_NAMES, familyOf, STARTS } from './families.ts'
import type { Family } from './family.ts'
import { finish } from './finish.ts'
import { MOST_NESTED, OpenCrashes } from './open-crashes.ts'
import { type Open, openCrash } from './open.ts'
import { isCut, isOver } from './over.ts'
import { PanicReader } from './panic.ts'
import { Preludes } from './prelude.ts'
import { ANNOUNCED, RebootReader } from './reboot.ts'
import { SpoofJudge } from './spoof.ts'
import { HEADLESS, HEADLESS_FIRST, isHeadOf, isMessage } from './stray.ts'

/** What a line settled: an oops (not a WARN) was printed to its end, the kernel gave up, that was printed to its end. */
export type OopsEvent = 'oops-end' | 'panic' | 'panic-end' | null

/** kernel/panic.c, vpanic(): a capital letter in front, a small one in some vendors' */
const PANIC = 'ernel panic - not syncing'
const [DASH, LETTER_K] = [0x2d, 0x6b]
const END = '---[ end '
/** kernel/panic.c, print_oops_end_marker(): ends an oops and a WARN alike */
export const END_TRACE = '---[ end trace '
/** kernel/panic.c, vpanic(): not printed if panic= makes it reset */
export const END_PANIC = '---[ end Kernel panic - not syncing'
/** include/asm-generic/bug.h, CUT_HERE; arch/arm/kernel/traps.c has its own */
export const CUT_HERE = 'cut here ]---'

/** Boot loaders' words are not among these: they count in lines that have no time stamp. */
export const OOPS_WORDS: Words = {
  starts: [...STARTS, ...ANNOUNCED, END, `k${PANIC}`, `K${PANIC}`],
  anywhere: BEHIND_NAMES,
}
/** Of lines that may be of a crash whose first ones are missing. */
export const STRAY_WORDS: Words = { starts: [...HEADLESS] }

/** Collects crashes in the order in which they began. A WARN inside an oops is one of its own. */
export class OopsReader {
  readonly #oopses: Oops[] = []
  /** How many lines there were when each began. */
  readonly #begun = new WeakMap<Oops, number>()
  readonly #open = new OpenCrashes()
  readonly #panics = new PanicReader()
  readonly #preludes = new Preludes()
  readonly #spoofs = new SpoofJudge()
  readonly #reboots = new RebootReader()
  /** Lines of a crash whose first ones are not in the log: it counts if it ends as one. */
  #headless: Open | null = null
  #boot = 0
  #omitted = 0
  #last = 0
  /** Lines that are not blank, so far, but for those that were passed: no crash is open then. */
  #spoken = 0
  /** How many lines were passed since one was read: what they change is done at once, when it matters. */
  #passed = 0

  /** The lines that follow are of another boot. */
  boot(index: number): void {
    this.#settle()
    this.#closeAll()
    const loader = this.#reboots.boot()
    if (loader && !this.#oopses.some(({ boot, fatal }) => boot === this.#boot && fatal)) {
      const line = { ...NO_LINE, text: loader.message, number: loader.line }
      this.#close(openCrash(REBOOT, line, loader.message, this.#boot))
    }
    this.#boot = index
  }

  line(line: Line): OopsEvent {
    this.#settle()
    const message = line.text.trim()
    if (message === '') return null
    this.#spoken++
    this.#last = line.number
    for (const { open, why } of this.#spoofs.line(line)) this.#expose(open, why)
    this.#reboots.line(line, message)
    const first = message.charCodeAt(0)
    if (first === DASH && message.startsWith(END)) return this.#end(line, message)
    if ((first | 0x20) === LETTER_K && message.startsWith(PANIC, 1)) return this.#panic(line, message)
    const family = familyOf(message)
    if (family) this.#begin(line, family, message)
    else if (this.#open.size > 0 || this.#headless) this.#body(line, message)
    else this.#loose(line, message)
    this.#preludes.line(line)
    return null
  }

  /** A stamped line that is not blank and has none of OOPS_WORDS, nor of STRAY_WORDS if there is room: false if it is for line(), since one is awaited. */
  pass(line: Line): boolean {
    if (this.#passed === 0 && this.#awaits) return false
    this.#passed++
    this.#preludes.line(line)
    return true
  }

  get #awaits(): boolean {
    return this.#open.size > 0 || this.#headless !== null || this.#spoofs.waits
  }

  /** Does what the lines change that were passed. */
  #settle(): void {
    const { last } = this.#preludes
    if (this.#passed === 0 || last === null) return
    this.#last = last.number
    this.#spoofs.pass(this.#passed, last)
    this.#reboots.pass()
    this.#passed = 0
  }

  /** All so far, in the order in which they began. */
  oopses(): Oops[] {
    this.#settle()
    this.#closeAll()
    // Lines that were made one have the same number.
    const begun = (oops: Oops) => this.#begun.get(oops) ?? 0
    this.#oopses.sort((a, b) => a.line - b.line || begun(a) - begun(b))
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

  /** No more are kept: not even looked at, so that a log of nothing else takes no longer. STRAY_WORDS don't count then. */
  get isFull(): boolean {
    return this.#oopses.length + this.#open.size >= LIMITS.oopses
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
    const inner = this.#open.innermost(line)
    if (family.joins && inner && this.#isSame(inner, family)) {
      this.#open.spoke(inner)
      if (message.startsWith('Out of memory')) inner.oops.message ??= message
      else died(message.startsWith('Internal error: ') ? message.slice(16) : message, inner)
      if (inner.oops.kind === 'oom') inner.died = true
      this.#touch(inner, line)
      return
    }
    if (inner && family.fatal && isHeadOf(inner, family)) {
      inner.family = family
      ;[inner.oops.kind, inner.oops.header] = [family.kind, message]
      this.#touch(inner, line)
      family.read?.(message, inner.oops)
      return
    }
    if (this.isFull) {
      if (!family.joins) this.#omitted++
      return
    }
    const open = openCrash(family, line, message, this.#boot)
    this.#headless = null
    open.oops.message = this.#preludes.messageOf(line, family)
    open.among = this.#spoofs.isAmongStamped(line)
    open.timeBefore = this.#spoofs.timeBefore(line)
    family.read?.(message, open.oops)
    if (family.joins && message.includes('[#'))
      died(message.startsWith('Internal error: ') ? message.slice(16) : message, open)
    if (family.kind === 'kasan' || family.prefix === 'BUG: KMSAN: ')
      open.sink = family.kind === 'kasan' ? null : open.oops.callTrace
    this.#start(open)
  }

  /** `Internal error:` and the like are lines of the crash that is open, if they fit it and it has none yet. */
  #isSame(inner: Open, family: Family): boolean {
    const { oops } = inner
    if (isOver(inner, this.#spoken)) return false
    if (family.kind === 'oom') return oops.kind === 'oom'
    return oops.fatal && !inner.died && oops.kind !== 'panic'
  }

  #start(open: Open): void {
    open.at = this.#spoken
    this.#begun.set(open.oops, this.#spoken)
    // One that has all it could have is over, end line or not: nothing nests in it.
    for (const over of this.#open.of(open.caller).filter(other => isOver(other, this.#spoken)))
      this.#close(over)
    const [outermost] = this.#open.of(open.caller)
    if (outermost && this.#open.of(open.caller).length === MOST_NESTED) this.#close(outermost)
    this.#open.add(open)
  }

  #body(line: Line, message: string): void {
    const field = fieldOf(message)
    const open = this.#headless ?? this.#open.ownerOf(line, field, message)
    if (!open) return
    if (isMessage(open, field, line, message)) {
      open.oops.message = message.trimEnd()
      return
    }
    if (isOver(open, this.#spoken)) {
      if (open === this.#headless) this.#headless = null
      else this.#close(open)
      return
    }
    if (readBodyLine(open, field, line.text, this.#open.pcOwner)) {
      this.#touch(open, line)
      this.#open.spoke(open)
    }
  }

  /** Lines of a crash that has no head: kept until its end line says that it is one. */
  #loose(line: Line, message: string): void {
    if (this.isFull || !HEADLESS_FIRST.has(message.charCodeAt(0))) return
    const field = fieldOf(message)
    if (!field || !HEADLESS.has(field.prefix)) return
    this.#headless = openCrash(NO_HEAD, line, message, this.#boot)
    this.#headless.at = this.#spoken
    field.read(message.slice(field.prefix.length), this.#headless, message)
  }

  #end(line: Line, message: string): OopsEvent {
    if (message.startsWith(END_PANIC)) {
      const closed = this.#open.innermost(line)
      if (closed) this.#ended(closed, line)
      return 'panic-end'
    }
    if (!message.startsWith(END_TRACE)) return null
    const closed = this.#headless ? this.#adopt(this.#headless) : this.#open.ending(line)
    if (!closed) return null
    closed.oops.endTrace = /^[0-9a-f]{1,16}/i.exec(message.slice(END_TRACE.length))?.[0] ?? null
    this.#ended(closed, line)
    return closed.oops.fatal && closed.oops.kind !== 'panic' ? 'oops-end' : null
  }

  #adopt(open: Open): Open {
    this.#headless = null
    open.oops.damage.push('its first lines are missing')
    this.#start(open)
    return open
  }

  /** A line of it was read. */
  #touch(open: Open, { number }: Line): void {
    open.oops.lastLine = number
    open.at = this.#spoken
  }

  #ended(open: Open, line: Line): void {
    open.oops.ended = true
    this.#touch(open, line)
    this.#close(open)
  }

  /** A panic is what follows an oops; only without one is it an entry of its own. */
  #panic(line: Line, message: string): OopsEvent {
    if (line.printedBy !== null) return null
    const before = this.#open.innermost(line) ?? this.#open.last()
    const family = this.#panics.familyOf(message)
    const cause = this.#panics.causeOf(message, before?.oops ?? null, this.#lastOf(this.#boot), this.#boot)
    if (cause) {
      cause.panic ??= this.#panics.reasonOf(message)
      cause.fatal = true
      if (before?.oops === cause) {
        this.#touch(before, line)
        before.registersDone = Object.keys(cause.registers).length > 0
        this.#open.spoke(before)
      } else this.#closeAll()
      return 'panic'
    }
    const open = openCrash(family, line, message, this.#boot)
    open.among = this.#spoofs.isAmongStamped(line)
    open.timeBefore = this.#spoofs.timeBefore(line)
    open.oops.panic = this.#panics.reasonOf(message)
    const missing = this.#panics.missingCause(message)
    if (missing !== null) open.oops.damage.push(missing)
    this.#start(open)
    return 'panic'
  }

  /** The last crash of a boot: a fatal one, if there was one. */
  #lastOf(boot: number): Oops | null {
    const own = this.#oopses.filter(oops => oops.boot === boot)
    return own.findLast(({ fatal }) => fatal) ?? own.at(-1) ?? null
  }

  #close(open: Open): void {
    this.#open.remove(open)
    this.#oopses.push(finish(open))
    const why = this.#spoofs.judge(open)
    if (why !== null) this.#expose(open, why)
  }

  /** It was no crash of the kernel's. */
  #expose({ oops }: Open, why: string): void {
    this.#spoofs.add({ title: oops.title, line: oops.line, why })
    const at = this.#oopses.lastIndexOf(oops)
    if (at !== -1) this.#oopses.splice(at, 1)
  }

  #closeAll(): void {
    for (const open of this.#open.all()) {
      const { oops } = open
      if (oops.lastLine === this.#last && isCut(open)) oops.damage.push('the log ends in its call trace')
      this.#close(open)
    }
    this.#headless = null
  }
}

const NO_HEAD: Family = { prefix: '', kind: 'other', name: 'crash', symbol: 'pc' }
const REBOOT: Family = {
  ...{ prefix: '', kind: 'reboot', name: 'unexpected reboot', symbol: 'none', fatal: true, bare: true },
}
const NO_LINE = { caller: '', stamped: false, time: null, before: '', printedBy: null }
