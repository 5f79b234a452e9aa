import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { ImageError } from '../errors.ts'
import { statWords } from './cache-seal.ts'
import { sha256 } from './inputs.ts'
import type { PatchedTree } from './patched.ts'
import type { TreeFile, TreeFiles } from './tree-files.ts'

/**
 * A copy of somebody's source tree that we may patch and build: theirs is only ever read. A file whose stamp is known
 * is not read again, and one whose content is the same is not written again: make sees what changed and no more.
 */
export interface Mirror extends PatchedTree {
  /** What is in it: JSON of Manifest. */
  manifest: string
}

interface Manifest {
  files: Record<string, Copied>
  hash: string
}

interface Copied {
  mode: TreeFile['mode']
  stamp: string
  sha256: string
}

export function mirrorIn(work: string): Mirror {
  const file = (name: string) => join(work, name)
  return { source: file('source'), originals: file('originals'), manifest: file('manifest.json') }
}

/** Whether the mirror holds a tree: whole, as it was when it was last brought to its state. */
export function isMirrored({ manifest }: Mirror): boolean {
  return existsSync(manifest)
}

/** The hash of what the mirror holds, patches aside; null if it holds nothing whole. */
export function mirrorHash({ manifest }: Mirror): string | null {
  return readManifest(manifest)?.hash ?? null
}

/**
 * Brings the mirror to the state of the tree, or of those of its files that were looked at. Returns the hash of all files,
 * and how many were written or removed.
 */
export async function mirrorTree(
  mirror: Mirror,
  tree: TreeFiles,
  onShare: (share: number) => void = () => {},
): Promise<{ hash: string; changed: number }> {
  const old = readManifest(mirror.manifest)
  const known = old?.files ?? {}
  const { looked } = tree
  if (looked && !old) throw new ImageError(`${mirror.source} is not whole: look at all files`)
  const listed = new Set(tree.files.map(({ path }) => path))
  const same = (file: TreeFile) =>
    known[file.path]?.stamp === file.stamp && known[file.path]?.mode === file.mode
  const wanted = tree.files.filter(file => !same(file))
  // What a killed run leaves between here and the end has no manifest: every file is then looked at.
  const had = old ? Object.keys(known) : filesIn(mirror.source)
  const gone = had.filter(path => !listed.has(path) && (looked?.has(path) ?? true))
  if (old && wanted.length === 0 && gone.length === 0) return { hash: old.hash, changed: 0 }
  rmSync(mirror.manifest, { force: true })
  for (const path of gone) remove(mirror, path)
  const files: Manifest['files'] = looked ? { ...known } : copiedOf(known, tree.files)
  for (const path of gone) Reflect.deleteProperty(files, path)
  let [changed, done] = [gone.length, 0]
  for await (const [file, content] of tree.read(wanted)) {
    const hash = sha256(content)
    const before = known[file.path]
    if (before?.sha256 !== hash || before.mode !== file.mode) {
      if (put(mirror, file, content)) changed += 1
    }
    files[file.path] = { mode: file.mode, stamp: file.stamp, sha256: hash }
    onShare(++done / wanted.length)
  }
  const sorted = inOrder(files)
  const hash = sha256(
    Object.entries(sorted)
      .map(([path, { mode, sha256 }]) => `${path}\0${mode}\0${sha256}\n`)
      .join(''),
  )
  mkdirSync(dirname(mirror.manifest), { recursive: true })
  const manifest: Manifest = { files: sorted, hash }
  writeFileSync(`${mirror.manifest}.new`, JSON.stringify(manifest))
  renameSync(`${mirror.manifest}.new`, mirror.manifest)
  last = { file: mirror.manifest, stamp: statWords(mirror.manifest), manifest }
  return { hash, changed }
}

/** What is known of these files. */
function copiedOf(known: Manifest['files'], files: readonly TreeFile[]): Manifest['files'] {
  return Object.fromEntries(files.flatMap(({ path }) => (known[path] ? [[path, known[path]]] : [])))
}

/** The same by path, in the order of their hash; most changes leave it as it is. */
function inOrder(files: Manifest['files']): Manifest['files'] {
  const paths = Object.keys(files)
  if (paths.every((path, i) => i === 0 || (paths[i - 1] ?? '') < path)) return files
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The last one that was read or written: a kernel's has 80,000 files, and is asked for at each step of a build. */
let last: { file: string; stamp: string; manifest: Manifest } | undefined

function readManifest(file: string): Manifest | undefined {
  try {
    const stamp = statWords(file)
    if (last?.file === file && last.stamp === stamp) return last.manifest
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest
    last = { file, stamp, manifest }
    return manifest
  } catch {
    return undefined
  }
}

/** Writes a file where it belongs: one that patches touch has its original put aside (patched.ts). */
function put({ source, originals }: PatchedTree, { path, mode }: TreeFile, content: Buffer): boolean {
  const [present, absent] = [join(originals, 'present', path), join(originals, 'absent', path)]
  if (existsSync(absent)) {
    mkdirSync(dirname(present), { recursive: true })
    renameSync(absent, present)
  }
  const to = existsSync(present) ? present : join(source, path)
  if (isSame(to, mode, content)) return false
  rmSync(to, { recursive: true, force: true })
  mkdirSync(dirname(to), { recursive: true })
  if (mode === 'link') symlinkSync(content, to)
  else {
    writeFileSync(to, content)
    chmodSync(to, mode === 'program' ? 0o755 : 0o644)
  }
  return true
}

function isSame(file: string, mode: TreeFile['mode'], content: Buffer): boolean {
  const found = lstatSync(file, { throwIfNoEntry: false })
  if (mode === 'link') return found?.isSymbolicLink() === true && readlinkSync(file) === content.toString()
  if (!found?.isFile() || found.size !== content.length) return false
  return ((found.mode & 0o100) !== 0) === (mode === 'program') && readFileSync(file).equals(content)
}

function remove({ source, originals }: PatchedTree, path: string): void {
  const [present, absent] = [join(originals, 'present', path), join(originals, 'absent', path)]
  if (existsSync(absent)) return
  if (!existsSync(present)) return rmSync(join(source, path), { force: true })
  mkdirSync(dirname(absent), { recursive: true })
  rmSync(present)
  writeFileSync(absent, '')
}

/** All files and links below a folder, by path from there. */
function filesIn(dir: string, below = ''): string[] {
  const here = join(dir, below)
  if (!existsSync(here)) return []
  return readdirSync(here, { withFileTypes: true }).flatMap(entry => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    return entry.isDirectory() ? filesIn(dir, path) : [path]
  })
}
