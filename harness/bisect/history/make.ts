import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Writable } from 'node:stream'
import { patchArgv } from '../../images/patched.ts'
import { projectRoot } from '../../project.ts'
import { type Change, changeOf, COMMITS } from './changes.ts'
import { type SourceFile } from './source.ts'

/** The same commits every time, so that what was built of them is found in the cache. */
const WHO = 'dmaspec <dmaspec@localhost>'
const FIRST = Date.parse('2026-01-01T00:00:00Z') / 1000

/**
 * Makes a git repository of a kernel's source, a commit a row of changes.ts on top of it, in `tree`, unless it is there.
 * Commit 0 is tagged `good`, the last one `bad`, and each by its number: `c23`. Nothing is checked out.
 */
export async function makeHistory(tree: string, files: readonly SourceFile[], series: string): Promise<void> {
  if (existsSync(tree)) return
  const aside = `${tree}.${process.pid}`
  rmSync(aside, { recursive: true, force: true })
  mkdirSync(aside, { recursive: true })
  try {
    execFileSync('git', ['init', '--quiet', '--initial-branch=main', aside])
    // Most of the time would go into compressing what is read once or twice.
    const argv = ['-C', aside, '-c', 'core.compression=1', 'fast-import', '--quiet']
    const child = spawn('git', argv, { stdio: ['pipe', 'inherit', 'inherit'] })
    const ended = new Promise<number | null>(resolve => child.on('close', resolve))
    await writeCommits(child.stdin, files, series)
    child.stdin.end()
    const status = await ended
    if (status !== 0) throw new Error(`git fast-import exited ${status}`)
    execFileSync('git', ['-C', aside, 'tag', 'good', 'c0'])
    execFileSync('git', ['-C', aside, 'tag', 'bad', `c${COMMITS}`])
    renameSync(aside, tree)
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

async function writeCommits(to: Writable, files: readonly SourceFile[], series: string): Promise<void> {
  const put = async (chunk: string | Buffer) => {
    if (!to.write(chunk)) await new Promise(resolve => to.once('drain', resolve))
  }
  const data = async (content: Buffer) => {
    await put(`data ${content.length}\n`)
    await put(content)
    await put('\n')
  }
  const commit = async (number: number, subject: string) => {
    await put(
      `commit refs/heads/main\nmark :${number + 1}\ncommitter ${WHO} ${FIRST + number * 3600} +0000\n`,
    )
    await data(Buffer.from(`${subject}\n`))
    if (number > 0) await put(`from :${number}\n`)
  }
  await commit(0, `linux ${series}`)
  for (const file of files) {
    await put(`M ${file.mode} inline ${file.path}\n`)
    await data(file.read())
  }
  const texts = new Texts(files, series)
  for (let number = 1; number <= COMMITS; number++) {
    const change = changeOf(number)
    await commit(number, change.subject)
    await put(`M 100644 inline ${change.file}\n`)
    await data(Buffer.from(texts.after(change)))
  }
  for (let number = 0; number <= COMMITS; number++)
    await put(`reset refs/tags/c${number}\nfrom :${number + 1}\n\n`)
}

/** Files as they are after the changes so far. */
class Texts {
  readonly #files: readonly SourceFile[]
  readonly #series: string
  readonly #texts = new Map<string, { text: string; appended: Map<string, string> }>()

  constructor(files: readonly SourceFile[], series: string) {
    this.#files = files
    this.#series = series
  }

  after({ file, fault, append, remove }: Change): string {
    const now = this.#texts.get(file) ?? { text: this.#read(file), appended: new Map<string, string>() }
    this.#texts.set(file, now)
    if (fault !== undefined) now.text = patched(file, now.text, this.#series, fault)
    if (append) now.appended.set(append.name, append.text)
    if (remove !== undefined && !now.appended.delete(remove)) throw new Error(`${file} has no '${remove}'`)
    return now.text + [...now.appended.values()].join('')
  }

  #read(path: string): string {
    const found = this.#files.find(file => file.path === path)
    if (!found) throw new Error(`linux ${this.#series} has no ${path}`)
    return found.read().toString()
  }
}

function patched(file: string, text: string, series: string, fault: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'dmaspec-'))
  try {
    mkdirSync(join(dir, dirname(file)), { recursive: true })
    writeFileSync(join(dir, file), text)
    const [command = '', ...args] = patchArgv(
      join(projectRoot, `images/kernel/${series}/faults/${fault}.patch`),
    )
    execFileSync(command, args, { cwd: dir, stdio: ['ignore', 'ignore', 'inherit'] })
    return readFileSync(join(dir, file), 'utf8')
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
