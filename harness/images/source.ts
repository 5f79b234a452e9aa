import { copyFileSync, existsSync, mkdirSync, rmSync, utimesSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { CellError } from '../errors.ts'
import { currentEntry, type Entry, makeEntry, setCurrent } from './cache.ts'
import { hashOf } from './cache-seal.ts'
import { type BuildContext, lockFor, sayDamage } from './context.ts'
import { type Inputs, keyOf } from './inputs.ts'
import type { RunOptions } from './run.ts'
import { download } from './source-download.ts'
import { checkOut, isCommit } from './source-git.ts'
import { kernelVersion, unpackTarball } from './source-unpack.ts'
import { needHash, needSignature } from './source-verify.ts'

/** A kernel's source somewhere else, and how it is known to be the right one. */
export interface SourceSpec {
  /** `https://…/linux-6.9.tar.xz`, or `git <URL>#<commit, tag or branch>`. */
  source: string
  /** Of the tarball. */
  sha256?: string | undefined
  /** A detached signature of the tarball, or of the tar in it: file or URL. */
  signature?: string | undefined
  /** File with the keys that may have signed; armored or not. */
  keyring?: string | undefined
  /** What a tag or branch must lead to. */
  commit?: string | undefined
  /** Seconds that a server may send nothing. */
  stall?: number
}

export interface FetchedSource {
  /** The tree: nobody's but ours, and not to be changed. */
  folder: string
  /** `linux-6.9`, `linux-v6.9`. */
  name: string
  /** `6.9.0`, as its Makefile has it. */
  version: string
}

const tarball = /\.tar\.(xz|gz)$/

/** What is asked for, checked without looking anywhere: a CellError says what to give. */
export function parseSource(spec: SourceSpec) {
  const { source, sha256, signature, keyring, commit } = spec
  const git = /^git\s+(.*)$/s.exec(source)?.[1]
  const bad = (words: string) => new CellError(`--source '${source}': ${words}`)
  if (keyring !== undefined && !existsSync(keyring)) throw bad(`there is no keyring ${keyring}`)
  if (commit !== undefined && !isCommit(commit)) throw bad(`--commit '${commit}' is no full commit hash`)
  if (git !== undefined) {
    const [, url = '', ref = ''] = /^([^#\s]+)#([^#\s]+)$/.exec(git.trim()) ?? []
    if (!url || !ref || /^-/.test(url) || /^[-+]|[:*?~^]/.test(ref))
      throw bad('write git URL#ref, where ref is a commit, tag or branch')
    if (/^\w+::/.test(url)) throw bad('git may not run a program to fetch it')
    if (sha256 !== undefined || signature !== undefined)
      throw bad('--sha256 and --signature are of tarballs; a commit is its own hash')
    if (!isCommit(ref) && commit === undefined && keyring === undefined)
      throw bad(
        `${ref} may mean another commit tomorrow: give --commit HASH, or --keyring FILE for a signed tag`,
      )
    const repository = basename(url).replace(/\.git$/, '')
    const name = plain(`${repository}-${isCommit(ref) ? ref.slice(0, 12) : ref}`)
    return { kind: 'git' as const, name, url, ref, commit, keyring }
  }
  const url = URL.canParse(source) ? new URL(source) : undefined
  if (!url || !['http:', 'https:', 'file:'].includes(url.protocol) || !tarball.test(url.pathname))
    throw bad('write the URL of a .tar.xz or .tar.gz, or git URL#ref')
  if (commit !== undefined) throw bad('--commit is for git URL#ref')
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256)) throw bad(`--sha256 '${sha256}' is no hash`)
  if ((signature === undefined) !== (keyring === undefined))
    throw bad('--signature and --keyring are given together')
  if (sha256 === undefined && signature === undefined)
    throw bad(
      'how is it known to be the right one? give --sha256 HEX, or --signature FILE|URL and --keyring FILE',
    )
  const name = plain(basename(url.pathname).replace(tarball, ''))
  return { kind: 'tarball' as const, name, url: source, sha256: sha256?.toLowerCase(), signature, keyring }
}

type Parsed = ReturnType<typeof parseSource>

/** Fetches a kernel's source unless the cache has it, checks that it is the right one, and unpacks it. Wants curl, git and gpgv of host.ts. */
export async function fetchSource(context: BuildContext, spec: SourceSpec): Promise<FetchedSource> {
  const parsed = parseSource(spec)
  const inputs = inputsOf(parsed)
  const lockName = `source-${parsed.name}-${keyOf(inputs).slice(0, 8)}`
  using held = await lockFor(context, lockName, `fetches ${parsed.name}`)
  const work = join(context.root, 'work', lockName)
  const folder = join(work, 'tree')
  mkdirSync(work, { recursive: true })
  const options = { cwd: work, signal: context.signal, lock: held, what: spec.source }
  try {
    if (parsed.kind === 'git') {
      if (!existsSync(folder)) await checkOut(context, parsed, folder, options)
    } else {
      const entry = await tarballEntry(context, parsed, { ...options, inputs, stall: spec.stall })
      await unpack(context, entry, folder, options)
    }
    const version = kernelVersion(folder, spec.source)
    utimesSync(work, new Date(), new Date()) // used: see cache-items.ts
    return { folder, name: parsed.name, version }
  } catch (error) {
    if (!existsSync(join(work, 'download.part'))) rmSync(work, { recursive: true, force: true })
    throw error
  }
}

/** A hash is enough, from wherever it came; else all that was believed counts. */
function inputsOf(parsed: Parsed): Inputs {
  if (parsed.kind === 'git') {
    if (isCommit(parsed.ref)) return { commit: parsed.ref }
    const { url, ref, commit = '', keyring } = parsed
    return { url, ref, commit, keyring: keyring === undefined ? '' : hashOf(keyring) }
  }
  const { url, sha256 = '', signature, keyring } = parsed
  if (signature === undefined || keyring === undefined) return { sha256 }
  return { url, sha256, signature, keyring: hashOf(keyring) }
}

async function tarballEntry(
  context: BuildContext,
  parsed: Parsed & { kind: 'tarball' },
  options: RunOptions & { inputs: Inputs; stall: number | undefined },
): Promise<Entry> {
  const name = `source-${parsed.name}`
  const { inputs, cwd: work, lock, stall } = options
  const known = currentEntry(context.root, name, inputs, sayDamage(context))
  if (known) return known
  const file = join(work, 'download.part')
  const limits = stall === undefined ? {} : { stall }
  const { signature: from, keyring, sha256, url } = parsed
  const signature = from === undefined ? undefined : await bringSignature(context, from, work, limits)
  const isWhole = sha256 !== undefined && existsSync(file) && hashOf(file) === sha256
  if (!isWhole) await download(context, url, { file, ...limits })
  try {
    if (sha256 !== undefined) needHash(file, sha256, url)
    if (from !== undefined && signature !== undefined && keyring !== undefined) {
      const compressed = /\.tar\.(sign|sig|asc)$/.test(from)
      await needSignature(context, { file, signature, keyring, compressed, what: url }, work)
    }
    const lockName = lock?.name ?? name
    const entry = await makeEntry(context.root, { name, inputs, lockName }, dir => {
      copyFileSync(file, join(dir, basename(new URL(parsed.url).pathname)))
      return Promise.resolve(parsed.name)
    })
    setCurrent(context.root, name, inputs, entry)
    return entry
  } finally {
    rmSync(file, { force: true })
  }
}

async function bringSignature(
  context: BuildContext,
  from: string,
  work: string,
  limits: { stall?: number },
): Promise<string> {
  const file = join(work, 'signature')
  rmSync(file, { force: true })
  if (/^\w+:\/\//.test(from)) await download(context, from, { file, ...limits })
  else if (existsSync(from)) copyFileSync(from, file)
  else throw new CellError(`there is no signature ${from}`)
  return file
}

/** The tree of a tarball; one that was unpacked before stays. */
async function unpack(context: BuildContext, entry: Entry, folder: string, options: RunOptions) {
  if (existsSync(folder)) return
  const step = context.progress.step(`unpacking ${entry.manifest.version}`)
  const [file = ''] = Object.keys(entry.manifest.outputs)
  await unpackTarball(join(entry.dir, file), folder, { ...options, cwd: dirname(folder) })
  step.done()
}

const plain = (text: string) =>
  text
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 60)
