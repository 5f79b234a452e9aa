import { existsSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { claim } from '../boot/claim.ts'
import { CellError } from '../errors.ts'
import type { RunFolder } from '../run/folder.ts'

/** The answer, in a try's folder. */
export const TRIAL = 'try.json'
const CLAIM = '.in-use'
/** What a try writes: patches, and a run a step (steps.ts). */
const OURS = /^(patches|without|with|\d{4}-.+|try\.json)$/

/**
 * Takes the folder of a try, and removes an earlier one from it. One that is in use, or has files in it that are none of a
 * try's, is a CellError.
 */
export async function takeTryFolder(out: string): Promise<RunFolder> {
  const path = resolve(out)
  const names = existsSync(path) ? readdirSync(path) : []
  const foreign = names.find(name => name !== CLAIM && !OURS.test(name))
  if (foreign !== undefined || (names.length > 0 && ![TRIAL, CLAIM].some(name => names.includes(name))))
    throw new CellError(`${path} is not empty, and no try's: name another folder with --out`)
  const taken = await claim(path)
  if (typeof taken === 'number')
    throw new CellError(`${path} is in use by process ${taken}: name another folder with --out`)
  for (const name of names.filter(name => OURS.test(name)))
    await rm(join(path, name), { recursive: true, force: true })
  return { path, release: taken.release }
}
