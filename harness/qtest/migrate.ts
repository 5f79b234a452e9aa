import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { InfraError } from '../errors.ts'
import type { Qtest } from './qtest.ts'
import { startQtest, type QtestOptions } from './start.ts'

const POLL_MS = 5
const DEADLINE_MS = 60_000

/**
 * Moves a machine's state into a new QEMU through a file: what `savevm` and `loadvm` do with the state, but they want a
 * disk that can hold snapshots. The old one stands still and can still be read. `forge`
 * may change what is moved.
 */
export async function migrated(
  qtest: Qtest,
  options: QtestOptions,
  forge: (state: Buffer) => void = () => {},
): Promise<Qtest> {
  const file = join(qtest.folder, 'state')
  const uri = `file:${file}`
  await qtest.qmp.execute('stop')
  await qtest.qmp.execute('migrate', { uri })
  await until(qtest, 'query-migrate', 'completed')
  const state = await readFile(file)
  forge(state)
  await writeFile(file, state)
  const next = await startQtest({ ...options, args: [...(options.args ?? []), '-incoming', uri] })
  try {
    await until(next, 'query-status', 'paused')
    await next.qmp.execute('cont')
    return next
  } catch (error) {
    await next[Symbol.asyncDispose]()
    throw error
  }
}

async function until(qtest: Qtest, command: string, wanted: string): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS
  for (;;) {
    const { status, ...rest } = (await qtest.qmp.execute(command)) as { status?: string }
    if (status === wanted) return
    if (status === 'failed' || Date.now() > deadline)
      throw new InfraError(`migration: ${command} says ${status} ${JSON.stringify(rest)}`)
    await sleep(POLL_MS)
  }
}
