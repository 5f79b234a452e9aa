import { readFileSync, realpathSync } from 'node:fs'
import { basename } from 'node:path'
import { CellError } from '../errors.ts'
import { gitText } from '../images/git.ts'
import { sha256 } from '../images/inputs.ts'
import type { SpecsToRun } from '../judge/judge.ts'
import type { Signature } from '../judge/signature.ts'
import { formatSignature } from '../judge/signature.ts'
import { findSpecs } from '../run/specs.ts'

/** Which commit of a tree brought a failure. */
export interface Question {
  /** A git checkout. */
  tree: string
  /** Revisions of it, as git takes them. */
  good: string
  bad: string
  specs: readonly string[]
  /** What to look for; undefined: what the bad end shows, if that is one thing. */
  signature: Signature | undefined
  /** How often a commit is run at most, and in how many of these runs it must show the signature to be bad. */
  runs: number
  badOf: number
  /** How each commit is built, as TreeRequest has it. */
  patches: readonly string[]
  fragments: readonly string[]
  flavour: string | null
}

/** Who waits for the answer. */
export interface BisectOptions extends Pick<SpecsToRun, 'signal' | 'progress' | 'jobs'> {
  /** The folder for the answer, taken. */
  out: string
}

/** A revision's commit, in full. */
export async function commitOf(
  tree: string,
  option: string,
  rev: string,
  signal: AbortSignal,
): Promise<string> {
  const argv = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${rev}^{commit}`]
  const commit = await gitText(argv, { cwd: tree, signal })
  if (commit) return commit
  throw new CellError(`--${option} ${rev}: ${tree} has no such commit`)
}

/** The name by which the cache knows this question: the same question, asked again, goes on where it was. */
export function nameOf(question: Question, ends: { good: string; bad: string }): string {
  const { tree, specs, signature, runs, badOf, patches, fragments, flavour } = question
  const text = (file: string) => sha256(readFileSync(file, 'utf8'))
  const asked = {
    ...{ tree: realpathSync(tree), ...ends, runs, badOf, flavour },
    signature: signature ? formatSignature(signature) : null,
    specs: findSpecs(specs).map(({ file }) => [file, text(file)]),
    built: [patches.map(text), fragments.map(text)],
  }
  return `bisect-${sha256(JSON.stringify(asked)).slice(0, 20)}`
}

/** What a commit's kernel is called: `linux-1a2b3c4d5e6f`. */
export function kernelNameOf(tree: string, commit: string): string {
  return `${basename(realpathSync(tree))}-${commit.slice(0, 12)}`
}
