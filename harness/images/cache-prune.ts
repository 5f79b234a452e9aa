import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { currentTarget, temporaryFolder } from './cache.ts'
import type { CacheItem } from './cache-items.ts'
import { lastUse, sealOf } from './cache-seal.ts'
import { tryLock } from './lock.ts'

/** Which items are to go. All that is asked for must be true of an item, but for `to`. */
export interface PruneRequest {
  /** Unused for at least so many days. */
  days: number
  /** Not what the present sources lead to, however lately it was used. */
  allButCurrent: boolean
  /** Whatever was used least recently, until the cache has no more than so many bytes. */
  to: number | undefined
}

/** What was used so lately may be about to be booted: never removed. */
export const GRACE_MS = 3_600_000

/** The same while a run goes on: it may have looked up its last kernel hours before it boots it. */
export const GRACE_IN_RUN_MS = 24 * GRACE_MS

const DAY_MS = 24 * 3_600_000

/** The items to remove, in the order in which they should go. */
export function prunable(
  items: readonly CacheItem[],
  { days, allButCurrent, to }: PruneRequest,
  { now, graceMs }: { now: number; graceMs: number },
): CacheItem[] {
  const idle = items.filter(({ used }) => now - used >= graceMs).sort((a, b) => a.used - b.used)
  if (to !== undefined) {
    let left = sizeOf(items)
    return idle.filter(({ bytes }) => {
      if (left <= to) return false
      left -= bytes
      return true
    })
  }
  if (allButCurrent) return idle.filter(item => !item.present)
  return idle.filter(({ present, used }) => !present && now - used >= days * DAY_MS)
}

export function sizeOf(items: readonly CacheItem[]): number {
  return items.reduce((sum, { bytes }) => sum + bytes, 0)
}

/**
 * Removes one item, unless somebody holds its lock or has used it since it was looked at; false then. It is renamed
 * into tmp/ first: there is never half an entry, and what a killed prune leaves is swept.
 */
export async function remove(root: string, item: CacheItem): Promise<boolean> {
  using lock = await tryLock(root, item.lock)
  if (!lock) return false
  const path = join(root, item.path)
  if (!existsSync(path)) return true
  if (item.kind === 'entry' && (lastUse(root, basename(path)) ?? 0) > item.used) return false
  const away = temporaryFolder(root, item.lock)
  renameSync(path, join(away, 'pruned'))
  if (item.kind === 'entry') rmSync(sealOf(root, basename(path)), { force: true })
  rmSync(away, { recursive: true, force: true })
  return true
}

/** Removes files of current/ and seals/ whose entry is gone, and what a killed run left there; returns how many. */
export function removeDangling(root: string, now = Date.now()): number {
  const folders = new Set(existing(join(root, 'entries')))
  const isDead = (dir: string, file: string) => {
    const folder = dir === 'seals' ? file.replace(/\.json$/, '') : currentTarget(join(root, dir, file))
    if (file.endsWith('.json') && folder !== undefined && folders.has(folder)) return false
    // somebody may be about to rename it
    return now - (statSync(join(root, dir, file), { throwIfNoEntry: false })?.mtimeMs ?? now) > 60_000
  }
  const dead = ['current', 'seals'].flatMap(dir =>
    existing(join(root, dir))
      .filter(file => isDead(dir, file))
      .map(file => join(root, dir, file)),
  )
  for (const file of dead) rmSync(file, { force: true })
  return dead.length
}

/** Moves a damaged entry out of entries/, so that it is built again; false if its lock is held. */
export async function discard(root: string, item: CacheItem): Promise<boolean> {
  return remove(root, { ...item, used: Infinity })
}

function existing(dir: string): string[] {
  return existsSync(dir) ? readdirSync(dir) : []
}
