import { open, realpath } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import type { Oops, SourcePlace } from '../report/report.ts'
import { cut, printable } from '../text.ts'

/** Lines shown before the one and after it. */
const AROUND = 2
/** No source file of a kernel is larger. */
const MOST_BYTES = 8 << 20
const LONGEST = 160

/**
 * The lines around a place that a symbolizer named, of the source tree `tree`; null if they are not there. Nothing
 * outside of the tree is read: what names the file came with the vmlinux.
 */
export async function sourceLines({ file, line }: SourcePlace, tree: string): Promise<string[] | null> {
  if (line === 0 || !/\.(?:c|h|S|rs)$/.test(file)) return null
  const text = await readInside(tree, file)
  const lines = text?.split('\n') ?? []
  if (line > lines.length) return null
  const first = Math.max(1, line - AROUND)
  const width = String(line + AROUND).length
  return lines.slice(first - 1, line + AROUND).map((text, i) => {
    const number = first + i
    return `${number === line ? '>' : ' '} ${String(number).padStart(width)}  ${cut(detab(printable(text)), LONGEST)}`.trimEnd()
  })
}

/** The source lines of crashes whose pc has a place: the place above them. */
export async function sourcesOf(oopses: readonly Oops[], tree: string): Promise<Map<Oops, string[]>> {
  const sources = new Map<Oops, string[]>()
  for (const oops of oopses) {
    const [place] = oops.pc?.source ?? []
    const lines = place && (await sourceLines(place, tree))
    if (place && lines) sources.set(oops, [`${place.file}:${place.line}`, ...lines])
  }
  return sources
}

async function readInside(tree: string, file: string): Promise<string | null> {
  try {
    const root = await realpath(tree)
    const path = await realpath(resolve(root, file))
    if (!path.startsWith(root + sep)) return null
    const handle = await open(path)
    try {
      const { size } = await handle.stat()
      return size > MOST_BYTES ? null : await handle.readFile('utf8')
    } finally {
      await handle.close()
    }
  } catch {
    return null
  }
}

/** Tabs of eight, as the kernel's code has them. */
function detab(text: string): string {
  return text.replace(/^\t+/, tabs => ' '.repeat(8 * tabs.length)).replaceAll('\t', ' ')
}
