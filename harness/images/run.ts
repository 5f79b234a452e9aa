import { createWriteStream, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { execa } from 'execa'
import { InfraError, UnbuildableError } from '../errors.ts'
import { diskFull, firstErrors, isHostsFault, saysDiskFull } from './failure.ts'
import type { Lock } from './lock.ts'

export interface RunOptions {
  /** Where it runs, and writes: named if the disk is full. */
  cwd: string
  signal: AbortSignal
  /** Held by the program too, so that one that outlives us keeps its tree to itself. */
  lock?: Lock
  /** On top of the few variables that every build gets. */
  variables?: Record<string, string>
  /** Its output is appended here. */
  log?: string
  /** A file that is there while it runs, and stays if it, or we, are killed: see killed.ts. */
  stamp?: string
  /** What it is for, in the error: `linux 6.1`. */
  what: string
  /** It makes something of a kernel's sources: that it fails is their fault, unless its output says that it is the host's. */
  ofSources?: boolean
  onLine?: (line: string) => void
  /** Lines from file descriptor 4 (apt's status). */
  onStatus?: (line: string) => void
}

export interface Finished {
  exitCode: number
  lines: string[]
}

/** Runs a program of the host; one that fails is an InfraError, or an UnbuildableError, with its first words about why. */
export async function run(argv: readonly string[], options: RunOptions): Promise<string[]> {
  const { exitCode, lines } = await start(argv, options)
  if (exitCode === 0) return lines
  const full = lines.find(saysDiskFull)
  if (full !== undefined) throw diskFull(/writing to (\/[^\s:]+)/.exec(full)?.[1] ?? options.cwd)
  const words = firstErrors(lines).map(line => `  ${line}`)
  const whole = options.log ? [`  the whole output: ${options.log}`] : []
  const reason = [`${options.what}: ${argv[0]} exited ${exitCode}`, ...words, ...whole].join('\n')
  if (!options.ofSources || exitCode >= 128 || isHostsFault(lines)) throw new InfraError(reason)
  throw new UnbuildableError(reason, { log: options.log })
}

/**
 * Runs a program to its end, whatever its exit status. It leads a process group of its own: when `signal` aborts, the
 * whole group is ended, and if we die ourselves the kernel sends it SIGTERM, which make and ninja pass on.
 */
export async function start(argv: readonly string[], options: RunOptions): Promise<Finished> {
  options.signal.throwIfAborted()
  // execa takes an open file for any descriptor; its types know that of the first three only
  if (options.stamp) writeFileSync(options.stamp, '')
  const lockFile = (options.lock?.fd ?? 'ignore') as 'ignore'
  const child = execa('setpriv', ['--pdeathsig', 'TERM', '--', ...argv], {
    cwd: options.cwd,
    env: buildVariables(options.variables),
    extendEnv: false,
    detached: true,
    cleanup: false,
    all: true,
    buffer: false,
    reject: false,
    stdio: ['ignore', 'pipe', 'pipe', lockFile, options.onStatus ? 'pipe' : 'ignore'],
  })
  let ended: Promise<boolean> | undefined
  const end = () => void (ended ??= endGroup(child.pid))
  options.signal.addEventListener('abort', end, { once: true })
  if (options.log) mkdirSync(dirname(options.log), { recursive: true })
  const log = options.log ? createWriteStream(options.log, { flags: 'a' }) : undefined
  log?.on('error', () => {}) // a full disk: the program itself will say so
  log?.write(`$ ${argv.join(' ')}\n`)
  const lines: string[] = []
  try {
    const status = options.onStatus && eachLine(child.iterable({ from: 'fd4' }), options.onStatus)
    await eachLine(child.iterable({ from: 'all' }), line => {
      lines.push(line)
      log?.write(`${line}\n`)
      options.onLine?.(line)
    })
    await status
    const result = await child
    // one that SIGTERM ends has removed what it was writing; so have make and ninja, for their programs
    const byItself = result.exitCode !== undefined || result.signal === 'SIGTERM'
    if (options.stamp && byItself && (await ended) !== false) rmSync(options.stamp, { force: true })
    options.signal.throwIfAborted()
    return { exitCode: result.exitCode ?? 128, lines }
  } finally {
    options.signal.removeEventListener('abort', end)
    await ended
    if (log) await new Promise(resolve => log.end(resolve))
  }
}

async function eachLine(from: AsyncIterable<unknown>, take: (line: string) => void): Promise<void> {
  for await (const line of from) take(String(line))
}

/** Ends a process group and waits until nothing of it runs: SIGTERM, after two seconds SIGKILL; false then. */
async function endGroup(pid: number | undefined): Promise<boolean> {
  let gently = true
  if (!pid) return gently
  try {
    process.kill(-pid, 'SIGTERM')
    for (let waited = 0; waited < 4_000 && groupRuns(pid); waited += 20) {
      if (waited >= 2_000) {
        gently = false
        process.kill(-pid, 'SIGKILL')
      }
      await setTimeout(20)
    }
  } catch {
    // no such group any more
  }
  return gently
}

/** Whether a process of the group still runs; one that is dead but not yet waited for doesn't. */
function groupRuns(pid: number): boolean {
  return readdirSync('/proc').some(entry => {
    if (!/^\d+$/.test(entry)) return false
    try {
      const [state, , group] = readFileSync(`/proc/${entry}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
      return Number(group) === pid && state !== 'Z' && state !== 'X'
    } catch {
      return false // it ended while we looked
    }
  })
}

/**
 * The environment of a build: nothing of the caller's that changes what is built (CFLAGS, MAKEFLAGS of the make that
 * runs us, a pyenv's python in PATH), but its proxies.
 */
export function buildVariables(
  more: Record<string, string> = {},
  caller = process.env,
): Record<string, string> {
  const kept = [
    'TMPDIR',
    'http_proxy',
    'https_proxy',
    'ftp_proxy',
    'no_proxy',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
  ]
  const variables: Record<string, string> = {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: homedir(),
    LC_ALL: 'C.UTF-8',
  }
  for (const name of kept) {
    const value = caller[name]
    if (value !== undefined) variables[name] = value
  }
  return { ...variables, ...more }
}
