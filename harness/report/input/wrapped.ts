import { pastBlanks } from '../text.ts'
import { anchorAt, deviceAt, frameAt, registersAt } from './anchors.ts'

/** The first half of a line that may have been wrapped. */
export interface Half {
  text: string
  /** Characters of its last physical line, with quote marks and all. */
  width: number
}

/** How a message breaks where a mail program or a terminal wrapped it. */
interface Break {
  /** The first half starts so, if that is told. */
  head?: string
  /** The last character of the first half is one of these. */
  last?: string
  /** It has this in it. */
  has?: string
  /** The first half, which has no end yet. It is short (MOST), and the pattern cannot backtrack far. */
  first?: RegExp
  /** The first half is whole if this is in it: then nothing follows. */
  done?: RegExp
  /** The second half. */
  then: RegExp | ((text: string) => boolean)
  /** Both must look so together. */
  makes?: RegExp
  /** The next word must not have fitted: for halves that are not so clear. */
  full?: true
}

/** Wider lines are not wrapped; a mail's lines are no wider than this (RFC 5322), a terminal's are 80. */
const WIDEST = 80
/** Nobody wraps at less. */
const NARROWEST = 64
/** Longer first halves than the kernel's longest messages are looked at only where lists may be long. */
const MOST = 600

const SYMBOL = /^(?:\? )?[\w.$]{1,200}\+0x[0-9a-f]{1,8}\/0x[0-9a-f]{1,8}/
const PLACE = /^\(?(?:\.?[\w/+-][\w./+-]{0,200}:\d{1,6}|discriminator \d)/
const REGISTER_VALUE = /^[0-9a-f]{8,16}(?= |$)/

/** The first row that fits counts. The kernel's formats are cited in anchors.ts. */
export const BREAKS: readonly Break[] = [
  // lib/dump_stack.c, dump_stack_print_info()
  {
    head: 'CPU: ',
    done: / #\d{1,6}(?: |$)/,
    then: /^(?:#\d|(?:[A-Z] {1,24}){0,20}\d{1,2}\.\d|Comm: |PID: |UID: |Not tainted|Tainted: |Kdump: )/,
  },
  { head: 'CPU: ', done: /(?:PREEMPT|SMP)/, then: /^(?:SMP|PREEMPT)\S{0,20}(?: PREEMPT\S{0,20})?$/ },
  {
    head: 'Hardware name: ',
    done: /\(DT\)$|\(Flattened Device Tree\)$|\d\d\/\d\d\/\d{4}$/,
    then: /^./,
    makes: /(?:\(DT\)|\(Flattened Device Tree\)|\d\d\/\d\d\/\d{4})$/,
  },
  {
    head: 'Workqueue: ',
    done: /^Workqueue: \S+ \S/,
    then: /^[\w.$]{3,200}(?: \[[\w-]{1,56}\])?$/,
    full: true,
  },
  {
    head: 'Unable to handle kernel',
    done: / virtual address (?:0x)?[0-9a-f]{8}/,
    then: /^./,
    makes: /^Unable to handle kernel [a-zA-Z -]{4,60} at virtual address (?:0x)?[0-9a-f]{8,16}$/,
  },
  { head: 'Internal error: ', then: /^(?:\[#\d{1,4}\]|PREEMPT|SMP|ARM|KASAN|DEBUG_PAGEALLOC|THUMB2)(?: |$)/ },
  { head: 'Kernel panic - not syncing', then: /^(?:exitcode=0x|unknown-block\()/ },
  { head: 'Kernel panic', first: /^Kernel panic - not syncing:?$/, then: /^\S/ },
  { head: '---[ end ', done: /\]---$/, then: /^[^[\]]{0,200}\]---$/ },
  // kernel/panic.c, __warn(): to 6.19, and since
  {
    head: 'WARNING: ',
    done: /\+0x[0-9a-f]{1,8}\/0x|, CPU#\d{1,4}: ./,
    then: /^./,
    makes:
      /^WARNING: (?:CPU: \d{1,4} PID: \d{1,8} at \S{1,200} [\w.$]{1,200}\+0x|\S{1,200}:\d{1,6} at [\w.$]{1,200}\+0x[0-9a-f]{1,8}\/0x[0-9a-f]{1,8})/,
  },
  { head: 'WARNING: ', first: /, CPU#\d{1,4}:$/, then: /^\S{1,40}\/\d{1,8}$/ },
  { head: 'WARNING: ', done: /, CPU#/, then: /^(?:\[[\w-]{1,56}\], )?CPU#\d{1,4}: \S/ },
  { head: 'BUG: K', last: 'n', first: /^BUG: K[A-Z]{3,5}: [\w -]{4,60} in$/, then: /^[\w.$]{2,200}/ },
  {
    head: 'BUG: K',
    first: /^BUG: K[A-Z]{3,5}: [\w -]{4,60} in [\w.$]{1,200}$/,
    then: /^\([\w./+-]{1,200}:\d/,
  },
  // lib/ubsan.c, ubsan_prologue(): the place
  { head: 'UBSAN: ', first: /^UBSAN: [\w -]{4,60} in$/, then: /^[\w./-]{1,200}:\d{1,6}/ },
  // mm/slub.c, slab_bug(): `BUG kmalloc-64 (Tainted: G    B): Poison overwritten`; slab_err()'s sentences are long
  { head: 'BUG ', done: /\): ./, then: /^./, makes: /^BUG \S{1,64} \([^()]{4,60}\): ./ },
  { head: 'BUG ', first: /^BUG \S{1,64} \([^()]{4,60}\): ./, then: /^[\w(][^:=]{0,200}$/, full: true },
  // lib/hexdump.c, hex_dump_to_buffer(), as mm/slub.c, mm/page_poison.c print it: an address, 16 or 32 bytes, two blanks,
  // and the characters
  {
    has: ': ',
    first:
      /^(?:\w{4,10} {1,4})?(?:\(_{4}ptrval_{4}\)|[0-9a-f]{8,16}): (?:[0-9a-f]{2} {1,2}){0,31}[0-9a-f]{2}$/,
    then: /^(?:[0-9a-f]{2} {1,2}){0,31}[!-~]/,
    full: true,
  },
  // kernel/panic.c, __stack_chk_fail(); what else vpanic()'s callers say
  { head: 'Kernel panic', first: /: Kernel stack is corrupted in:$/, then: SYMBOL },
  { head: 'Kernel panic', first: /: Kernel stack is corrupted$/, then: /^in: \S/ },
  { head: 'Kernel panic - not syncing: ', then: /^[a-z0-9(][^:=]{0,200}$/, full: true },
  {
    has: ' of size ',
    first: /^(?:Read|Write) of size \d{1,8}(?: at addr [0-9a-f]{8,16})?(?: by(?: task)?)?$/,
    then: /^./,
    makes: / by task \S{1,40}\/\d{1,8}$/,
  },
  {
    head: 'BUG: s',
    first: /^BUG: sleeping function called from invalid context at$/,
    then: /^[\w./-]{1,200}:\d{1,6}$/,
  },
  {
    has: 'BUG: soft lockup',
    first: /^(?:watchdog: )?BUG: soft lockup - CPU#\d{1,4} stuck for \d{1,6}s!$/,
    then: /^\[[^\]]{1,40}:\d{1,8}\]$/,
  },
  // mm/fault.c, mem_abort_decode(), show_pte()
  {
    last: '=',
    first:
      /(?:^|[ ,])(?:ESR|EC|class|IL|SET|FnV|EA|S1PTW|FSC|ISV|ISS|ISS2|CM|WnR|TnD|TagAccess|GCS|Overlay|DirtyBit|Xs|limit|\*?pgdp?) =$/,
    then: /^[\w(]/,
  },
  { has: ', IL = ', first: /^(?:Exception class|EC) = [^,]{2,60}, IL = \d\d$/, then: /^bits/ },
  { head: '[', last: ',', first: /^\[[0-9a-f]{8,16}\] .{0,300},$/, then: /^\*?p(?:4d|ud|md|te|gd)=/ },
  { has: ' pgtable: ', last: ',', first: /^(?:user|swapper) pgtable: .{0,60},$/, then: /^pgdp? ?=/ },
  // kernel/process.c, __show_regs(); arm32's and x86's registers too
  { head: 'pstate: ', done: /\)$/, then: /^[^()]{1,80}\)$/ },
  { last: ':', first: /(?:^|[ \t])[a-zA-Z]{1,3}\d{0,2} {0,2}:$/, then: REGISTER_VALUE },
  { last: ':t', first: /^(?:pc|lr) {0,2}:$|^(?:PC|LR) is at$/, then: SYMBOL },
  // A frame: its address, its symbol, its module; decoded: its places
  { head: '[<', last: ']', first: /^\[<[0-9a-f]{8,16}>\]$/, then: SYMBOL },
  {
    has: '/0x',
    first: /\+0x[0-9a-f]{1,8}\/0x[0-9a-f]{1,8}$/,
    then: /^\[[\w-]{1,56}(?: [0-9a-f]{8,64})?\](?: \([A-Z]{1,4}\))?$|^\([A-Z]{1,4}\)$/,
  },
  { first: /^(?:\? )?[\w.$]{2,200}$/, then: /^\([\w./+-]{1,200}:\d{1,6}/ },
  {
    has: ' (',
    first:
      /^(?:(?:pc|lr) : )?(?:\? )?[\w.$]{2,200} \([^\s():]{1,200}:\d{1,6}[^()]{0,500}(?:\([^()]{1,30}\)[^()]{0,500}){0,16}$/,
    then: PLACE,
  },
  {
    last: ')',
    first: /^(?:\? )?[\w.$]{2,200} \([^\s():]{1,200}:\d{1,6}.{0,500}\)$/,
    then: /^[a-z][a-z0-9_]{1,55}$/,
    full: true,
  },
  { last: 'r', first: /:\d{1,6} \(discriminator$/, then: /^\d{1,6}\)/ },
  // kernel/module/main.c, print_modules(); kernel/traps.c, dump_kernel_instr()
  { head: 'Modules linked in:', then: /^\[last unloaded: / },
  { head: 'Modules linked in:', then: areModules, full: true },
  { head: 'Code: ', done: /[0-9a-f]{6}\)/, then: areCode },
  // What drivers tell of DMA: `name=0x…` pairs, ranges, sizes in brackets
  { head: 'DMA-API: ', first: /^DMA-API: .{0,400}$/, then: /^\[\w{1,20}=0x/ },
  { last: ',', first: /=0x[0-9a-f]{1,16},$/, then: /^\w{1,20}=(?:0x[0-9a-f]{1,16}|\d{1,8})(?:,|$)/ },
  {
    last: ':klmt',
    first: /(?: \(sz:| overflow \(mask| total| \[mem| bus limit)$/,
    then: /^[^()[\]]{1,80}[)\]]/,
  },
  { last: ',', first: /overflow \(mask [0-9a-f]{1,16},$/, then: /^bus limit [0-9a-f]{1,16}\)/ },
]

/** Those that a first half with this first character may have. */
const BY_FIRST: readonly Break[][] = Array.from({ length: 128 }, (_, code) =>
  BREAKS.filter(({ head }) => head === undefined || head.charCodeAt(0) === code),
)
const NO_BREAKS: readonly Break[] = []

/** decode_stacktrace's and printk's lists go on over many lines. */
const LISTS = ['Modules linked in:', 'Code: ']

/** The whole line, if the second text is the rest of the first one; null if it is a line of its own. */
export function joined(half: Half, second: string): string | null {
  const from = pastBlanks(half.text, 0)
  const then = second.trim()
  if (then === '' || half.text.length === from) return null
  const first = half.text.slice(from).trimEnd()
  const list = LISTS.some(head => first.startsWith(head))
  if (first.length > (list ? 16_384 : MOST) || then.length > MOST) return null
  const code = first.charCodeAt(0)
  const last = first.charAt(first.length - 1)
  for (const row of BY_FIRST[code] ?? NO_BREAKS) {
    if (row.head !== undefined && !first.startsWith(row.head)) continue
    if (row.last !== undefined && !row.last.includes(last)) continue
    if (row.has !== undefined && !first.includes(row.has)) continue
    if (row.first && !row.first.test(first)) continue
    if (row.done?.test(first)) continue
    if (row.full && !isFull(half.width, then)) continue
    if (typeof row.then === 'function' ? !row.then(then) : !row.then.test(then)) continue
    if (row.makes && !row.makes.test(`${first} ${then}`)) continue
    return startsMessage(then) ? null : `${half.text.trimEnd()} ${then}`
  }
  const driver = isFull(half.width, then) && DRIVER_REST.test(then) && deviceAt(first, 0) !== -1
  return driver && !startsLine(then) ? `${half.text.trimEnd()} ${then}` : null
}

/** What may follow in a driver's message: words, but nothing that could be another's, `ata1: `. */
const DRIVER_REST = /^[a-z0-9(][^:+]{0,200}$/

/** Whether the line was wrapped for its width: the next word would not have fitted. */
export function isFull(width: number, then: string): boolean {
  if (width < NARROWEST - 24 || width > WIDEST) return false
  const blank = then.indexOf(' ')
  return width + 1 + (blank === -1 ? then.length : blank) > NARROWEST
}

/** A frame may be the second half of what names a symbol; all else that starts a message is none. */
function startsMessage(text: string): boolean {
  return anchorAt(text, 0) !== null || registersAt(text, 0).length > 0 || deviceAt(text, 0) !== -1
}

/** A frame starts here: what stands below a line in a call trace is never its rest, for those who do not know the line. */
export function startsLine(text: string): boolean {
  return startsMessage(text) || frameAt(text, 0) !== -1
}

// kernel/module/main.c: names are C identifiers with `-` for `_`; `(O)`, `(+)` are taints and states
const MODULE = /^[a-z0-9][\w-]{1,55}(?:\([A-Z+-]{1,8}\))?$/

function areModules(text: string): boolean {
  return text
    .split(' ')
    .every(word => MODULE.test(word) || word.startsWith('[last') || word.startsWith('unloaded:'))
}

const WORD = /^(?:[0-9a-f]{2}|[0-9a-f]{4}|[0-9a-f]{8}|\([0-9a-f]{4,8}\)|<[0-9a-f]{2,4}>)$/

function areCode(text: string): boolean {
  return text.split(' ').every(word => WORD.test(word))
}
