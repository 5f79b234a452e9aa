import type { Command } from 'commander'
import { CellError } from '../errors.ts'
import { parseSource, type SourceSpec } from '../images/source.ts'

/** What commander makes of sourceOptions(). */
export interface SourceOptions {
  source?: string
  sha256?: string
  signature?: string
  keyring?: string
  commit?: string
}

/** Adds --source and what says that it is the right one. */
export function sourceOptions(command: Command): Command {
  return command
    .option('--source <url>', "a kernel's source: the URL of a .tar.xz or .tar.gz, or 'git URL#ref'")
    .option('--sha256 <hex>', 'of the tarball')
    .option('--signature <file|url>', "of the tarball, or of the tar in it (kernel.org's .tar.sign)")
    .option('--keyring <file>', 'the keys that may have signed the tarball, or the tag')
    .option('--commit <hash>', 'what the tag or branch of git URL#ref must lead to')
}

/** The source that was asked for, checked; undefined if none was. A CellError says what is missing. */
export function sourceOf({ source, ...how }: SourceOptions): SourceSpec | undefined {
  if (source === undefined) {
    const option = (['sha256', 'signature', 'keyring', 'commit'] as const).find(
      name => how[name] !== undefined,
    )
    if (option) throw new CellError(`--${option} says what --source must be: give --source too`)
    return undefined
  }
  const { sha256, signature, keyring, commit } = how
  const spec = { source, sha256, signature, keyring, commit }
  parseSource(spec)
  return spec
}
