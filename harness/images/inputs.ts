import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** All that a build's result depends on: a name each, and a version, a setting or a hash. */
export type Inputs = Record<string, string>

/** The key of a build: one hash over its inputs, in any order. */
export function keyOf(inputs: Inputs): string {
  const sorted = Object.entries(inputs).sort(([a], [b]) => (a < b ? -1 : 1))
  return sha256(JSON.stringify(sorted)).slice(0, 20)
}

/** Hashes of files, by their path below `root`; a folder stands for all files in it, what is missing for nothing. */
export function fileInputs(root: string, paths: readonly string[]): Inputs {
  const inputs: Inputs = {}
  for (const path of paths) {
    for (const file of filesBelow(join(root, path))) {
      inputs[relative(root, file).split(sep).join('/')] = sha256(readFileSync(file))
    }
  }
  return inputs
}

/** All files in a folder, at any depth, sorted; the path itself if it is a file. */
export function filesBelow(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return []
  if (!found.isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap(name => filesBelow(join(path, name)))
}

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}
