import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CellError, InfraError } from '../errors.ts'
import { git, type GitOptions, type GitResult, gitText } from '../images/git.ts'
import { type GitState, gitState } from './git-state.ts'

/** What a bisection step says of a commit, as git has it. */
export type Mark = 'good' | 'bad' | 'skip'

/** A commit, for people. */
export interface Commit {
  id: string
  parents: string[]
  author: string
  /** With the name: `A U Thor <author@example.com>`. */
  email: string
  /** ISO 8601, the author's. */
  date: string
  subject: string
  body: string
}

/**
 * A repository of our own for git bisect to work in, which has no object and shares the user's: nothing is written there,
 * and which commit comes next, around those that are skipped, is git's decision.
 */
export class Repository {
  readonly #options: GitOptions

  private constructor(folder: string, signal: AbortSignal) {
    this.#options = { cwd: folder, signal }
  }

  /**
   * Makes it in an empty `folder`; what was there is removed.
   * @throws CellError if `tree` is no git checkout
   */
  static async open(tree: string, folder: string, signal: AbortSignal): Promise<Repository> {
    const theirs = { cwd: tree, signal }
    const path = async (name: string) => gitText(['rev-parse', '--git-path', name], theirs)
    const [objects, shallow] = [await path('objects'), await path('shallow')]
    if (objects === undefined || shallow === undefined)
      throw new CellError(`--tree ${tree} is no git checkout: there is nothing to bisect`)
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    const repository = new Repository(folder, signal)
    const format = (await gitText(['rev-parse', '--show-object-format'], theirs)) ?? 'sha1'
    await repository.#must(['init', '--quiet', '--bare', `--object-format=${format}`, '.'])
    writeFileSync(join(folder, 'objects/info/alternates'), `${resolve(tree, objects)}\n`)
    if (existsSync(resolve(tree, shallow))) copyFileSync(resolve(tree, shallow), join(folder, 'shallow'))
    return repository
  }

  async start(bad: string, good: string): Promise<GitState> {
    // git notes where it was when it began: HEAD of a new repository is nowhere.
    await this.#must(['update-ref', '--no-deref', 'HEAD', bad])
    return this.#state(['bisect', 'start', bad, good])
  }

  mark(mark: Mark, commit: string): Promise<GitState> {
    return this.#state(['bisect', mark, commit])
  }

  /** What `git bisect replay` takes; empty if git would not begin. */
  async log(): Promise<string> {
    const { exitCode, stdout } = await this.#git(['bisect', 'log'])
    return exitCode === 0 ? stdout.toString() : ''
  }

  async commit(id: string): Promise<Commit> {
    const format = '--format=%H%x00%P%x00%an%x00%an <%ae>%x00%aI%x00%s%x00%b'
    const { stdout } = await this.#must(['show', '--no-patch', format, id, '--'])
    const [hash = id, parents = '', author = '', email = '', date = '', subject = '', body = ''] = stdout
      .toString()
      .split('\0')
    return {
      id: hash,
      parents: parents.split(' ').filter(Boolean),
      author,
      email,
      date,
      subject,
      body: body.trim(),
    }
  }

  /** Which files a commit changes, and by how many lines; of a merge, what it brought in. */
  async diffstat(id: string): Promise<string> {
    const argv = ['show', '--first-parent', '--diff-merges=first-parent', '--stat=72', '--format=', id, '--']
    return (await this.#must(argv)).stdout.toString().trimEnd()
  }

  async #state(argv: readonly string[]): Promise<GitState> {
    const { exitCode, stdout, stderr } = await this.#git(argv)
    const head = await gitText(['rev-parse', '--verify', '--quiet', 'BISECT_HEAD'], this.#options)
    return gitState({ exitCode, said: `${stdout.toString()}\n${stderr}`, head: head ?? null })
  }

  async #must(argv: readonly string[]): Promise<GitResult> {
    const result = await this.#git(argv)
    if (result.exitCode === 0) return result
    throw new InfraError(`git ${argv.join(' ')} exited ${result.exitCode}: ${result.stderr.trim()}`)
  }

  /** What people may have set for themselves would be in what we read. */
  #git(argv: readonly string[]): Promise<GitResult> {
    return git(['-c', 'log.showSignature=false', '-c', 'color.ui=false', ...argv], this.#options)
  }
}
