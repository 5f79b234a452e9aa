import type { Test } from 'tap'
import { parseMemory } from '../cell/memory.ts'
import { DEFAULTS } from '../cell/cell.ts'
import type { Session } from './session.ts'

export interface TurnRequest {
  folder: string
  /** As the spec wrote it; the default if it did not say. */
  memory: string | bigint | undefined
  /** What the boot may take, at most. */
  seconds: number
}

/**
 * Waits until the session lets a boot start; returns what says that it is over.
 */
export async function takeTurn(session: Session, t: Test, request: TurnRequest): Promise<() => void> {
  const memory = bytes(request.memory ?? DEFAULTS.memory)
  return untimed(t, () => session.turn({ folder: request.folder, memory, seconds: request.seconds }))
}

/** Does what is no work of the test's, while its clock, and those of all that it is in, stand still. */
export async function untimed<T>(t: Test, work: () => Promise<T>): Promise<T> {
  const resume = pauseClocks(t)
  try {
    return await work()
  } finally {
    resume()
  }
}

/** A test, the one it is in, and so on up to the root. */
export function withParents(t: Test): Test[] {
  return t.parent ? [t, ...withParents(t.parent as Test)] : [t]
}

function pauseClocks(t: Test): () => void {
  const limited = withParents(t)
    .map(test => ({ test, limit: test.options.timeout ?? 0 }))
    .filter(({ limit }) => limit > 0)
  for (const { test } of limited) test.setTimeout(0)
  return () => {
    for (const { test, limit } of limited) test.setTimeout(limit)
  }
}

/** A size that is none is the boot's to refuse. */
function bytes(memory: string | bigint): number {
  try {
    return Number(parseMemory(memory))
  } catch {
    return 0
  }
}
