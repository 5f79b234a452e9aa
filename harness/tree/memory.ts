import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Most boots of a run want one of the same few trees. */
const MOST = 64
const trees = new Map<string, Buffer>()

/** What a tree is made of: the base, the overlays, and all of their folder, as one of them may include another. */
export async function ingredients(
  base: Buffer,
  overlays: readonly string[],
  folder: string,
): Promise<string> {
  const names = await readdir(folder).catch(() => [])
  const files = names.sort().map(name => join(folder, name))
  const states = await Promise.all(
    files.map(async file => {
      const { ino, size, mtimeMs, ctimeMs } = await stat(file)
      return [file, ino, size, mtimeMs, ctimeMs]
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
