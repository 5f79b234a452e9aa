import { type FSWatcher, lstatSync, readdirSync, watch } from 'node:fs'
import { join } from 'node:path'
import { InfraError } from '../errors.ts'
import { isIgnored } from './ignored.ts'

/** What was saved, in one go: an editor that saves three files, or git that changes a thousand. */
export interface Batch {
  /** Absolute paths of files that were written, made, renamed or removed. */
  paths: ReadonlySet<string>
  /** Folders below which anything may have changed: one came, went, or was renamed. */
  folders: ReadonlySet<string>
  /** When the first of it was seen: performance.now(). */
  since: number
}

/** Nothing was saved for so long: then it is over. git writes faster, and so does every editor. */
const QUIET_MS = 120
/** Repositories and hidden folders: whatever is in there is no source. */
const SKIPPED = /^\./

/**
 * Watches folders by inotify, one watch a folder: a kernel has 5,000 of them. (Node's own recursive watch takes one a
 * file.) Nothing is read but the names of folders.
 */
export class Changes {
  readonly #watchers = new Map<string, FSWatcher>()
  readonly #roots: { path: string; isDeep: boolean }[] = []
  readonly #onBatch: (batch: Batch) => void
  #paths = new Set<string>()
  #folders = new Set<string>()
  #since = 0
  #timer: NodeJS.Timeout | undefined

  constructor(onBatch: (batch: Batch) => void) {
    this.#onBatch = onBatch
  }

  /** How many folders are watched. */
  get size(): number {
    return this.#watchers.size
  }

  /** Watches a folder, and all folders below it if `isDeep`; again does no harm. */
  add(path: string, isDeep: boolean): void {
    if (!this.#roots.some(root => root.path === path && root.isDeep === isDeep))
      this.#roots.push({ path, isDeep })
    this.#watch(path, isDeep)
  }

  close(): void {
    clearTimeout(this.#timer)
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  #watch(folder: string, isDeep: boolean): void {
    if (!this.#watchers.has(folder) && !this.#watchOne(folder)) return
    if (isDeep) for (const name of foldersIn(folder)) this.#watch(join(folder, name), true)
  }

  /** False if the folder is gone. */
  #watchOne(folder: string): boolean {
    try {
      const watcher = watch(folder, (_event, name) => {
        if (name !== null) this.#seen(folder, name)
      })
      watcher.on('error', () => this.#forget(folder))
      this.#watchers.set(folder, watcher)
      return true
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT' || code === 'ENOTDIR') return false
      throw code === 'ENOSPC' || code === 'EMFILE' ? noMoreWatches(folder, this.size, error) : error
    }
  }

  #seen(folder: string, name: string): void {
    if (isIgnored(name)) return
    const path = join(folder, name)
    const isFolder = lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
    const isDeep = this.#roots.some(root => root.isDeep && `${folder}/`.startsWith(`${root.path}/`))
    if (isFolder || this.#watchers.has(path)) {
      if (SKIPPED.test(name) || !isDeep) return
      // A folder that was watched may be another one by now.
      for (const known of [...this.#watchers.keys()])
        if (known === path || known.startsWith(`${path}/`)) this.#forget(known)
      if (isFolder) this.#watch(path, true)
      this.#folders.add(path)
    } else this.#paths.add(path)
    if (this.#timer === undefined) this.#since = performance.now()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#tell(), QUIET_MS)
  }

  #tell(): void {
    const batch = { paths: this.#paths, folders: this.#folders, since: this.#since }
    this.#paths = new Set()
    this.#folders = new Set()
    this.#timer = undefined
    this.#onBatch(batch)
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close()
    this.#watchers.delete(folder)
  }
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(entry => entry.isDirectory() && !SKIPPED.test(entry.name))
      .map(({ name }) => name)
  } catch {
    return [] // it went while we looked
  }
}

function noMoreWatches(folder: string, count: number, cause: unknown): InfraError {
  const [limit, room] = [/ENOSPC/.test(String(cause)) ? 'max_user_watches' : 'max_user_instances', 65_536]
  const value = limit === 'max_user_watches' ? room : 512
  const reason = `can't watch ${folder} after ${count} other folders: the kernel's fs.inotify.${limit} is used up`
  return new InfraError(`${reason}; run sudo sysctl fs.inotify.${limit}=${value}`, { cause })
}
