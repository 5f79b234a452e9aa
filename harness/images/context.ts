import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Entry, findEntry, type OnDamage } from './cache.ts'
import { lock, type Lock } from './lock.ts'
import { ImageError } from '../errors.ts'
import { type Inputs, keyOf } from './inputs.ts'
import type { Progress } from './progress.ts'

/** What every builder is given. */
export interface BuildContext {
  /** The cache folder. */
  root: string
  progress: Progress
  /** Aborted by Ctrl-C: builders end their programs and throw its reason. */
  signal: AbortSignal
  /** Look for newer packages even if the cache has some. */
  update: boolean
}

/** Takes a lock of the cache, saying so if another dmaspec has it. */
export function lockFor(context: BuildContext, name: string, what: string): Promise<Lock> {
  const { root, signal, progress } = context
  const onWait = (pid: string) => progress.note(`waiting for another dmaspec that ${what} (pid ${pid})…`)
  return lock(root, name, { signal, onWait })
}

/** The entry for these inputs, unless it must be built: one that is damaged is said to be. */
export function builtEntry(context: BuildContext, name: string, inputs: Inputs): Entry | undefined {
  return findEntry(context.root, name, inputs, sayDamage(context))
}

/** Says that an entry of the cache is made anew, and why. */
export function sayDamage({ progress }: BuildContext): OnDamage {
  return (folder, damage) => progress.note(`${folder} is damaged (${damage}): making it again`)
}

/** A build's log, emptied. */
export function freshLog(context: BuildContext, name: string): string {
  const dir = join(context.root, 'logs')
  mkdirSync(dir, { recursive: true })
  const log = join(dir, `${name}.log`)
  rmSync(log, { force: true })
  return log
}

/** What was edited while it was being built may be in the result or not, so the result is nobody's. */
export function needUnchanged(before: Inputs, after: Inputs, what: string): void {
  if (keyOf(before) === keyOf(after)) return
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const changed = names.filter(name => before[name] !== after[name])
  throw new ImageError(`${what}: ${changed.join(', ')} changed during the build: run it again`)
}
