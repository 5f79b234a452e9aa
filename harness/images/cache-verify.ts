import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { readEntry } from './cache.ts'
import { entryItems, type CacheItem } from './cache-items.ts'
import { damageOf } from './cache-seal.ts'

/** An entry that is not what was built, and what is wrong with it. */
export interface Damaged {
  item: CacheItem
  damage: string
}

export interface VerifyOptions {
  signal: AbortSignal
  /** Told the share of bytes that is done, and what comes next. */
  onProgress?: (share: number, name: string) => void
}

/** Reads every byte of every entry; returns those whose files are not what the manifest says. */
export async function verifyEntries(
  root: string,
  { signal, onProgress }: VerifyOptions,
): Promise<{ entries: number; bytes: number; damaged: Damaged[] }> {
  const items = entryItems(root, new Set())
  const bytes = items.reduce((sum, item) => sum + item.bytes, 0)
  const damaged: Damaged[] = []
  let done = 0
  for (const item of items) {
    onProgress?.(bytes > 0 ? done / bytes : 0, item.name)
    await setImmediate()
    signal.throwIfAborted()
    const damage = damageOfItem(root, item)
    if (damage !== undefined) damaged.push({ item, damage })
    done += item.bytes
  }
  return { entries: items.length, bytes, damaged }
}

function damageOfItem(root: string, { path }: CacheItem): string | undefined {
  const entry = readEntry(root, basename(path))
  // somebody may have pruned it since we listed it
  if (!entry) return existsSync(join(root, path)) ? 'manifest.json is missing or no JSON' : undefined
  return damageOf(entry.dir, entry.manifest.outputs)
}

/** What is in tmp/: somebody's work in hand, or what a killed run left. */
export function temporaries(root: string): string[] {
  const dir = join(root, 'tmp')
  return existsSync(dir) ? readdirSync(dir).sort() : []
}
