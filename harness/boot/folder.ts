import { mkdir, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Artifacts } from '../types.ts'

/** The files of a boot that go again when it is over. */
const PASSING = ['disk.img'] as const
const KEPT = {
  console: 'console.log',
  argv: 'argv',
  dtb: 'board.dtb',
  trace: 'trace.jsonl',
  report: 'report.json',
}

/** Where a boot's files are. */
export interface BootFolder {
  path: string
  artifacts: Artifacts
  report: string
  disk: string
  /** Removes what only the running boot needed. */
  tidy(): Promise<void>
  /** Removes everything of this boot: it never came to anything. */
  discard(): Promise<void>
}

/** Makes the folder of a boot, with nothing of an earlier one in it: `out`, or out/<time>-<short id> here. */
export async function makeFolder(out: string | undefined, nonce: string): Promise<BootFolder> {
  const path = resolve(out ?? join('out', `${timeStamp(new Date())}-${nonce.slice(0, 6)}`))
  const first = await makeFolders(path)
  const file = (name: string) => join(path, name)
  const all = [...Object.values(KEPT), ...PASSING].map(file)
  const remove = (files: readonly string[]) => Promise.all(files.map(name => rm(name, { force: true })))
  await remove(all)
  return {
    path,
    artifacts: {
      console: file(KEPT.console),
      argv: file(KEPT.argv),
      dtb: file(KEPT.dtb),
      trace: file(KEPT.trace),
    },
    report: file(KEPT.report),
    disk: file(PASSING[0]),
    tidy: async () => void (await remove(PASSING.map(file))),
    discard: async () => {
      await remove(all)
      if (first !== undefined) await rm(path, { recursive: true, force: true })
      if (first !== undefined) await removeEmpty(dirname(path), first)
    },
  }
}

/**
 * Makes a folder and those above it that aren't there; returns the first that it made. (Node's own `recursive` never
 * returns where a file system refuses: below /proc.)
 */
async function makeFolders(path: string): Promise<string | undefined> {
  try {
    await mkdir(path)
    return path
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return undefined
    if (code !== 'ENOENT' || dirname(path) === path) throw error
  }
  const first = await makeFolders(dirname(path))
  await mkdir(path)
  return first ?? path
}

/** Removes the folders from `path` up to `first` that are empty: others may be using them by now. */
async function removeEmpty(path: string, first: string): Promise<void> {
  for (let folder = path; folder.length >= first.length; folder = dirname(folder)) {
    try {
      await rmdir(folder)
    } catch {
      return
    }
  }
}

/** 20260131-235959, local time. */
function timeStamp(now: Date): string {
  const two = (part: number) => String(part).padStart(2, '0')
  const date = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(two).join('')
  return `${date}-${[now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('')}`
}
