import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { type Addition, addTo, additionPaths } from './additions.ts'
import { filesBelow } from './inputs.ts'
import { run, type RunOptions } from './run.ts'

/**
 * A source tree under patches that come and go. The first time that a patch is about to touch a file, its original is
 * put aside; from then on the wanted content of every file that was ever touched is made from originals, and written
 * only where it differs. So any state that a killed run left is put right, and files that stay as they are keep their
 * time: make compiles no more than what changed.
 */
export interface PatchedTree {
  /** The sources, as unpacked but for the patches. */
  source: string
  /** Originals of touched files; what didn't exist before a patch has an empty file in absent/ instead. */
  originals: string
}

/**
 * Brings the tree to the state "as unpacked, plus these patches in this order, plus these files of ours"; returns the
 * files that it wrote.
 */
export async function applyPatches(
  { source, originals }: PatchedTree,
  patches: readonly string[],
  options: RunOptions,
  additions: readonly Addition[] = [],
): Promise<string[]> {
  const patched = patches.flatMap(patch => patchedFiles(readFileSync(patch, 'utf8')))
  for (const path of [...patched, ...additions.flatMap(additionPaths)]) putAside(source, originals, path)
  const wanted = `${originals}.wanted`
  rmSync(wanted, { recursive: true, force: true })
  const present = join(originals, 'present')
  const absent = join(originals, 'absent')
  if (existsSync(present)) cpSync(present, wanted, { recursive: true })
  mkdirSync(wanted, { recursive: true })
  for (const patch of patches) {
    await run(patchArgv(patch), { ...options, cwd: wanted, what: `${options.what}: ${patch}` })
  }
  for (const addition of additions) addTo(wanted, addition)
  const touched = [present, absent].flatMap(dir => filesBelow(dir).map(file => relative(dir, file)))
  const written = touched.filter(path => bring(join(wanted, path), join(source, path)))
  rmSync(wanted, { recursive: true, force: true })
  return written
}

/** patch(1) that asks nobody, and leaves nothing but what it patched. */
export function patchArgv(patch: string): string[] {
  return ['patch', '-p1', '--batch', '--forward', '--no-backup-if-mismatch', '--input', patch]
}

/** The files that a unified diff touches, without the first path component. Git says renames without a change, too. */
export function patchedFiles(patch: string): string[] {
  const found = new Set<string>()
  for (const line of patch.split('\n')) {
    const path = /^(?:---|\+\+\+) [^/\s]+\/([^\t]+)/.exec(line)?.[1]
    const renamed = /^diff --git a\/(\S+) b\/(\S+)$/.exec(line.trimEnd())?.slice(1) ?? []
    for (const each of [path, ...renamed]) if (each && isInside(each)) found.add(each.trim())
  }
  return [...found]
}

/** patch(1) refuses to leave the tree; a mail that tries it must not make us copy files for it, either. */
const isInside = (path: string) => !path.split('/').includes('..')

/** Copies a file only if its content differs from what is there; removes it if there is no such file. */
export function bring(from: string, to: string): boolean {
  if (!existsSync(from)) {
    const had = existsSync(to)
    rmSync(to, { force: true })
    return had
  }
  const content = readFileSync(from)
  if (existsSync(to) && readFileSync(to).equals(content)) return false
  mkdirSync(dirname(to), { recursive: true })
  writeFileSync(`${to}.new`, content)
  chmodSync(`${to}.new`, statSync(from).mode)
  renameSync(`${to}.new`, to)
  return true
}

/** Keeps the original of a file that a patch is about to touch. */
export function putAside(source: string, originals: string, path: string): void {
  const present = join(originals, 'present', path)
  const absent = join(originals, 'absent', path)
  if (existsSync(present) || existsSync(absent)) return
  const from = join(source, path)
  const to = existsSync(from) ? present : absent
  mkdirSync(dirname(to), { recursive: true })
  if (to === present) cpSync(from, `${originals}.copy`)
  else writeFileSync(`${originals}.copy`, '')
  renameSync(`${originals}.copy`, to)
}

/** Whether a file is in the tree as unpacked, whatever has been applied since. */
export function isOriginal({ source, originals }: PatchedTree, path: string): boolean {
  putAside(source, originals, path)
  return existsSync(join(originals, 'present', path))
}
