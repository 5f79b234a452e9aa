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
}

// kernel/printk/printk.c: print_syslog() `<%u>`, print_time() `[%5lu.%06lu]`, print_caller() `[%6s]`; a space ends
// them. The caller id is there since 5.1. Each part is bounded, so a try costs the same whatever the line holds.
const LEVEL = /<\d{1,3}>/y
const STAMP = /\[ {0,8}\d{1,10}\.\d{1,9}\] ?(?:\[ {0,8}([CT]\d{1,9})\] ?)?/y
const CALLER = /\[ {0,8}([CT]\d{1,9})\] ?/y

/** Splits a line; never fails: a line without any prefix is all message. */
export function readLine(raw: string, number: number): Line {
  const start = skip(LEVEL, raw, 0)
  const stamp = match(STAMP, raw, start) ?? match(CALLER, raw, start)
  if (stamp) return line(raw, number, '', stamp, true)
  const middle = stampInside(raw, start)
  if (middle) return line(raw, number, raw.slice(0, middle.at), middle, true)
  return {
    text: raw.slice(start),
    caller: '',
    stamped: false,
    time: null,
    before: '',
    printedBy: null,
    number,
  }
}

interface Match {
  at: number
  end: number
  caller: string
}

function line(raw: string, number: number, before: string, { end, caller }: Match, stamped: boolean): Line {
  return { text: raw.slice(end), caller, stamped, time: null, before, printedBy: null, number }
}

function stampInside(raw: string, from: number): Match | null {
  for (let at = raw.indexOf('[', from); at !== -1; at = raw.indexOf('[', at + 1)) {
    const found = match(STAMP, raw, at)
    if (found) return found
  }
  return null
}

function match(pattern: RegExp, raw: string, at: number): Match | null {
  pattern.lastIndex = at
  const found = pattern.exec(raw)
  return found && { at, end: pattern.lastIndex, caller: found[1] ?? '' }
}

function skip(pattern: RegExp, raw: string, at: number): number {
  return match(pattern, raw, at)?.end ?? at
}
