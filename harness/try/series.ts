import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { CellError, InfraError } from '../errors.ts'
import { git } from '../images/git.ts'
import { patchedFiles } from '../images/patched.ts'
import { chooseMails, type Chosen, type Mail } from './mails.ts'

/** A patch of a series, as a file that patch(1) can read. */
export interface SeriesPatch {
  title: string
  /** The diff alone: nothing that the mail says can be taken for one. */
  file: string
}

/** Of an archive of mails, unpacked. */
const MOST_BYTES = 256 * 2 ** 20

/**
 * Takes files apart into patches, one after the other: plain diffs, mails, and mailboxes as git format-patch --stdout and
 * lore write them, gzipped or not.
 *
 * @throws CellError that names the file in which there is no patch
 */
export async function readSeries(files: readonly string[], signal: AbortSignal): Promise<Chosen> {
  const series: Chosen = { patches: [], notes: [] }
  for (const file of files) {
    const { patches, notes } = await readFileOf(file, signal)
    series.patches.push(...patches)
    series.notes.push(...notes.map(note => `${file}: ${note}`))
  }
  return series
}

/** Writes each patch to a file of its own: `0001-iommu-ipmmu-vmsa-Fix-crash.patch`. */
export function writeSeries({ patches }: Chosen, folder: string): SeriesPatch[] {
  mkdirSync(folder, { recursive: true })
  return patches.map(({ title, diff }, i) => {
    const file = join(folder, `${String(i + 1).padStart(4, '0')}-${slug(title)}.patch`)
    writeFileSync(file, diff, 'latin1')
    return { title, file }
  })
}

async function readFileOf(file: string, signal: AbortSignal): Promise<Chosen> {
  const content = contentOf(file)
  if (!isMail(content)) {
    const diff = content.toString('latin1')
    if (patchedFiles(diff).length === 0) throw new CellError(`${file}: there is no patch in it`)
    return { patches: [{ title: basename(file).replace(/\.(patch|diff)$/, ''), diff }], notes: [] }
  }
  const dir = mkdtempSync(join(tmpdir(), 'dmaspec-mails-'))
  try {
    writeFileSync(join(dir, 'mbox'), content)
    return chooseMails(file, await readMails(file, dir, signal))
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function contentOf(file: string): Buffer {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new CellError(`${file} is no file`)
  const content = readFileSync(file)
  if (content[0] !== 0x1f || content[1] !== 0x8b) return content
  try {
    return gunzipSync(content, { maxOutputLength: MOST_BYTES })
  } catch (error) {
    throw new CellError(`${file} can't be unpacked: ${(error as Error).message}`, { cause: error })
  }
}

/** A mailbox's `From ` line, or headers of which one is a mail's: some tools put others before a diff. */
function isMail(content: Buffer): boolean {
  const text = content
    .subarray(0, 64 * 1024)
    .toString('latin1')
    .trimStart()
  if (text.startsWith('From ')) return true
  const [headers = ''] = text.split(/\r?\n\r?\n/, 1)
  return /^[A-Za-z][\w-]*:\s/.test(headers) && /^(From|Subject|Message-ID):\s/im.test(headers)
}

/**
 * Git takes the mails apart, as for git am: quoted-printable, base64, MIME parts. `--mboxrd`: as lore quotes `From ` in
 * the text. `-k`: the subject with its brackets.
 */
async function readMails(file: string, dir: string, signal: AbortSignal): Promise<Mail[]> {
  const split = join(dir, 'split')
  mkdirSync(split)
  await must(file, ['mailsplit', '-b', '--mboxrd', '-d6', `-o${split}`, join(dir, 'mbox')], {
    cwd: dir,
    signal,
  })
  const mails: Mail[] = []
  for (const name of readdirSync(split).sort()) {
    const [message, diff] = [join(dir, 'message'), join(dir, 'diff')]
    const argv = ['mailinfo', '-k', '--no-scissors', '--no-inbody-headers', message, diff]
    const input = readFileSync(join(split, name))
    const info = await must(file, argv, { cwd: dir, signal, input })
    const subject = /^Subject: (.*)$/m.exec(info.toString())?.[1] ?? ''
    const text = readFileSync(diff, 'latin1')
    mails.push({ subject, diff: patchedFiles(text).length > 0 ? text : '' })
  }
  return mails
}

async function must(
  file: string,
  argv: readonly string[],
  options: Parameters<typeof git>[1],
): Promise<Buffer> {
  const { exitCode, stdout, stderr } = await git(argv, options)
  if (exitCode === 0) return stdout
  throw new InfraError(`${file}: git ${argv[0]} exited ${exitCode}: ${stderr.trim()}`)
}

/** Part of a file's name: `iommu-ipmmu-vmsa-Fix-crash`. */
export function slug(title: string): string {
  const words = title.replace(/[^A-Za-z0-9._]+/g, '-').replace(/^[-.]+|[-.]+$/g, '')
  return words.slice(0, 52).replace(/[-.]+$/, '') || 'patch'
}
