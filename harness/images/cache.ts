import { createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
} from 'node:fs'
import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { keyOf, type Inputs } from './inputs.ts'
import { tryLock } from './lock.ts'

/**
 * What was built, by what it was built from:
 *
 *   entries/<name>-<key>/  outputs and manifest.json; made in tmp/ and renamed here, so that there are no halves
 *   current/<name>.json    which entry the last build from <these sources of ours> led to
 *   work/ logs/            build trees, the compilers' words: may be removed at any time
 *   locks/ tmp/
 */
export interface Manifest {
  name: string
  key: string
  version: string
  inputs: Inputs
  outputs: Record<string, { size: number; sha256: string }>
  seconds: number
  built: string
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

/** The entry for these inputs, if it is there and its files have the sizes that they were built with. */
export function findEntry(root: string, name: string, inputs: Inputs): Entry | undefined {
  return readEntry(root, `${name}-${keyOf(inputs)}`)
}

/** The entry in that folder of entries/. */
export function readEntry(root: string, folder: string): Entry | undefined {
  const dir = join(root, 'entries', folder)
  const manifest = readJson<Manifest>(join(dir, 'manifest.json'))
  if (!manifest) return undefined
  for (const [file, { size }] of Object.entries(manifest.outputs)) {
    const found = statSync(join(dir, file), { throwIfNoEntry: false })
    if (found?.size !== size) return undefined
  }
  return { dir, manifest }
}

/** Every whole entry, sorted by folder name. */
export function listEntries(root: string): Entry[] {
  const dir = join(root, 'entries')
  if (!existsSync(dir)) return []
  return readdirSync(dir)
    .sort()
    .flatMap(folder => readEntry(root, folder) ?? [])
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
    const outputs: Manifest['outputs'] = {}
    for (const file of readdirSync(temporary).sort()) outputs[file] = await sealed(join(temporary, file))
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
    }
    writeFileSync(join(temporary, 'manifest.json'), JSON.stringify(manifest, null, 2), { flush: true })
    const dir = join(root, 'entries', `${name}-${key}`)
    mkdirSync(join(root, 'entries'), { recursive: true })
    rmSync(dir, { recursive: true, force: true }) // only a damaged one can be there
    renameSync(temporary, dir)
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

/** The entry that was built from these sources of ours. */
export function currentEntry(root: string, name: string, sources: Inputs): Entry | undefined {
  const current = readJson<{ entry: string }>(join(root, 'current', `${name}-${keyOf(sources)}.json`))
  return current && readEntry(root, current.entry)
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
async function sealed(file: string): Promise<{ size: number; sha256: string }> {
  const fd = openSync(file, 'r')
  fsyncSync(fd)
  closeSync(fd)
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return { size: statSync(file).size, sha256: hash.digest('hex') }
}

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch {
    return undefined
  }
}
