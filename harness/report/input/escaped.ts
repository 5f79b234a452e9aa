/**
 * Control characters as programs write them out: `\n` in JSON (KernelCI's log excerpts, Loki, Kubernetes), `\x0a` in
 * /dev/kmsg, `#012` in rsyslog, `^[[0m` of `cat -v`. Undone only where it makes lines of the kernel's, or takes colours out.
 */

/** JSON, C; kernel/printk/printk.c, msg_print_ext_body(); rsyslog's $EscapeControlCharactersOnReceive */
const LINE_END = /(?:\\r)?\\n|\\u000[aA]|\\x0[aA]|#012/g
/** A colour: ESC as `\x1b`, `\u001b`, `\033`, `\e`, `^[`, `#033` */
const COLOUR = /(?:\\x1[bB]|\\u001[bB]|\\033|\\e|\^\[|#033)\[[0-9;]{0,16}[mK]/g
const TAB = /\\t|\\x09|\\u0009|#011/g
const QUOTE = /\\(["\\/])/g
/** What may be written out is in a line only if one of these is. */
const SIGNS = ['\\', '^[', '#0']

/** Whether unescaped() could find anything: costs next to nothing. */
export function mayBeEscaped(text: string): boolean {
  return SIGNS.some(sign => text.includes(sign))
}

/**
 * The lines that were written into one. It stays one if but one of them would start as the kernel's do: `\n` in a path, or
 * in a message about a message.
 */
export function unescaped(text: string, starts: (line: string) => boolean): string[] {
  const plain = text.replace(COLOUR, '')
  const parts = plain.split(LINE_END)
  if (parts.length < 2) return [plain]
  const lines = parts.map(part => part.replace(TAB, '\t').replace(QUOTE, '$1'))
  let known = 0
  for (const line of lines) if (starts(line.replace(OPENING, ''))) known++
  return known < 2 ? [plain] : lines
}

/** What stands before the first of them: `"log_excerpt": "`. */
const OPENING = /^[\s{,-]{0,40}(?:"[\w. -]{1,40}": ?)?"/
