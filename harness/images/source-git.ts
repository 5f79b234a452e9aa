import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ImageError } from '../errors.ts'
import type { BuildContext } from './context.ts'
import { firstErrors } from './failure.ts'
import { type RunOptions, start } from './run.ts'
import { needHarmless } from './source-unpack.ts'
import { needSignature } from './source-verify.ts'

export interface GitSource {
  url: string
  /** A full commit hash, a tag or a branch. */
  ref: string
  /** What the ref must lead to. */
  commit: string | undefined
  /** Whose keys must have signed the tag. */
  keyring: string | undefined
}

export const isCommit = (text: string) => /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(text)

/** Checks out one commit of a repository, without its history, to `folder`, once it is known to be the one meant. */
export async function checkOut(
  context: BuildContext,
  source: GitSource,
  folder: string,
  options: RunOptions,
): Promise<void> {
  const { url, ref, commit, keyring } = source
  const step = context.progress.step(`fetching ${ref} of ${url}`)
  const partial = `${folder}.partial`
  const scratch = dirname(folder)
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  const git = async (...args: string[]) => {
    const settings = ['core.hooksPath=/dev/null', 'http.lowSpeedLimit=1', 'http.lowSpeedTime=60'].flatMap(
      setting => ['-c', setting],
    )
    const variables = { GIT_TERMINAL_PROMPT: '0' }
    const argv = ['git', ...settings, ...args]
    const { exitCode, lines } = await start(argv, { ...options, cwd: partial, variables })
    if (exitCode === 0) return lines
    const fatal = lines.filter(line => /^(fatal|error): /.test(line))
    const words = (fatal.length > 0 ? fatal : firstErrors(lines)).slice(0, 2).join('; ')
    throw new ImageError(`${options.what}: git ${args[0]} failed: ${words}`)
  }
  try {
    await git('init', '--quiet')
    await git('fetch', '--quiet', '--depth=1', '--no-tags', '--', url, ref)
    if (keyring !== undefined) await needSignedTag(context, { ...source, keyring }, scratch, git)
    const [got = ''] = await git('rev-parse', 'FETCH_HEAD^{commit}')
    const want = isCommit(ref) ? ref : commit
    if (want !== undefined && got !== want)
      throw new ImageError(`${options.what}: ${ref} is commit ${got}, and not ${want}: nothing is kept of it`)
    await git('checkout', '--quiet', got)
    rmSync(join(partial, '.git'), { recursive: true })
    needHarmless(partial, options.what)
    renameSync(partial, folder)
    step.done(got.slice(0, 12))
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

/** A signed tag is a text with its signature below: gpgv checks the one against the other. */
async function needSignedTag(
  context: BuildContext,
  { url, ref, keyring }: GitSource & { keyring: string },
  scratch: string,
  git: (...args: string[]) => Promise<string[]>,
): Promise<void> {
  const what = `git ${url}#${ref}`
  const [type] = await git('cat-file', '-t', 'FETCH_HEAD')
  if (type !== 'tag') throw new ImageError(`${what}: ${ref} is no signed tag, but a ${type}`)
  const lines = await git('cat-file', 'tag', 'FETCH_HEAD')
  const at = lines.indexOf('-----BEGIN PGP SIGNATURE-----')
  if (at < 0) throw new ImageError(`${what}: the tag is not signed`)
  const head = lines.slice(0, at)
  if (!head.includes(`tag ${ref.replace(/^refs\/tags\//, '')}`))
    throw new ImageError(`${what}: the tag that came is called otherwise: ${head[2]}`)
  const [file, signature] = [join(scratch, 'tag'), join(scratch, 'tag.asc')]
  writeFileSync(file, `${head.join('\n')}\n`)
  writeFileSync(signature, `${lines.slice(at).join('\n')}\n`)
  await needSignature(context, { file, signature, keyring, compressed: false, what }, scratch)
}
