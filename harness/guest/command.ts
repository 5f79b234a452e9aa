/** Dropbear would end the shell alone, and not what that started. So all of it carries a mark. */
const MARK = 'DMASPEC_COMMAND'

/** A command whose processes can be found again. */
export function marked(command: string, id: string): string {
  return `export ${MARK}=${id}; ${command}`
}

/** Kills them, and those that they start meanwhile; the marked shell itself has the mark in its words alone. */
export function killer(id: string): string {
  const mark = `${MARK}=${id.replace('.', '[.]')}`
  const find = `grep -ls '${mark}' /proc/[0-9]*/environ /proc/[0-9]*/cmdline`
  return `for i in 1 2 3 4 5; do found=$(${find} | cut -d/ -f3) && kill -9 $found 2>/dev/null || break; done`
}

/** A word for the guest's shell. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
