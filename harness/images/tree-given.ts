import { existsSync, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import semver from 'semver'
import { closest } from '../cell/suggest.ts'
import { CellError, UnbuildableError } from '../errors.ts'
import { type BuildContext, lockFor } from './context.ts'
import { flavours } from './flavours.ts'
import { gitText } from './git.ts'
import { givenName, type GivenTree } from './given.ts'
import { sha256 } from './inputs.ts'
import { isMirrored, mirrorIn, mirrorTree } from './mirror.ts'
import { boardTree, oldestTree } from './old-trees.ts'
import { choosePatches } from './patch-choice.ts'
import { patchedFiles } from './patched.ts'
import { rowOfVersion } from './series.ts'
import { filesOfCommit, filesOnDisk, isCheckout } from './tree-files.ts'
import { joinName } from './kernel-name.ts'
import { lockOf } from './tree-kernel.ts'

/** A tree as it is asked for. */
export interface TreeRequest {
  /** A folder: a git checkout or not. */
  tree: string
  /** A commit of it, whatever is checked out; undefined takes the files as they are on disk. */
  ref?: string | undefined
  /** Files of the user's. */
  patches: readonly string[]
  fragments: readonly string[]
  flavour: string | null
  /** Its name and version, if the folder's own would say nothing: of an archive that was fetched. */
  name?: string | undefined
  version?: string | undefined
  /** All that may have changed on disk since the tree was last given, by path below it; undefined if nobody knows. */
  changed?: readonly string[] | undefined
}

/**
 * Takes a user's tree: copies into the cache what changed there since the last time, and says what it is. Nothing in the
 * tree is written. CellErrors if there is no such tree, ref, patch or fragment; UnbuildableErrors if what is there is no
 * kernel for the board, or a patch does not apply to it.
 */
export async function giveTree(context: BuildContext, request: TreeRequest): Promise<GivenTree> {
  const { ref, flavour, name, version: known } = request
  const { signal } = context
  const tree = folderOf(request.tree)
  const patches = request.patches.map(file => patchOf(file))
  const fragments = request.fragments.map(file => textOf('fragment', file))
  const checkout = await isCheckout(tree, signal)
  if (ref !== undefined && !checkout) throw new CellError(`--ref needs a git checkout, and ${tree} is none`)
  const commit = ref === undefined ? undefined : await commitOf(tree, ref, signal)
  if (commit === undefined) needKernelTree(path => existsSync(join(tree, path)), tree, CellError)
  const key = sha256(`${tree}\0${ref === undefined ? 'disk' : 'ref'}`).slice(0, 20)
  const work = join(context.root, 'work', `tree-${key}`)
  mkdirSync(work, { recursive: true })
  using held = await lockFor(context, lockOf(work), `copies or builds ${tree}`)
  const from = ref === undefined ? tree : `${tree} at ${ref}`
  const step = context.progress.step(`copying ${from}`)
  const mirror = mirrorIn(work)
  const files = await (commit === undefined
    ? filesOnDisk(tree, join(work, 'empty.git'), signal, isMirrored(mirror) ? request.changed : undefined)
    : filesOfCommit(tree, commit, signal))
  const paths = new Set(files.files.map(({ path }) => path))
  const isFile = (path: string) => (files.looked ? existsSync(join(tree, path)) : paths.has(path))
  needKernelTree(isFile, from, UnbuildableError)
  const { hash, changed } = await mirrorTree(mirror, files, share => step.update(share))
  step.done(changed === 0 ? 'no file changed' : changed === 1 ? '1 file changed' : `${changed} files changed`)
  const original = (path: string) => {
    const kept = join(mirror.originals, 'present', path)
    return readFileSync(existsSync(kept) ? kept : join(mirror.source, path), 'utf8')
  }
  const version = versionOf(original('Makefile'))
  if (version === undefined || semver.lt(semver.coerce(version) ?? '0.0.0', oldestTree))
    throw new UnbuildableError(`${from} is linux ${version ?? 'of no version'}: dmaspec takes 4.19 and later`)
  const dtb = boardTree(mirror.source)
  if (dtb === undefined)
    throw new UnbuildableError(`${from} has no Salvator-XS in arch/arm64/boot/dts/renesas`)
  const given: GivenTree = {
    kind: 'tree',
    name: joinName(
      name ?? givenName(basename(tree), ref ?? (checkout ? await shortHead(tree, signal) : '')),
      flavour,
    ),
    version: known ?? (await longVersion(tree, version, { commit, checkout, signal })),
    series: nearestSeries(version),
    from,
    work,
    source: hash,
    dtb,
    flavour,
    slower: flavours().find(({ name }) => name === flavour)?.slower ?? 1,
    patches,
    fragments,
  }
  await needPatches(context, given, request.patches, held)
  return given
}

/** The folder of a tree, links resolved; a CellError if it is none. */
export function folderOf(tree: string): string {
  if (!statSync(tree, { throwIfNoEntry: false })?.isDirectory())
    throw new CellError(`--tree ${tree} is no folder`)
  return realpathSync(tree)
}

function textOf(what: string, file: string): { name: string; text: string } {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new CellError(`--${what} ${file} is no file`)
  return { name: basename(file), text: readFileSync(file, 'utf8') }
}

function patchOf(file: string): { name: string; text: string } {
  const patch = textOf('patch', file)
  // patch(1) takes an empty file for a patch that changes nothing.
  if (patchedFiles(patch.text).length === 0) throw new CellError(`--patch ${file}: there is no patch in it`)
  return patch
}

function needKernelTree(
  has: (path: string) => boolean,
  from: string,
  Wrong: typeof CellError | typeof UnbuildableError,
): void {
  const missing = ['Makefile', 'Kconfig', 'arch/arm64/Kconfig'].find(path => !has(path))
  if (missing !== undefined) throw new Wrong(`${from} is no Linux kernel: it has no ${missing}`)
}

async function commitOf(tree: string, ref: string, signal: AbortSignal): Promise<string> {
  const verify = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]
  const commit = await gitText(verify, { cwd: tree, signal })
  if (commit) return commit
  const format = '--format=%(refname:short)'
  const names = (await gitText(['for-each-ref', format], { cwd: tree, signal }))?.split('\n') ?? []
  const meant = closest(ref, names)
  const suggestion = meant === null ? '' : ` (did you mean '${meant}'?)`
  throw new CellError(`${tree} has no commit '${ref}'${suggestion}`)
}

/** `6.9.0-rc1`, as `make kernelversion` would say; undefined if that is no kernel's Makefile. */
export function versionOf(makefile: string): string | undefined {
  const value = (name: string) => new RegExp(`^${name} *= *(.*?) *$`, 'm').exec(makefile)?.[1] ?? ''
  const numbers = [value('VERSION'), value('PATCHLEVEL'), value('SUBLEVEL') || '0']
  if (!numbers.every(number => /^\d+$/.test(number))) return undefined
  return numbers.join('.') + value('EXTRAVERSION')
}

/** The version, and what git has to add: `6.9.0-rc1-g1a2b3c4d5e6f-dirty`. */
async function longVersion(
  tree: string,
  version: string,
  { commit, checkout, signal }: { commit: string | undefined; checkout: boolean; signal: AbortSignal },
): Promise<string> {
  if (commit !== undefined) return `${version}-g${commit.slice(0, 12)}`
  if (!checkout) return version
  const head = await gitText(['rev-parse', '--verify', '--quiet', 'HEAD'], { cwd: tree, signal })
  if (!head) return version
  const status = await gitText(['status', '--porcelain', '--untracked-files=no'], { cwd: tree, signal })
  return `${version}-g${head.slice(0, 12)}${status === '' ? '' : '-dirty'}`
}

const shortHead = async (tree: string, signal: AbortSignal) =>
  (await gitText(['symbolic-ref', '--quiet', '--short', 'HEAD'], { cwd: tree, signal })) ?? ''

/** The newest series that is no newer than this version, or else the oldest. */
export function nearestSeries(version: string): string {
  return rowOfVersion(version).series
}

/** The user's own patches must apply: where one doesn't is an error before anything is built. */
async function needPatches(
  context: BuildContext,
  given: GivenTree,
  files: readonly string[],
  held: Disposable & { name: string; fd: number },
): Promise<void> {
  if (files.length === 0) return
  const options = { cwd: given.work, signal: context.signal, lock: held, what: given.name }
  const steps = files.map(file => ({ what: file, candidates: [realpathSync(file)] }))
  const { refused } = await choosePatches(mirrorIn(given.work), steps, options)
  const [first] = refused
  if (first) throw new UnbuildableError(`--patch ${first.what}: ${first.why} (in ${given.from})`)
}
