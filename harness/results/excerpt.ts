import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { parseConsole } from '../report/parse.ts'
import type { BootRecord, RunResult } from './result.ts'
import { isBad } from './outcome.ts'
import { linesOf, oneLine } from '../text.ts'

/** What is read of a console: a boot prints 30 KiB, a guest gone mad 64 MiB. */
const HEAD = 4 * 2 ** 20
const TAIL = 2 ** 18

/** Lines before what happened, of one oops at most, and at the end of the log. */
const BEFORE = 3
const OOPS = 60
const LAST = 20
/** The first crashes say it; those after them come of them. */
const OOPSES = 2

/** The text of a boot's console that a report quotes; of a boot that has none, why. */
export type Excerpts = (boot: BootRecord) => string

/**
 * The lines of a console that matter, with their numbers: the first oopses, what the IOMMU refused, the last 20. What is
 * left out between them is said.
 */
export function excerptOf(lines: readonly string[]): string {
  const { oopses, iommu } = parseConsole(lines)
  const ranges = [
    ...oopses.slice(0, OOPSES).map(({ line }): Range => [line - BEFORE, endOf(lines, line)]),
    ...[...iommu.errors, ...iommu.faults].slice(0, 4).map(({ line }): Range => [line - 1, line + 1]),
    [lines.length - LAST + 1, lines.length] satisfies Range,
  ]
  const wanted = new Set(ranges.flatMap(([from, to]) => numbers(from, Math.min(to, lines.length))))
  const width = String(lines.length).length
  const text: string[] = []
  let last = 0
  for (const number of [...wanted].sort((a, b) => a - b)) {
    if (number > last + 1) text.push(`${' '.repeat(width)} ⋮`)
    text.push(`${String(number).padStart(width)} ${lines[number - 1] ?? ''}`)
    last = number
  }
  return text.map(line => line.trimEnd()).join('\n')
}

/** First and last line, from 1. */
type Range = [number, number]

/** The line that ends the oops, or as far as one is quoted. */
function endOf(lines: readonly string[], from: number): number {
  const rest = lines.slice(from - 1, from - 1 + OOPS)
  const end = rest.findIndex(line => line.includes('---[ end '))
  return from - 1 + (end === -1 ? rest.length : end + 1)
}

function numbers(from: number, to: number): number[] {
  const first = Math.max(1, from)
  return Array.from({ length: Math.max(0, to - first + 1) }, (_, i) => first + i)
}

/** Reads the consoles of all tests that somebody has to look at, once. `folder` is the one that results.json is in. */
export async function readExcerpts(folder: string, { cells }: Pick<RunResult, 'cells'>): Promise<Excerpts> {
  const texts = new Map<string, string>()
  for (const test of cells.flatMap(cell => cell.tests)) {
    if (!isBad(test.verdict)) continue
    for (const boot of test.boots)
      if (!texts.has(boot.folder)) texts.set(boot.folder, await readExcerpt(folder, boot))
  }
  return boot => texts.get(boot.folder) ?? 'its console was not read'
}

/** The excerpt of one boot; never throws: a report is worth having without it. */
export async function readExcerpt(folder: string, boot: BootRecord): Promise<string> {
  const path = join(folder, boot.folder, 'console.log')
  try {
    // Not to wait for a FIFO of that name.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stat = await file.stat()
    if (!stat.isFile()) return 'console.log is no file'
    const read = async (from: number, length: number) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from)
      return linesOf(buffer.toString('utf8', 0, bytesRead))
    }
    if (stat.size <= HEAD + TAIL) return excerptOf(await read(0, stat.size)) || 'the kernel printed nothing'
    const left = `[… ${stat.size - HEAD - TAIL} bytes are left out here …]`
    return excerptOf([...(await read(0, HEAD)), left, ...(await read(stat.size - TAIL, TAIL))])
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ENOENT'
      ? 'its console.log is not here'
      : oneLine(`can't read its console.log: ${message}`)
  }
}
