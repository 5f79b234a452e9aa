import { createHash } from 'node:crypto'
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

/** What a file of an entry must be. */
export interface Output {
  size: number
  sha256: string
  /** A program: some ways of copying a cache lose that. */
  executable?: true
}

export type Outputs = Record<string, Output>

/** What stat(2) said of an entry's files when their hashes were last found right. */
type Seal = Record<string, string>

/**
 * What is wrong with an entry's files, against its manifest: `Image has another hash than when it was built`; undefined
 * if nothing is. Reads every byte.
 */
export function damageOf(dir: string, outputs: Outputs): string | undefined {
  return Object.entries(outputs)
    .map(([file, output]) => wrongShape(dir, file, output) ?? wrongHash(dir, file, output))
    .find(Boolean)
}

/**
 * The same for everyday use: a file is read only if stat(2) says something else of it than when it was last read and
 * found right: time, inode, size. The memory of that is in seals/, as old as the entry's last use; a cache that was
 * restored from elsewhere is thus read once, and bits that rot on the disk are `dmaspec cache verify`'s to find.
 */
export function damageInUse(root: string, folder: string, outputs: Outputs): string | undefined {
  const dir = join(root, 'entries', folder)
  const sealFile = sealOf(root, folder)
  const seal = readSeal(sealFile)
  const now: Seal = {}
  for (const [file, output] of Object.entries(outputs)) {
    const shape = wrongShape(dir, file, output)
    if (shape !== undefined) return shape
    now[file] = statWords(join(dir, file))
    if (seal[file] === now[file]) continue
    const hash = wrongHash(dir, file, output)
    if (hash !== undefined) return hash
  }
  const text = JSON.stringify(now)
  if (JSON.stringify(seal) === text) markUsed(sealFile)
  else writeSeal(sealFile, text)
  return undefined
}

/** When an entry was last used, in ms since 1970; undefined if that is not known. */
export function lastUse(root: string, folder: string): number | undefined {
  return statSync(sealOf(root, folder), { throwIfNoEntry: false })?.mtimeMs
}

/** Where the memory of an entry's last use is. */
export function sealOf(root: string, folder: string): string {
  return join(root, 'seals', `${folder}.json`)
}

/** The hash of a file, read in pieces: it may be larger than a Buffer. */
export function hashOf(file: string): string {
  const hash = createHash('sha256')
  const piece = Buffer.allocUnsafe(1 << 20)
  const fd = openSync(file, 'r')
  try {
    for (let n = readSync(fd, piece); n > 0; n = readSync(fd, piece)) hash.update(piece.subarray(0, n))
  } finally {
    closeSync(fd)
  }
  return hash.digest('hex')
}

function wrongShape(dir: string, file: string, { size, executable }: Output): string | undefined {
  const found = statSync(join(dir, file), { throwIfNoEntry: false })
  if (!found) return `${file} is missing`
  if (found.size !== size) return `${file} has ${found.size} bytes and not ${size}`
  if (executable && (found.mode & 0o100) === 0) return `${file} is not executable any more`
  return undefined
}

function wrongHash(dir: string, file: string, { sha256 }: Output): string | undefined {
  try {
    if (hashOf(join(dir, file)) === sha256) return undefined
    return `${file} has another hash than when it was built`
  } catch (error) {
    return `${file} can't be read: ${(error as Error).message}` // EIO of a dying disk, too
  }
}

/** What stat(2) says of a file: another text if the file may be another one. */
export function statWords(file: string): string {
  const { size, mtimeMs, ctimeMs, ino } = statSync(file)
  return [size, mtimeMs, ctimeMs, ino].join(' ')
}

function readSeal(file: string): Seal {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Seal
  } catch {
    return {}
  }
}

function markUsed(file: string): void {
  try {
    const now = new Date()
    utimesSync(file, now, now)
  } catch {
    // a cache that is ours to read only
  }
}

function writeSeal(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    const temporary = `${file}.${process.pid}`
    writeFileSync(temporary, text)
    renameSync(temporary, file)
  } catch {
    // the same: then every use reads the files
  }
}
