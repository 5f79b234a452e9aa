import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { givenKernelOf } from '../images/given.ts'
import { listSome } from '../images/tree-files.ts'
import type { KernelName } from '../types.ts'
import type { Watched } from './work.ts'

/** What a kernel was made from: it is the same one as long as that is. */
export function sourceOf(name: KernelName): string {
  const given = givenKernelOf(name)
  return given?.kind === 'tree' ? JSON.stringify([given.source, given.patches, given.fragments]) : ''
}

/**
 * Those of some paths that matter: in a tree none that git ignores, or that a build leaves there. What is gone may have
 * been one of the tree's.
 */
export async function relevant(
  paths: readonly string[],
  { tree, settings }: Watched,
  kernel: KernelName | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const given = kernel === undefined ? undefined : givenKernelOf(kernel)
  if (tree === null || given?.kind !== 'tree') return paths
  const isInside = (path: string) => path.startsWith(`${tree}/`)
  const inside = paths.filter(isInside).map(path => relative(tree, path))
  const listed = await listSome(tree, join(given.work, 'empty.git'), inside, signal)
  if (!listed) return paths
  const known = new Set(listed)
  return paths.filter(
    path =>
      !isInside(path) || known.has(relative(tree, path)) || settings.includes(path) || !existsSync(path),
  )
}
