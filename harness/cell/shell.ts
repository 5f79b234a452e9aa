/** One word, quoted for sh only if it must be. */
export function shellQuote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** A command that can be pasted into a shell; each flag starts a line of its own. */
export function shellCommand(argv: readonly string[]): string {
  return argv.map((word, i) => (i > 0 && word.startsWith('-') ? '\\\n  ' : '') + shellQuote(word)).join(' ')
}
