import { lstatSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { ImageError } from '../errors.ts'
import { git, type GitOptions, gitText } from './git.ts'

/** A file of a source tree. */
export interface TreeFile {
  path: string
  mode: 'file' | 'program' | 'link'
  /** Differs if the content may differ: time and size on disk, the blob's hash in git. */
  stamp: string
}

/** A source tree that is only read: as it is on disk, or a commit. */
export interface TreeFiles {
  files: TreeFile[]
  /** Only these paths were looked at, the others are as they were; undefined if all were. */
  looked?: ReadonlySet<string>
  /** The content of some of its files (of a link: where to), one by one. */
  read(files: readonly TreeFile[]): AsyncIterable<[TreeFile, Buffer]>
}

/** What a build in the tree leaves; kbuild refuses O= where some of it is. Files that git tracks are not affected. */
const built = [
  ...['*.o', '*.a', '*.ko', '*.mod', '*.mod.c', '*.cmd', '*.order', '*.dtb', '*.symvers', '.*'],
  ...['/vmlinux*', '/System.map', '/include/config/', '/include/generated/', '/arch/*/include/generated/'],
]

/** Whether a folder is the top of a git checkout; what is inside of another repository is a plain folder. */
export async function isCheckout(tree: string, signal: AbortSignal): Promise<boolean> {
  const top = await gitText(['rev-parse', '--show-toplevel'], { cwd: tree, signal })
  return top !== undefined && top !== '' && realpathSync(top) === realpathSync(tree)
}

/**
 * The files of a tree as they are on disk, clean or not: what git tracks and what it doesn't ignore. In a plain folder
 * its .gitignore files count as well, but for the top level: Debian's kernel source ignores all of that. `empty`
 * is a folder for the repository without files that this takes. `only`: paths below the tree that may have changed, if
 * whoever asks knows them.
 */
export async function filesOnDisk(
  tree: string,
  empty: string,
  signal: AbortSignal,
  only?: readonly string[],
): Promise<TreeFiles> {
  const some = only && (await listSome(tree, empty, only, signal))
  const paths = new Set(some ?? (await listDisk(tree, empty, signal)))
  const files: TreeFile[] = []
  for (const path of paths) {
    if (files.length % 2000 === 0) await breathe(signal)
    const file = look(tree, path)
    if (file) files.push(file)
  }
  return {
    files,
    ...(some ? { looked: new Set(only) } : {}),
    async *read(wanted) {
      for (const [i, file] of wanted.entries()) {
        if (i % 200 === 0) await breathe(signal)
        const from = join(tree, file.path)
        yield [file, file.mode === 'link' ? Buffer.from(linkOf(tree, from)) : readFileSync(from)]
      }
    },
  }
}

async function listDisk(tree: string, empty: string, signal: AbortSignal): Promise<string[]> {
  const options = { cwd: tree, signal }
  const exclude = [...built.flatMap(pattern => ['-x', pattern]), '--exclude-standard', '-z']
  const argv = (await isCheckout(tree, signal))
    ? ['ls-files', '--cached', '--others', ...exclude]
    : [...(await emptyRepository(empty, tree, signal)), 'ls-files', '--others', '-x', '!/*', ...exclude]
  const paths = lines(await must(argv, options))
  // A folder is a submodule, or a repository inside this one.
  const nested = paths.filter(path => path.endsWith('/') || isFolder(join(tree, path)))
  const inside = new Set(nested)
  const below: string[] = []
  for (const path of nested) {
    const more = await listDisk(join(tree, path), empty, signal)
    below.push(...more.map(file => join(path, file)))
  }
  return [...paths.filter(path => !inside.has(path)), ...below]
}

/**
 * Those of some paths below a tree that are files of it, as they are on disk; what was removed is none. Undefined if
 * that can't be said of paths alone: they change what is ignored, or are inside of another repository.
 */
export async function listSome(
  tree: string,
  empty: string,
  only: readonly string[],
  signal: AbortSignal,
): Promise<string[] | undefined> {
  if (only.length > MOST_PATHS || only.some(path => /(^|\/)\.git(ignore|modules)?$/.test(path)))
    return undefined
  if (only.length === 0) return []
  const options = { cwd: tree, signal }
  const exclude = [...built.flatMap(pattern => ['-x', pattern]), '--exclude-standard', '-z']
  const argv = (await isCheckout(tree, signal))
    ? ['--literal-pathspecs', 'ls-files', '--cached', '--others', ...exclude]
    : [
        '--literal-pathspecs',
        ...(await emptyRepository(empty, tree, signal)),
        ...['ls-files', '--others', '-x', '!/*', ...exclude],
      ]
  const listed = lines(await must([...argv, '--', ...only], options))
  const asked = new Set(only)
  return listed.every(path => asked.has(path) && !isFolder(join(tree, path))) ? listed : undefined
}

/** More are not worth it: git checkout, or a whole branch. */
const MOST_PATHS = 1000

async function emptyRepository(empty: string, tree: string, signal: AbortSignal): Promise<string[]> {
  await must(['init', '--quiet', '--bare', empty], { cwd: tree, signal })
  return [`--git-dir=${empty}`, `--work-tree=${tree}`]
}

/** The files of a commit: whatever is on disk, and without a checkout. */
export async function filesOfCommit(tree: string, commit: string, signal: AbortSignal): Promise<TreeFiles> {
  const options = { cwd: tree, signal }
  const rows = lines(await must(['ls-tree', '-r', '-z', '--full-tree', commit], options))
  return {
    files: rows.flatMap(row => {
      const [, mode = '', kind, stamp = '', path = ''] = /^(\d+) (\w+) (\w+)\t(.*)$/s.exec(row) ?? []
      if (kind !== 'blob') return []
      return { path, stamp, mode: mode === '120000' ? 'link' : mode === '100755' ? 'program' : 'file' }
    }),
    async *read(wanted) {
      for (let from = 0; from < wanted.length; from += 400) {
        const some = wanted.slice(from, from + 400)
        const input = some.map(({ stamp }) => `${stamp}\n`).join('')
        const contents = blobs(await must(['cat-file', '--batch'], { ...options, input }))
        for (const [i, file] of some.entries()) yield [file, contents[i] ?? Buffer.alloc(0)]
      }
    },
  }
}

/** `<hash> blob <size>\n<content>\n`, again and again. */
function blobs(output: Buffer): Buffer[] {
  const found: Buffer[] = []
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(10, at)
    const [, , size] = output.toString('latin1', at, end).split(' ')
    if (size === undefined) throw new ImageError(`git has no ${output.toString('latin1', at, end)}`)
    found.push(output.subarray(end + 1, end + 1 + Number(size)))
    at = end + 2 + Number(size)
  }
  return found
}

function look(tree: string, path: string): TreeFile | undefined {
  const found = lstatSync(join(tree, path), { throwIfNoEntry: false })
  // Tracked but removed; a socket; a name that is no text.
  if (!found || path.includes('\ufffd') || !(found.isFile() || found.isSymbolicLink())) return undefined
  const mode = found.isSymbolicLink() ? 'link' : (found.mode & 0o100) !== 0 ? 'program' : 'file'
  return { path, mode, stamp: `${found.size}:${found.mtimeMs}:${found.ctimeMs}` }
}

/** Where a link leads; one out of the tree leads to the same place from anywhere. */
function linkOf(tree: string, link: string): string {
  const to = readlinkSync(link)
  const target = resolve(dirname(link), to)
  return relative(tree, target).startsWith('..') ? target : to
}

const isFolder = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

const lines = (output: Buffer) => output.toString().split('\0').filter(Boolean)

async function must(argv: readonly string[], options: GitOptions): Promise<Buffer> {
  const { exitCode, stdout, stderr } = await git(argv, options)
  if (exitCode !== 0) throw new ImageError(`${options.cwd}: git exited ${exitCode}: ${stderr.trim()}`)
  return stdout
}

async function breathe(signal: AbortSignal): Promise<void> {
  await setImmediate()
  signal.throwIfAborted()
}
