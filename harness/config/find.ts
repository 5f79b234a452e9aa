import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { CellError } from '../errors.ts'

/** What a configuration is called. */
export const NAMES = ['ts', 'mts', 'js', 'mjs'].map(type => `dmaspec.config.${type}`)

/** Names the file, for this process and those that it starts: `--config` puts it here. */
export const VARIABLE = 'DMASPEC_CONFIG'

/**
 * The file of the configuration: the one that $DMASPEC_CONFIG names, else the nearest in this folder or those above it,
 * up to the root of the git tree that it is in; outside of git, in this folder only. Null if there is none.
 */
export function findConfig(cwd: string, environment: NodeJS.ProcessEnv): string | null {
  const named = environment[VARIABLE]
  if (named) {
    const file = resolve(cwd, named)
    if (!statSync(file, { throwIfNoEntry: false })?.isFile())
      throw new CellError(`${file} is no file: --config and $${VARIABLE} name a dmaspec.config.ts`)
    return file
  }
  for (const folder of searched(cwd)) {
    const [found, second] = NAMES.map(name => join(folder, name)).filter(file => existsSync(file))
    if (found !== undefined && second !== undefined)
      throw new CellError(`${found} and ${second}: leave one, or name it with --config`)
    if (found !== undefined) return found
  }
  return null
}

/** It is code: what lies outside of the user's own repo is nobody's business here. */
function searched(cwd: string): string[] {
  const folders = [resolve(cwd)]
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (folder !== folders.at(-1)) folders.push(folder)
    if (existsSync(join(folder, '.git'))) return folders
    if (dirname(folder) === folder) return folders.slice(0, 1)
  }
}
