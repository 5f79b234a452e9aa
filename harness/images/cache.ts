import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { damageInUse, hashOf, type Output, type Outputs } from './cache-seal.ts'
import { filesBelow, keyOf, type Inputs } from './inputs.ts'
import { tryLock } from './lock.ts'

/**
 * What was built, by what it was built from:
 *
 *   entries/<name>-<key>/  outputs and manifest.json; made in tmp/ and renamed here, so that there are no halves
 *   current/<name>-<sources>.json  which entry the last build from these sources of ours led to
 *   seals/<name>-<key>.json        when the entry was last used, and what stat(2) said of its files
 *   work/<lock>/ logs/     build trees, by the lock that their builder holds; the compilers' words
 *   locks/ tmp/
 *
 * Everything but entries/ and current/ can be missing; docs/cache.md has the whole of it.
 */
export interface Manifest {
  name: string
  key: string
  version: string
  inputs: Inputs
  outputs: Outputs
  /** What the build took. */
  seconds: number
  /** ISO 8601. */
  built: string
  /** The lock that it was built under. */
  lock?: string
}

export interface Entry {
  dir: string
  manifest: Manifest
}

/** $DMASPEC_CACHE, or dmaspec in the user's cache folder. */
export function cacheRoot(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment['DMASPEC_CACHE']) return resolve(environment['DMASPEC_CACHE'])
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'dmaspec')
}

/** Told of an entry whose files are not what was built: which folder of entries/, and what is wrong. */
export type OnDamage = (folder: string, damage: string) => void

/** The entry for these inputs, to be used: if it is there, and its files are what was built. */
export function findEntry(
  root: string,
  name: string,
  inputs: Inputs,
  onDamage?: OnDamage,
): Entry | undefined {
  return useEntry(root, `${name}-${keyOf(inputs)}`, onDamage)
}

/** The entry in that folder of entries/, unless it is damaged. */
export function useEntry(root: string, folder: string, onDamage?: OnDamage): Entry | undefined {
  const entry = readEntry(root, folder)
  if (!entry) return undefined
  const damage = damageInUse(root, folder, entry.manifest.outputs)
  if (damage === undefined) return entry
  onDamage?.(folder, damage)
  return undefined
}

/** What the manifest in that folder of entries/ says; its files are not looked at. */
export function readEntry(root: string, folder: string): Entry | undefined {
  const dir = join(root, 'entries', folder)
  const manifest = readJson<Manifest>(join(dir, 'manifest.json'))
  return manifest?.outputs && { dir, manifest }
}

/** The folders of entries/, sorted, and whether there is an entry in them or not. */
export function listFolders(root: string): { folder: string; entry: Entry | undefined }[] {
  const dir = join(root, 'entries')
  if (!existsSync(dir)) return []
  const folders = readdirSync(dir).sort()
  return folders.map(folder => ({ folder, entry: readEntry(root, folder) }))
}

/**
 * Makes an entry: `build` fills a temporary folder and returns the version of what it built. The holder of the lock
 * `lockName` calls this; what a killed build leaves in tmp/ carries that name, and sweep() removes it.
 */
export async function makeEntry(
  root: string,
  {
    name,
    inputs,
    lockName,
    seconds,
  }: { name: string; inputs: Inputs; lockName: string; seconds?: () => number },
  build: (dir: string) => Promise<string>,
): Promise<Entry> {
  const started = Date.now()
  const key = keyOf(inputs)
  const temporary = temporaryFolder(root, lockName)
  try {
    const version = await build(temporary)
    const outputs: Outputs = {}
    for (const file of filesBelow(temporary)) outputs[relative(temporary, file)] = onDisk(file)
    const took = seconds?.() ?? (Date.now() - started) / 1000
    const built = new Date().toISOString()
    const manifest: Manifest = {
      name,
      key,
      version,
      inputs,
      outputs,
      seconds: Math.round(took * 10) / 10,
      built,
      lock: lockName,
    }
    writeFileSync(join(temporary, 'manifest.json'), JSON.stringify(manifest, null, 2))
    sync(join(temporary, 'manifest.json'))
    sync(temporary)
    const dir = join(root, 'entries', `${name}-${key}`)
    mkdirSync(join(root, 'entries'), { recursive: true })
    rmSync(dir, { recursive: true, force: true }) // only a damaged one can be there
    renameSync(temporary, dir)
    sync(join(root, 'entries'))
    return { dir, manifest }
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

/** A new folder in tmp/, for the holder of that lock. */
export function temporaryFolder(root: string, lockName: string): string {
  const dir = join(root, 'tmp', `${lockName}.${process.pid}.${randomBytes(4).toString('hex')}`)
  mkdirSync(dir, { recursive: true })
  return dir
}

/** Remembers that these sources of ours lead to this entry. */
export function setCurrent(root: string, name: string, sources: Inputs, entry: Entry): void {
  const dir = join(root, 'current')
  mkdirSync(dir, { recursive: true })
  const file = join(dir, `${name}-${keyOf(sources)}.json`)
  const temporary = `${file}.${process.pid}`
  writeFileSync(temporary, JSON.stringify({ entry: `${entry.manifest.name}-${entry.manifest.key}` }))
  renameSync(temporary, file)
}

/** The entry that was built from these sources of ours, to be used. */
export function currentEntry(
  root: string,
  name: string,
  sources: Inputs,
  onDamage?: OnDamage,
): Entry | undefined {
  const folder = currentFolder(root, name, sources)
  return folder === undefined ? undefined : useEntry(root, folder, onDamage)
}

/** The folder of entries/ that these sources of ours led to; there may be nothing in it any more. */
export function currentFolder(root: string, name: string, sources: Inputs): string | undefined {
  return currentTarget(join(root, 'current', `${name}-${keyOf(sources)}.json`))
}

/** The folder of entries/ that a file of current/ names. */
export function currentTarget(file: string): string | undefined {
  return readJson<{ entry: string }>(file)?.entry
}

/** Removes what killed builds left in tmp/, unless the lock that it was made under is held. */
export async function sweep(root: string): Promise<string[]> {
  const dir = join(root, 'tmp')
  const swept: string[] = []
  if (!existsSync(dir)) return swept
  for (const file of readdirSync(dir)) {
    using lock = await tryLock(root, file.replace(/\.\d+\.[^.]+$/, ''))
    if (!lock) continue
    rmSync(join(dir, file), { recursive: true, force: true })
    swept.push(file)
  }
  return swept
}

/** Size and hash of a file that is on the disk for good. */
function onDisk(file: string): Output {
  sync(file)
  const { size, mode } = statSync(file)
  return { size, sha256: hashOf(file), ...((mode & 0o100) !== 0 ? { executable: true } : {}) }
}

/** Has the disk keep a file, or the names in a folder, even if the power fails now. */
function sync(path: string): void {
  const fd = openSync(path, 'r')
  fsyncSync(fd)
  closeSync(fd)
}

/** What a JSON file says; undefined if it is missing, or only half of it is there. */
export function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch {
    return undefined
  }
}
