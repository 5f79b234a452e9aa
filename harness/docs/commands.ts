/** A command of a page: what a reader would paste. */
export interface Command {
  text: string
  /** In the page, from 1. */
  line: number
  /** The exit status that the page names (`# exits 1`), or 0. */
  exits: number
}

/**
 * The commands of a block of shell: one a line, unless a quote, a backslash or a here-document goes on. Blank lines and
 * lines that are comments are none.
 */
export function commandsOf(text: string, firstLine: number): Command[] {
  const commands: Command[] = []
  let begun: string[] = []
  for (const [i, line] of text.split('\n').entries()) {
    if (begun.length === 0 && /^\s*(#.*)?$/.test(line)) continue
    begun.push(line)
    const all = begun.join('\n')
    if (goesOn(all)) continue
    commands.push({ text: all, line: firstLine + i + 1 - begun.length, exits: statusSaid(all) })
    begun = []
  }
  if (begun.length > 0) throw new Error(`line ${firstLine}: '${begun.join('\n')}' has no end`)
  return commands
}

/** What a comment of the last line says: `dmaspec boot … # exits 1: it crashed`. */
function statusSaid(text: string): number {
  return Number(/\s#.*\bexits (\d{1,3})\b[^\n]*$/.exec(text)?.[1] ?? 0)
}

/** Whether the shell would wait for another line. */
function goesOn(text: string): boolean {
  const delimiter = /<<-?\s*(['"]?)(\w+)\1/.exec(text)?.[2]
  if (delimiter !== undefined) return !text.split('\n').slice(1).includes(delimiter)
  let quote = ''
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i)
    if (c === '\\' && quote !== "'") {
      if (i === text.length - 1) return true
      i++
    } else if (quote) {
      if (c === quote) quote = ''
    } else if (c === '"' || c === "'") {
      quote = c
    } else if (c === '#' && (i === 0 || /\s/.test(text.charAt(i - 1)))) {
      // A comment, up to the end of its line.
      while (i < text.length && text.charAt(i) !== '\n') i++
    }
  }
  return quote !== ''
}
