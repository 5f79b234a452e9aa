import { rm, rmdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { CellError } from '../errors.ts'
import type { Artifacts } from '../types.ts'
import { claim, type Claim } from './claim.ts'

/** The files of a boot that go again when it is over. */
const PASSING = ['disk.img', 'emmc.img', 'initramfs.cpio', 'gdb'] as const
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
  emmc: string
  /** Of a guest that stays up: with its keys. */
  initramfs: string
  /** Of a guest that gdb may look into: a socket. */
  gdb: string
  /** Removes what only the running boot needed, and gives the folder up. */
  tidy(): Promise<void>
  /** Removes everything of this boot: it never came to anything. */
  discard(): Promise<void>
}

/** What to do if another boot, of another process or of this one, is using the folder. */
export type WhenInUse = 'fail' | 'next'

/**
 * Makes the folder of a boot, with nothing of an earlier one in it: `out`, or out/<time>-<short id> here. If `out` is
 * in use, that is an error, or `out`-2 is taken, and so on.
 */
export async function makeFolder(
  out: string | undefined,
  nonce: string,
  whenInUse: WhenInUse = 'fail',
): Promise<BootFolder> {
  const wanted = resolve(out ?? join('out', `${timeStamp(new Date())}-${nonce.slice(0, 6)}`))
  const { path, made, release } = await claimFree(wanted, whenInUse)
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
    emmc: file(PASSING[1]),
    initramfs: file(PASSING[2]),
    gdb: file(PASSING[3]),
    tidy: async () => {
      await remove(PASSING.map(file))
      await release()
    },
    discard: async () => {
      await remove(all)
      await release()
      if (made === undefined) return
      await rm(path, { recursive: true, force: true })
      await removeEmpty(dirname(path), made)
    },
  }
}

async function claimFree(wanted: string, whenInUse: WhenInUse): Promise<Claim> {
  for (let i = 1; ; i++) {
    const path = i === 1 ? wanted : `${wanted}-${i}`
    const taken = await claim(path)
    if (typeof taken !== 'number') return taken
    if (whenInUse === 'fail') {
      throw new CellError(`${path} is in use by a boot of process ${taken}: name another folder with --out`)
    }
  }
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
