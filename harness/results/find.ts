import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CellError } from '../errors.ts'

const FILE = 'results.json'
/** CI artifacts come in a folder a job, in a folder a run. */
const DEPTH = 5

/**
 * The results.json that paths lead to: a file itself; a folder that has one; a folder whose folders have some. Each once,
 * in the order given, then by name. Links are not followed below a path.
 * @returns `empty`: those of the paths that led to none
 * @throws CellError if a path is not there, or can't be read
 */
export async function findResults(paths: readonly string[]): Promise<{ files: string[]; empty: string[] }> {
  const files = new Set<string>()
  const empty: string[] = []
  for (const path of paths) {
    const found = await attempt(path, async () =>
      (await stat(path)).isDirectory() ? search(path, DEPTH) : [path],
    )
    if (found.length === 0) empty.push(path)
    for (const file of found) files.add(await attempt(file, () => realpath(file)))
  }
  return { files: [...files], empty }
}

async function search(folder: string, depth: number): Promise<string[]> {
  const entries = await attempt(folder, () => readdir(folder, { withFileTypes: true }))
  if (entries.some(entry => entry.name === FILE && !entry.isDirectory())) return [join(folder, FILE)]
  if (depth === 0) return []
  const folders = entries.filter(entry => entry.isDirectory()).map(({ name }) => join(folder, name))
  const found: string[] = []
  for (const below of folders.sort()) found.push(...(await search(below, depth - 1)))
  return found
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof CellError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? `there is no ${path}` : `can't read ${path}: ${message}`
    throw new CellError(`${why}; give folders that 'dmaspec run' wrote, or folders of such`, { cause: error })
  }
}
