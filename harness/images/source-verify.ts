import { readFileSync, writeFileSync } from 'node:fs'
import { ImageError } from '../errors.ts'
import { hashOf } from './cache-seal.ts'
import type { BuildContext } from './context.ts'
import { start } from './run.ts'

/** Throws an ImageError with both hashes unless the file has this one. */
export function needHash(file: string, want: string, what: string): void {
  const have = hashOf(file)
  if (have === want) return
  throw new ImageError(
    `${what}: its sha256 is ${have}, and not ${want} as --sha256 says: nothing is kept of it`,
  )
}

export interface SignedFile {
  file: string
  signature: string
  keyring: string
  /** The signature is of what is in the .xz or .gz, as kernel.org's .tar.sign are. */
  compressed: boolean
  /** What is signed, in the error. */
  what: string
}

/** Throws an ImageError with gpgv's words unless a key of the keyring signed the file. */
export async function needSignature(
  context: BuildContext,
  signed: SignedFile,
  scratch: string,
): Promise<void> {
  const keyring = binaryKeyring(signed.keyring, scratch)
  const unpack = signed.compressed ? (signed.what.endsWith('.gz') ? 'gzip -dc' : 'xz -dc') : 'cat'
  const script = `set -o pipefail; ${unpack} -- "$1" | gpgv --keyring "$2" -- "$3" -`
  const argv = ['bash', '-c', script, 'dmaspec', signed.file, keyring, signed.signature]
  const options = { cwd: scratch, signal: context.signal, what: 'gpgv' }
  const { exitCode, lines } = await start(argv, options)
  if (exitCode === 0) return
  const words = lines.filter(line => /BAD|Can't|error|No public key|invalid|not|no valid/i.test(line))
  const why = (words.length > 0 ? words : lines).slice(-2).join('; ')
  throw new ImageError(
    `${signed.what}: its signature is not good by the keys in ${signed.keyring}: ${why}: nothing is kept of it`,
  )
}

/** gpgv reads binary keyrings only; what is armored is written to a file beside. */
function binaryKeyring(keyring: string, scratch: string): string {
  const text = readFileSync(keyring, 'latin1')
  const blocks = [...text.matchAll(/-----BEGIN PGP PUBLIC KEY BLOCK-----\n([^]*?)-----END/g)]
  if (blocks.length === 0) return keyring
  const keys = blocks.map(([, block = '']) => {
    const body = block.replace(/^([\w-]+: .*\n)*\n/, '').replace(/^=.{4}$/m, '')
    return Buffer.from(body, 'base64')
  })
  const file = `${scratch}/keyring.gpg`
  writeFileSync(file, Buffer.concat(keys))
  return file
}
