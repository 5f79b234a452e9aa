import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { cacheRoot } from '../../images/cache.ts'

/** A file of a kernel's source, as fast-import takes it. */
export interface SourceFile {
  path: string
  mode: '100644' | '100755' | '120000'
  read(): Buffer
}

/** The folder in which `make images` unpacked a series; undefined if it didn't. */
export function unpackedFolder(series: string): string | undefined {
  const versions = join(cacheRoot(), 'work', `linux-${series}`)
  const names = existsSync(versions) ? readdirSync(versions) : []
  return names
    .map(name => join(versions, name))
    .find(dir => existsSync(join(dir, 'source/Makefile')) && existsSync(join(dir, 'originals')))
}

/** The files of a series as they were unpacked, without what our patches do to them. */
export function sourceFiles(tree: string): SourceFile[] {
  const original = (path: string) => join(tree, 'originals/present', path)
  return below(join(tree, 'source'), '')
    .filter(path => !existsSync(join(tree, 'originals/absent', path)))
    .map(path => fileAt(path, existsSync(original(path)) ? original(path) : join(tree, 'source', path)))
}

function fileAt(path: string, from: string): SourceFile {
  const found = lstatSync(from)
  if (found.isSymbolicLink()) return { path, mode: '120000', read: () => Buffer.from(readlinkSync(from)) }
  return { path, mode: (found.mode & 0o100) !== 0 ? '100755' : '100644', read: () => readFileSync(from) }
}

function below(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    return entry.isDirectory() ? below(root, path) : [path]
  })
}
