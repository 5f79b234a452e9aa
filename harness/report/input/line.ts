/** A console line taken apart: what printk put in front, and what a process may have printed before that. */
export interface Line {
  /** The message: no time stamp, level or caller id. Leading blanks are kept. */
  text: string
  /** `T51` or `C2` (CONFIG_PRINTK_CALLER); '' if not printed. */
  caller: string
  /** True if printk's time stamp was there, so that a process's print is unlikely. */
  stamped: boolean
  /** printk's time in seconds; null if not printed. */
  time: number | null
  /** What stood before a time stamp in the middle of the line: a process's print that printk cut short. */
  before: string
  /** Who else than the kernel printed it, if the log tells: `systemd[1]` of journalctl, facility `user` of dmesg -x. */
  printedBy: string | null
  /** Line number in the log, from 1: the first one's, if several were joined. */
  number: number
  /** The bits of the readers that may know a word of it (skim.ts); without it, any may. */
  readers?: number
  /** Where its text is, if it was not cut out yet: see placeOf(). */
  place?: Place
}

/** A message within a longer text: V8 reads the characters of that several times as fast as those of a slice of it. */
export interface Place {
  text: string
  from: number
  /** Behind its last character: the text's end, or a line's. */
  to: number
  /** No word by which readers are told (skim.ts) stands before `first`, or behind `last`. */
  first: number
  last: number
}

export function placeOf({ place, text }: Line): Place {
  return place ?? placeIn(text)
}

/** Of a message that is all of a text. */
export function placeIn(text: string): Place {
  return { text, from: 0, to: text.length, first: 0, last: text.length }
}

// kernel/printk/printk.c: print_syslog() `<%u>`, print_time() `[%5lu.%06lu]`, print_caller() `[%6s]`; a space ends
// them. The caller id is there since 5.1. Each part is bounded, so a try costs the same whatever the line holds.
const LEVEL = /<(\d{1,3})>/y
const STAMP = /\[ {0,8}(\d{1,10}\.\d{1,9})\] ?(?:\[ {0,8}([CT]\d{1,9})\] ?)?/y
const CALLER = /\[ {0,8}()([CT]\d{1,9})\] ?/y

/** Splits a line; never fails: a line without any prefix is all message. */
export function readLine(raw: string, number: number): Line {
  LEVEL.lastIndex = 0
  const level = raw.charCodeAt(0) === 0x3c ? LEVEL.exec(raw) : null
  const start = level ? LEVEL.lastIndex : 0
  const stamp = match(STAMP, raw, start) ?? match(CALLER, raw, start) ?? stampInside(raw, start)
  const printedBy = level ? facilityOf(Number(level[1])) : null
  if (!stamp) {
    const text = raw.slice(start)
    return { text, caller: '', stamped: false, time: null, before: '', printedBy, number }
  }
  const { at, end, caller, time } = stamp
  const before = at === start ? '' : raw.slice(0, at)
  return { text: raw.slice(end), caller, stamped: true, time, before, printedBy, number }
}

/** A time stamp, and perhaps a caller id, at a place in a line. */
export interface Stamp {
  at: number
  end: number
  caller: string
  time: number | null
}

/** printk's time stamp at `at`; null if there is none. */
export function stampAt(raw: string, at: number): Stamp | null {
  return match(STAMP, raw, at)
}

/** The first time stamp at or after `from`. */
export function stampInside(raw: string, from: number): Stamp | null {
  for (let at = raw.indexOf('[', from); at !== -1; at = raw.indexOf('[', at + 1)) {
    const found = match(STAMP, raw, at)
    if (found) return found
  }
  return null
}

// <sys/syslog.h>; the kernel's own messages are of facility 0, and kernel/printk/printk.c, devkmsg_write() lets no
// process have that (3.5 to 7.3).
const FACILITIES = ['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron']

/** Who may print with this syslog priority, if not the kernel: `user` of 8 to 15. */
export function facilityOf(priority: number): string | null {
  const facility = priority >> 3
  return facility === 0 ? null : (FACILITIES[facility] ?? `facility ${facility}`)
}

function match(pattern: RegExp, raw: string, at: number): Stamp | null {
  pattern.lastIndex = at
  const found = pattern.exec(raw)
  if (!found) return null
  return { at, end: pattern.lastIndex, caller: found[2] ?? '', time: found[1] ? Number(found[1]) : null }
}
