import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** To `git bisect run`: this commit can't be judged. */
export const SKIP = 125

/** A process as /proc has it. */
export interface Ancestor {
  pid: number
  argv: string[]
}

/** `git bisect run …`, or what git starts it as: bisect--helper of versions before 2.40. */
export function isBisectRun({ argv: [program = '', ...args] }: Ancestor): boolean {
  if (basename(program) !== 'git' && !basename(program).startsWith('git-bisect')) return false
  const words = [basename(program), ...args]
  return words.some(word => word.startsWith('bisect') || word.startsWith('git-bisect')) && words.some(isRun)
}

const isRun = (word: string) => word === 'run' || word === '--bisect-run'

/** The processes that this one runs in, the nearest first. */
export function ancestors(pid = process.ppid): Ancestor[] {
  const found: Ancestor[] = []
  try {
    while (pid > 1) {
      const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean)
      found.push({ pid, argv })
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '')
      pid = Number(stat.split(' ')[1])
    }
  } catch {
    // It ended while we looked: there is nobody to tell.
  }
  return found
}

/**
 * Ends the `git bisect run` that this process is a step of, since no later step could do better: an exit status that
 * makes git stop would be 128 or above. What git knows so far stays, and can be gone on with. False if there is none.
 */
export function endBisectRun(): boolean {
  // git runs the script from one of its own programs, each in the next: all of them are the one bisection. The outermost
  // first, or it might see how an inner one ended, and end by itself: with 143, but not by a signal.
  const running = ancestors().filter(isBisectRun).toReversed()
  for (const { pid } of running) {
    try {
      process.kill(pid, 'SIGTERM')
    } catch {
      // It went with the one before.
    }
  }
  return running.length > 0
}
