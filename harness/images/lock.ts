import { spawn } from 'node:child_process'
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, rmdirSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * A lock that the kernel releases, however its holder dies: flock(2) on a file that we keep open. The lock belongs to
 * the open file, so flock(1) may take it for us and exit, and a child that is given `fd` keeps it until it ends too:
 * a make that outlives a killed dmaspec for a moment still keeps the next one out of its tree.
 */
export interface Lock extends Disposable {
  name: string
  fd: number
}

/** Takes the lock, or returns undefined if another process has it; `shared`, if another has it for itself alone. */
export async function tryLock(
  root: string,
  name: string,
  { shared = false }: { shared?: boolean } = {},
): Promise<Lock | undefined> {
  const fd = openLock(root, name)
  try {
    if (await flock(fd, [shared ? '--shared' : '--exclusive', '--nonblock'])) return held(name, fd)
  } catch (error) {
    closeSync(fd)
    throw error
  }
  closeSync(fd)
  return undefined
}

/**
 * Tells `cache prune` that a run goes on, for as long as it is held: what the run has built or looked up since it
 * began, it may still want to boot. Any number of runs hold it side by side. Undefined, too, in a cache that is
 * somebody else's: who may only read it can't tell.
 */
export async function cacheInUse(root: string): Promise<Lock | undefined> {
  if (!canWrite(root)) return undefined
  return tryLock(root, IN_USE, { shared: true })
}

/** Whether this user may write into the cache; where there is none, whether one may be made. */
export function canWrite(root: string): boolean {
  try {
    // Only an attempt tells: access(2) lets root in everywhere.
    const first = mkdirSync(root, { recursive: true })
    if (first === undefined) closeSync(openLock(root, IN_USE))
    else for (let folder = root; folder !== dirname(first); folder = dirname(folder)) rmdirSync(folder)
    return true
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    // Somebody has filled it in the meantime.
    if (code === 'ENOTEMPTY') return true
    if (REFUSALS.includes(code)) return false
    throw error
  }
}

/** open(2) and mkdir(2) of what is another user's, or on a file system that nobody may write to. */
const REFUSALS = ['EACCES', 'EPERM', 'EROFS']

/** Whether a run goes on. */
export async function isCacheInUse(root: string): Promise<boolean> {
  using alone = await tryLock(root, IN_USE)
  return alone === undefined
}

const IN_USE = 'in-use'

/** Takes the lock, waiting for whoever has it; `onWait` is told their pid before the wait. */
export async function lock(
  root: string,
  name: string,
  { signal, onWait }: { signal?: AbortSignal; onWait?: (pid: string) => void } = {},
): Promise<Lock> {
  const fd = openLock(root, name)
  try {
    if (!(await flock(fd, ['--exclusive', '--nonblock']))) {
      onWait?.(readFileSync(lockFile(root, name), 'utf8').trim() || '?')
      await flock(fd, ['--exclusive'], signal)
    }
    return held(name, fd)
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

function lockFile(root: string, name: string): string {
  return join(root, 'locks', `${name}.lock`)
}

function openLock(root: string, name: string): number {
  mkdirSync(join(root, 'locks'), { recursive: true })
  return openSync(lockFile(root, name), 'a')
}

function held(name: string, fd: number): Lock {
  ftruncateSync(fd)
  writeSync(fd, `${process.pid}\n`)
  let open = true
  return {
    name,
    fd,
    [Symbol.dispose]() {
      if (open) closeSync(fd)
      open = false
    },
  }
}

const conflict = 75

/** Runs flock(1) on our open file; false if it is held and we were not to wait. */
function flock(fd: number, args: string[], signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const child = spawn('flock', [...args, '--conflict-exit-code', String(conflict), '3'], {
      stdio: ['ignore', 'ignore', 'inherit', fd],
    })
    const stop = () => child.kill()
    signal?.addEventListener('abort', stop, { once: true })
    child.on('error', reject)
    child.on('exit', code => {
      signal?.removeEventListener('abort', stop)
      if (signal?.aborted) reject(signal.reason as Error)
      else if (code === 0) resolve(true)
      else if (code === conflict) resolve(false)
      else reject(new Error(`flock exited ${code}`))
    })
  })
}
