import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Holds the pid of the process whose boot uses the folder. */
const CLAIM = '.in-use'

/** A folder that this boot alone writes to, until it is released. */
export interface Claim {
  path: string
  /** The outermost folder that had to be made; undefined if `path` was there. */
  made: string | undefined
  release: () => Promise<void>
}

/** Takes a folder, making it, unless a living process has it: then its pid is returned. */
export async function claim(path: string): Promise<Claim | number> {
  const made = await makeFolders(path)
  const file = join(path, CLAIM)
  for (;;) {
    try {
      await writeFile(file, `${process.pid}\n`, { flag: 'wx' })
      return { path, made, release: () => rm(file, { force: true }) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const pid = Number(await readFile(file, 'utf8').catch(() => ''))
    if (isAlive(pid)) return pid
    // Left by one that was killed.
    await rm(file, { force: true })
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Makes a folder and those above it that aren't there; returns the first that it made. (Node's own `recursive` never
 * returns where a file system refuses: below /proc.)
 */
export async function makeFolders(path: string): Promise<string | undefined> {
  try {
    await mkdir(path)
    return path
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return undefined
    if (code !== 'ENOENT' || dirname(path) === path) throw error
  }
  const first = await makeFolders(dirname(path))
  try {
    await mkdir(path)
  } catch (error) {
    // Another boot made it just now.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return first
  }
  return first ?? path
}
