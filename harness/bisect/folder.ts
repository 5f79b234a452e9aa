import { existsSync, readdirSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { claim } from '../boot/claim.ts'
import { CellError } from '../errors.ts'

/** What a bisection writes into its folder. */
export const FILES = {
  log: 'bisect.log',
  json: 'bisect.json',
  mail: 'report.mail.txt',
  /** A run of the specs for each commit. */
  steps: 'steps',
} as const

/** A bisection's folder, which is its alone until it is released. */
export interface BisectFolder {
  path: string
  /** Writes one of its files, at once or not at all. */
  write(file: keyof typeof FILES, text: string): Promise<void>
  release(): Promise<void>
}

/**
 * Takes a folder for the answer; an earlier one's files are removed, unless they are to be gone on with. One that is in
 * use, or has files of others in it, is a CellError.
 */
export async function takeBisectFolder(out: string, { keep }: { keep: boolean }): Promise<BisectFolder> {
  const path = resolve(out)
  const names = existsSync(path) ? readdirSync(path) : []
  const ours: readonly string[] = [...Object.values(FILES), '.in-use']
  if (names.length > 0 && !names.some(name => ours.includes(name)))
    throw new CellError(`${path} is not empty, and no bisection's: name another folder with --out`)
  const taken = await claim(path)
  if (typeof taken === 'number')
    throw new CellError(`${path} is in use by process ${taken}: name another folder with --out`)
  if (!keep)
    for (const name of Object.values(FILES)) await rm(join(path, name), { recursive: true, force: true })
  await mkdir(join(path, FILES.steps), { recursive: true })
  return {
    path,
    async write(file, text) {
      const aside = join(path, `${FILES[file]}.${process.pid}.tmp`)
      try {
        await writeFile(aside, text)
        await rename(aside, join(path, FILES[file]))
      } finally {
        await rm(aside, { force: true })
      }
    },
    release: taken.release,
  }
}
