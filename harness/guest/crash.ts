import { parseConsole } from '../report/parse.ts'
import type { ConsoleLine } from '../types.ts'

/** The crash that a console tells of, in words: the one that the kernel did not survive, or the last; null if none. */
export function crashIn(lines: readonly ConsoleLine[]): string | null {
  const { oopses } = parseConsole([...lines])
  const crash = oopses.find(({ fatal }) => fatal) ?? oopses.at(-1)
  return crash ? `${crash.title} (line ${crash.line} of the console)` : null
}
