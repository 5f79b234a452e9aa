import { existsSync, readdirSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { claim } from '../boot/claim.ts'
import { CellError } from '../errors.ts'
import type { RunFolder } from './folder.ts'

/** What a command of several runs leaves in its folder. */
export interface OwnFolder {
  /** `a try`, for errors. */
  of: string
  /** Names of all that it writes. */
  ours: RegExp
}

const CLAIM = '.in-use'
/** Says whose folder it is: a user's files may have names as ours. */
const MARK = '.dmaspec'

/**
 * Takes the folder of a command that keeps several runs, and removes an earlier one from it. A folder that is in use, or
 * has files in it that are none of its, is a CellError.
 */
export async function takeOwnFolder(out: string, { of, ours }: OwnFolder): Promise<RunFolder> {
  const path = resolve(out)
  const names = existsSync(path) ? readdirSync(path).filter(name => name !== CLAIM) : []
  const isOurs = (name: string) => name === MARK || ours.test(name)
  if (names.length > 0 && !(names.includes(MARK) && names.every(isOurs)))
    throw new CellError(`${path} has files that are none of ${of}: name another folder with --out`)
  const taken = await claim(path)
  if (typeof taken === 'number')
    throw new CellError(`${path} is in use by process ${taken}: name another folder with --out`)
  for (const name of names) await rm(join(path, name), { recursive: true, force: true })
  await writeFile(join(path, MARK), `${of}\n`)
  return { path, release: taken.release }
}
