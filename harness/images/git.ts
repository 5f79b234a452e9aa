import { execa } from 'execa'
import { buildVariables } from './run.ts'

export interface GitOptions {
  cwd: string
  signal: AbortSignal
  input?: string | Uint8Array
}

/**
 * What never changes a repository that isn't ours: no index is refreshed, no daemon started, nothing fetched. A tree
 * that belongs to someone else is read all the same.
 */
const harmless = ['-c', 'safe.directory=*', '-c', 'core.fsmonitor=false', '-c', 'core.untrackedCache=false']
const variables = { GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0' }

export interface GitResult {
  exitCode: number
  stdout: Buffer
  stderr: string
}

/** Runs git on a repository of the user's, to its end, whatever its exit status. */
export async function git(argv: readonly string[], { cwd, signal, input }: GitOptions): Promise<GitResult> {
  signal.throwIfAborted()
  const { exitCode, stdout, stderr } = await execa('git', [...harmless, ...argv], {
    cwd,
    env: buildVariables(variables),
    extendEnv: false,
    cancelSignal: signal,
    encoding: 'buffer',
    maxBuffer: 2 ** 31,
    reject: false,
    stripFinalNewline: false,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
  })
  signal.throwIfAborted()
  return {
    exitCode: exitCode ?? 128,
    stdout: Buffer.from(stdout),
    stderr: Buffer.from(stderr).toString(),
  }
}

/** The output as one trimmed text; undefined if git failed. */
export async function gitText(argv: readonly string[], options: GitOptions): Promise<string | undefined> {
  const { exitCode, stdout } = await git(argv, options)
  return exitCode === 0 ? stdout.toString().trim() : undefined
}
