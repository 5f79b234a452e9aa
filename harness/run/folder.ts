import { existsSync, readdirSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { claim } from '../boot/claim.ts'
import { CellError } from '../errors.ts'

/** What a run's folder has in it: anything else in there is not ours to remove. */
export const RESULTS = 'results.json'
const BOOTS = 'boots'
const CLAIM = '.in-use'

/** The folder of a run, which is its alone until it is released. */
export interface RunFolder {
  path: string
  release(): Promise<void>
}

/**
 * Takes a run's folder, and removes an earlier run from it. One that another run is using, or that has files in it
 * that are none of a run's, is a CellError.
 */
export async function takeRunFolder(out: string): Promise<RunFolder> {
  const path = resolve(out)
  needOurs(path)
  const taken = await claim(path)
  if (typeof taken === 'number') {
    throw new CellError(`${path} is in use by a run of process ${taken}: name another folder with --out`)
  }
  await rm(join(path, BOOTS), { recursive: true, force: true })
  await rm(join(path, RESULTS), { force: true })
  await mkdir(join(path, BOOTS))
  return { path, release: taken.release }
}

function needOurs(path: string): void {
  if (!existsSync(path)) return
  const names = readdirSync(path)
  if (names.length === 0 || [RESULTS, CLAIM].some(name => names.includes(name))) return
  throw new CellError(`${path} is not empty, and no run's: name another folder with --out`)
}
