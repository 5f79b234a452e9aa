import { createHash } from 'node:crypto'
import type { Target } from '../config/target.ts'
import { cacheRoot } from '../images/cache.ts'
import { lock, type Lock, tryLock } from '../images/lock.ts'

export interface LockOptions {
  signal?: AbortSignal | undefined
  /** Told the pid of whoever has the board, before the wait. */
  onWait?: ((pid: string) => void) | undefined
}

/** Takes a board for oneself, waiting for whoever has it: two names for one console are one board. */
export function lockTarget(target: Target, { signal, onWait }: LockOptions = {}): Promise<Lock> {
  return lock(cacheRoot(), nameOf(target), {
    ...(signal ? { signal } : {}),
    ...(onWait ? { onWait } : {}),
  })
}

/** The same if nobody has it; else undefined. */
export function tryLockTarget(target: Target): Promise<Lock | undefined> {
  return tryLock(cacheRoot(), nameOf(target))
}

function nameOf(target: Target): string {
  return `target-${boardKey(target)}`
}

/** What a board is told apart by: its console. 12 hex digits. */
export function boardKey({ console }: Pick<Target, 'console'>): string {
  return createHash('sha256').update(JSON.stringify(console)).digest('hex').slice(0, 12)
}
