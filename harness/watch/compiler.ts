import { existsSync, readFileSync } from 'node:fs'
import { UnbuildableError } from '../errors.ts'
import { printable } from '../text.ts'

/** More than a screen or two nobody reads: the log has it all. */
const MOST_LINES = 60
/** What make says of its own going on, and kbuild's steps. */
const NOISE = /^( {2}[A-Z][A-Z0-9_]+ +\S|make(\[\d+\])?: |\$ )/
/** Where the cache keeps its copy of a tree: what the compiler names is the user's own file, below their tree. */
const MIRROR = /(?:\/[^\s:'"]*)?\/work\/tree-[0-9a-f]{20}\/source\//g

/** Why a build failed, as the compiler said it, with the paths that the user knows. */
export function compilerLines(error: unknown): string[] {
  const { message } = error as Error
  const log = error instanceof UnbuildableError ? error.log : null
  if (log === null || !existsSync(log)) return linesOf(message)
  const said = linesOf(readFileSync(log, 'utf8')).filter(line => line !== '' && !NOISE.test(line))
  const first = said.findIndex(line => /\berror\b|undefined reference/i.test(line))
  if (first === -1) return linesOf(message)
  // `In function …` stands before it.
  const from =
    first > 0 && /: In function|^In file included from/.test(said[first - 1] ?? '') ? first - 1 : first
  const more = said.length - from - MOST_LINES
  return [...said.slice(from, from + MOST_LINES), ...(more > 0 ? [`${more} more lines: ${log}`] : [])]
}

const linesOf = (text: string) => printable(text).replace(MIRROR, '').trimEnd().split('\n')
