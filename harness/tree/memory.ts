import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { OverlayFolders } from './overlays.ts'

/** Most boots of a run want one of the same few trees. */
const MOST = 64
const trees = new Map<string, Buffer>()

/** What a tree is made of: the base, the overlays, and all of their folders, as one of them may include another. */
export async function ingredients(
  base: Buffer,
  overlays: readonly string[],
  { root, folder, theirs }: OverlayFolders,
): Promise<string> {
  const folders = [join(root, folder), ...(theirs === null ? [] : [theirs])]
  const files = (await Promise.all(folders.map(filesIn))).flat()
  const states = await Promise.all(
    files.map(async file => {
      // Gone by now, or an editor's link to nowhere: dtc won't read it either.
      const state = await stat(file).catch(() => null)
      return state && [file, state.ino, state.size, state.mtimeMs, state.ctimeMs]
    }),
  )
  return JSON.stringify([createHash('sha256').update(base).digest('hex'), overlays, states])
}

/** The tree that this process made of the same before; undefined if it made none. */
export function rememberedTree(key: string): Buffer | undefined {
  return trees.get(key)
}

export function rememberTree(key: string, tree: Buffer): void {
  if (trees.size >= MOST) trees.clear()
  trees.set(key, tree)
}

async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.sort().map(name => join(folder, name))
}
