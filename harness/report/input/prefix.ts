import { pastBlanks } from '../text.ts'
import { facilityOf } from './line.ts'

/** What stands in front of a message. */
export interface Prefix {
  /** Where the message starts. */
  end: number
  /** Where it ends. */
  last: number
  stamped: boolean
  time: number | null
  caller: string
  printedBy: string | null
  /** How many quote marks there are. */
  quotes: number
  /** The first row that is no quote mark: what may repeat in the line if several were joined. */
  row: Row | null
}

export interface Row {
  /** Its first characters. */
  first: string
  pattern: RegExp
  /** 'mark': a quote mark. 'outer': before printk's own. 'printk': one of those. 'inner': after one of those only. */
  place: 'mark' | 'outer' | 'printk' | 'inner'
  /** The log says by this that the kernel printed the line, as a time stamp would. */
  kernel?: true
  read?(found: RegExpExecArray, prefix: Prefix, raw: string): void
}

const DIGITS = '0123456789'
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const LETTERS = UPPER + UPPER.toLowerCase()
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)'
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const CLOCK = '\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?'
// journald and syslog: `host kernel: `, `host systemd[1]: `. After a date that others write too, only what is no message.
const PROCESS = '([\\w./@()-]{1,64})(?:\\[(\\d{1,10})\\])?: '
const SURELY_PROCESS = '(?:(kernel)|([\\w./@()-]{1,64})\\[(\\d{1,10})\\]): '

/** Each pattern is sticky, and its parts are bounded and exclude each other. */
export const PREFIXES: readonly Row[] = [
  // mail: `> `, `>`, `> > `; KASAN's `>ffff0008901cc000: fc` (mm/kasan/report.c, print_memory_metadata()) is none
  row('>', 'mark', />(?![0-9a-f]{8,16}:) ?/y),
  row('|', 'mark', /\|(?=[ >[]) ?/y),

  // kernel/printk/printk.c, print_syslog(): `<4>`. Of 8 and more, a process wrote it to /dev/kmsg
  row('<', 'printk', /<(\d{1,3})>/y, ([, priority], prefix) => {
    prefix.printedBy = facilityOf(Number(priority)) ?? prefix.printedBy
  }),
  // printk.c, print_time(), since 2.6; `[ 1.234567,3]` of some vendors' kernels has the CPU in it
  row('[', 'printk', /\[ {0,8}(\d{1,10}\.\d{1,9})(?:,\d{1,2})?\] ?/y, stamp),
  // printk.c, print_caller(): since 5.1, `[%6s]`
  row('[', 'printk', /\[ {0,8}([CT]\d{1,9})\] ?/y, ([, caller = ''], prefix) => {
    prefix.caller = caller
    prefix.stamped = true
  }),
  // grabserial's and dmesg -d's: `[0.000123 0.000012] `, `[    1.234567 <    0.000012>] `
  row('[', 'printk', /\[ {0,8}(\d{1,10}\.\d{1,9}) {1,4}<? {0,8}\d{1,10}\.\d{1,9}>?\] ?/y, stamp),
  // vendors' CONFIG_PRINTK_PROCESS: `[0:  swapper/0:    1] `, `I[0: …`; MediaTek's `(0)[1:swapper/0]`
  row('[VDIWEF', 'printk', /[VDIWEF]?\[\d{1,2}: {0,16}[^\]:]{1,20}: {0,8}(\d{1,7})\] ?/y, task),
  row('(', 'printk', /\(\d{1,2}\)\[(\d{1,7}):[^\]:]{1,20}\] ?/y, task),

  // util-linux, sys-utils/dmesg.c: -T, -e (`[Nov19 10:11] `, `[  +0.000012] `), -T -d
  kernel(
    row(
      '[',
      'outer',
      re(`\\[${DAY} ${MONTH} [ \\d]\\d ${CLOCK}(?: [A-Z]{2,5})? \\d{4}(?: <[ \\d.]{1,24}>)?\\] ?`),
    ),
  ),
  kernel(row('[', 'outer', re(`\\[${MONTH}[ \\d]\\d \\d\\d:\\d\\d\\] ?`))),
  kernel(row('[', 'outer', /\[ {1,8}\+\d{1,8}[.,]\d{1,9}\] ?/y)),
  // dmesg -x: `kern  :alert : `, -6.6s both
  row(
    'kudmaslnucf' + 'r',
    'outer',
    /(kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|res\d|local\d) {0,4}:(?:emerg|alert|crit|err|warn|notice|info|debug) {0,4}: ?/y,
    ([, facility = ''], prefix) => {
      if (facility === 'kern') prefix.stamped = true
      else prefix.printedBy = facility
    },
  ),
  // picocom, minicom, tio, Jenkins: `[2023-05-09 13:07:47.195] `, `[13:07:47.195] `, `[Tue May  9 13:07:47.195 2023] `
  row('[', 'outer', re(`\\[(?:\\d{4}-\\d\\d-\\d\\d[T ])?${CLOCK}(?:Z|[+-]\\d\\d:?\\d\\d)?\\] ?`)),
  row('[', 'outer', re(`\\[${DAY} ${MONTH} [ \\d]\\d ${CLOCK} \\d{4}\\] ?`)),

  // ISO dates: dmesg --time-format iso, journalctl -o short-iso, rsyslog, LAVA, GitHub (`….1954880Z `), GitLab
  // (`…Z 00O `, since 16.9); a host and a process may follow
  row(
    DIGITS,
    'outer',
    re(
      `\\d{4}-\\d\\d-\\d\\d[T ]${CLOCK}(?:Z|[+-]\\d\\d:?\\d\\d)?(?: [0-9a-f]{2}[OE][ +]| {1,2})(?:[\\w.-]{1,64} ${SURELY_PROCESS})?`,
    ),
    ([, name, other, pid], prefix) => process(prefix, name ?? other, pid),
  ),
  // journalctl -o short-unix
  row(
    DIGITS,
    'outer',
    re(`\\d{9,10}\\.\\d{6} [\\w.-]{1,64} ${SURELY_PROCESS}`),
    ([, name, other, pid], prefix) => {
      process(prefix, name ?? other, pid)
    },
  ),
  // Android's logcat, -v threadtime: `11-19 10:11:12.345  root     0     0 I kernel  : `
  row(
    DIGITS,
    'outer',
    re(
      `\\d\\d-\\d\\d ${CLOCK} {1,8}(?:[a-z_\\d]{1,12} {1,8})?\\d{1,7} {1,8}\\d{1,7} [VDIWEF] ([\\w./-]{1,32}) {0,16}: ?`,
    ),
    ([, tag], prefix) => process(prefix, tag?.toLowerCase(), undefined),
  ),
  // logcat -v brief: `E/KERNEL  (    0): `
  row(UPPER, 'outer', /[VDIWEF]\/([\w./-]{1,32}) {0,16}\( {0,8}\d{1,7}\): ?/y, ([, tag], prefix) => {
    process(prefix, tag?.toLowerCase(), undefined)
  }),
  // time only: ts, GitLab, build servers
  row(DIGITS, 'outer', re(`${CLOCK} {1,2}(?=[[<]|\\S{1,64} kernel: )`)),

  // RFC 3164, as journalctl -k and /var/log/messages have it: `Nov 19 10:11:12 host kernel: `, `host systemd[1]: `;
  // -o short-full: `Mon 2018-11-19 10:11:12 UTC host kernel: `
  row(
    UPPER,
    'outer',
    re(
      `(?:${MONTH} [ \\d]\\d|${DAY} \\d{4}-\\d\\d-\\d\\d) ${CLOCK}(?: [A-Z]{2,5}(?= ))? [\\w.-]{1,64} ${PROCESS}`,
    ),
    ([, name, pid], prefix) => process(prefix, name, pid),
  ),
  // journalctl -o short-monotonic: `[    1.234567] host kernel: `; `kernel: [    1.2]` where the host was cut off
  row(LETTERS + DIGITS, 'inner', /[\w.-]{1,64} kernel: /y, (_, prefix) => {
    prefix.stamped = true
  }),
  row('k', 'outer', /kernel: (?=\[ {0,8}\d)/y),
  // printk.c, info_print_ext_header(): what `cat /dev/kmsg` reads since 3.5, `6,1234,5678901,-;`, `,caller=T51` since 5.1;
  // netconsole's extended format is the same, since 4.4, with `5.10.262,` in front since 6.2 and `,ncfrag=0/9` in a piece
  row(
    DIGITS,
    'outer',
    /(?:\d{1,2}\.\d{1,3}[\w.+-]{0,60},)?(\d{1,4}),\d{1,20},(\d{1,16}),[-c+](?:,caller=([CT]\d{1,9}))?(?:,[a-z]{1,16}=[\w/.:-]{1,64}){0,4};/y,
    ([, priority, micro, caller = ''], prefix) => {
      prefix.printedBy = facilityOf(Number(priority))
      prefix.caller = caller
      if (prefix.printedBy !== null) return
      prefix.stamped = true
      prefix.time = Number(micro) / 1e6
    },
  ),
  // Line numbers of an editor, `cat -n` and `grep -n`; only before a time stamp is it sure that they are none of a list
  row(DIGITS, 'outer', /\d{1,8}(?:[:|-] {0,8}| {1,8}(?:\| ?)?)(?=\[ {0,8}\d{1,8}\.\d{6}\])/y),
  row(DIGITS, 'outer', /\d{1,8}\t/y),
  // LAVA's output.yaml: `- {"dt": "2023-…", "lvl": "target", "msg": "…"}`; the same as JSON, as Docker and Loki have it:
  // `{"log":"…\n","stream":"stdout","time":"…"}`. journalctl's MESSAGE may be anybody's, so it is none
  row(
    '-{',
    'outer',
    /(?:- )?\{(?:"[\w@.-]{1,20}": ?"[^"]{1,64}", ?){0,6}"(?:msg|message|line|log)": ?"/y,
    (found, prefix, raw) => {
      prefix.last = closingQuote(raw, found.index + found[0].length)
    },
  ),
  // Python's logging, as Yocto's, labgrid's and avocado's logs have it: `2023-05-09 13:07:47,195 - name - DEBUG - `
  // the date of which is read above
  row('-', 'outer', /- [\w./:-]{1,64} - (?:DEBUG|INFO|WARNING|ERROR|CRITICAL) - /y),
]

function row(first: string, place: Row['place'], pattern: RegExp, read?: Row['read']): Row {
  return { first, place, pattern, ...(read && { read }) }
}

function kernel(row: Row): Row {
  return { ...row, kernel: true }
}

function re(source: string): RegExp {
  return new RegExp(source, 'y')
}

function stamp([, time]: RegExpExecArray, prefix: Prefix): void {
  prefix.stamped = true
  prefix.time = Number(time)
}

function task([, pid]: RegExpExecArray, prefix: Prefix): void {
  prefix.caller = `T${pid}`
}

function process(prefix: Prefix, name: string | undefined, pid: string | undefined): void {
  if (name === undefined) return
  if (name === 'kernel') prefix.stamped = true
  else prefix.printedBy = pid === undefined ? name : `${name}[${pid}]`
}

/** Where a JSON string ends, less the line's end in it. */
function closingQuote(raw: string, from: number): number {
  let end = raw.indexOf('"', from)
  while (end !== -1 && raw.charCodeAt(end - 1) === 0x5c) end = raw.indexOf('"', end + 1)
  if (end === -1) return raw.length
  return end - 2 >= from && raw.endsWith('\\n', end) ? end - 2 : end
}

/** By the code of the first character. */
const BY_FIRST: readonly Row[][] = Array.from({ length: 128 }, (_, code) =>
  PREFIXES.filter(({ first }) => first.includes(String.fromCharCode(code))),
)
const NONE: readonly Row[] = []

/** More than this stand before no message; but mails are quoted as deep as people are patient. */
const MOST_LAYERS = 40

/** Reads what stands in front of the message in `raw`, from `at` to `last`. */
export function readPrefix(raw: string, at = 0, last = raw.length): Prefix {
  const prefix: Prefix = {
    ...{ end: at, last, stamped: false, time: null, caller: '', printedBy: null, quotes: 0, row: null },
  }
  let inner = false
  for (let layer = 0; layer < MOST_LAYERS; layer++) {
    const start = pastBlanks(raw, prefix.end)
    const found = rowAt(raw, start, inner)
    if (!found || found.pattern.lastIndex > last) break
    prefix.end = found.pattern.lastIndex
    if (found.place === 'mark') prefix.quotes++
    else prefix.row ??= found
    inner ||= found.place === 'printk'
    if (prefix.printedBy !== null && found.place === 'outer' && !prefix.stamped) inner = true
  }
  return prefix

  function rowAt(raw: string, start: number, inner: boolean): Row | null {
    for (const row of BY_FIRST[raw.charCodeAt(start)] ?? NONE) {
      if (row.place !== 'printk' && inner !== (row.place === 'inner')) continue
      row.pattern.lastIndex = start
      const found = row.pattern.exec(raw)
      if (!found) continue
      row.read?.(found, prefix, raw)
      if (row.kernel) prefix.stamped = true
      return row
    }
    return null
  }
}

/** Whether one of the rows matches here. */
export function matchesAt(row: Row, raw: string, at: number): boolean {
  row.pattern.lastIndex = at
  return row.pattern.test(raw)
}
