import type { Oops } from '../report.ts'
import type { Line } from '../input/line.ts'
import { CALL_TRACE, CODE, END_PANIC, END_TRACE, FIELDS, HEADERS, PANIC, type Header } from './table.ts'
import { parseFrame } from './symbol.ts'

/** What a line settled: an oops (not a WARN) was printed to its end, the kernel gave up, that was printed to its end. */
export type OopsEvent = 'oops-end' | 'panic' | 'panic-end' | null

/** A crash being printed. */
interface Open {
  oops: Oops
  name: string
  /** Its `Internal error:` line was seen: another one starts another crash. */
  joined: boolean
  inCallTrace: boolean
}

/** Crashes within crashes, deeper than this, are not told apart. */
const MOST_NESTED = 16
/** The kernel prints at most 128 or so frames; more is not a call trace. */
const MOST_FRAMES = 512

/** Collects crashes in the order in which they began. A WARN inside an oops is one of its own. */
export class OopsReader {
  readonly #oopses: Oops[] = []
  /** The crashes that each caller (CPU or task) is in the middle of, the innermost last. */
  readonly #open = new Map<string, Open[]>()

  line(line: Line): OopsEvent {
    const message = line.text.trimStart()
    if (message.startsWith(PANIC)) return this.#panic(line, message.slice(PANIC.length).trimEnd())
    if (message.startsWith(END_TRACE)) return this.#close(line.caller)
    if (message.startsWith(END_PANIC)) {
      this.#close(line.caller)
      return 'panic-end'
    }
    const header = HEADERS.find(
      row => message.startsWith(row.prefix) && (!row.with || message.includes(row.with)),
    )
    if (header) this.#begin(line, header, message)
    else this.#body(line.caller, message)
    return null
  }

  oopses(): Oops[] {
    return this.#oopses
  }

  #begin(line: Line, header: Header, message: string): void {
    const inner = this.#open.get(line.caller)?.at(-1)
    if (header.joins && inner && !inner.joined && inner.oops.kind !== 'warning') {
      inner.joined = true
      return
    }
    const open = this.#push(line, header.kind, header.name ?? header.kind)
    open.joined = header.joins ?? false
    header.read?.(message, open.oops)
    retitle(open)
  }

  #push(line: Line, kind: Oops['kind'], name: string): Open {
    const open = { oops: emptyOops(kind, name, line.number), name, joined: false, inCallTrace: false }
    const stack = this.#open.get(line.caller) ?? []
    if (stack.length === MOST_NESTED) stack.shift()
    stack.push(open)
    this.#open.set(line.caller, stack)
    this.#oopses.push(open.oops)
    return open
  }

  #body(caller: string, message: string): void {
    const open = this.#open.get(caller)?.at(-1)
    if (!open) return
    if (message.startsWith(CODE)) open.inCallTrace = false
    else if (message.slice(0, CALL_TRACE.length).toLowerCase() === CALL_TRACE) {
      open.inCallTrace = open.oops.callTrace.length === 0
    } else if (!this.#field(open, message) && open.inCallTrace && open.oops.callTrace.length < MOST_FRAMES) {
      const frame = parseFrame(message)
      if (frame) open.oops.callTrace.push(frame)
    }
  }

  #field(open: Open, message: string): boolean {
    const field = FIELDS.find(row => message.startsWith(row.prefix))
    if (!field) return false
    const { kind } = open.oops
    field.read(message.slice(field.prefix.length), open.oops)
    if (open.oops.kind !== kind) open.name = open.oops.kind
    retitle(open)
    return true
  }

  #close(caller: string): OopsEvent {
    const stack = this.#open.get(caller)
    const closed = stack?.pop()
    if (!closed) return null
    if (stack?.length === 0) this.#open.delete(caller)
    closed.oops.ended = true
    return closed.oops.kind === 'warning' || closed.oops.kind === 'panic' ? null : 'oops-end'
  }

  /** A panic is what follows an oops; only without one is it an entry of its own. */
  #panic(line: Line, reason: string): OopsEvent {
    this.#open.clear()
    if (this.#oopses.every(oops => oops.kind === 'warning')) this.#push(line, 'panic', `panic: ${reason}`)
    return 'panic'
  }
}

function retitle({ oops, name }: Open): void {
  oops.title = oops.pc && oops.kind !== 'panic' ? `${name} in ${oops.pc.symbol}` : name
}

function emptyOops(kind: Oops['kind'], title: string, line: number): Oops {
  return {
    ...{ kind, title, header: '', arch: null, line, lastLine: line, boot: 0, time: null },
    ...{ fatal: false, consequence: false, corrupted: false, damage: [] },
    ...{ address: null, access: null, accessSize: null, esr: null, pc: null, lr: null },
    ...{ cpu: null, pid: null, comm: null, tainted: null, taints: [], kernel: null },
    ...{ hardware: null, workqueue: null, source: null, message: null, die: null, panic: null },
    ...{ registers: {}, modules: [], callTrace: [], otherStacks: [], code: null },
    ...{ endTrace: null, ended: false },
  }
}
