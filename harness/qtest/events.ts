import type { Test } from 'tap'
import { parseEvent } from '../trace/trace.ts'
import type { TraceEvent } from '../types.ts'
import type { Qtest } from './qtest.ts'

/** What the device trace got since the last call: events of these kinds, or of all. */
export async function events(qtest: Qtest, ...kinds: TraceEvent['event'][]): Promise<TraceEvent[]> {
  const all = (await qtest.trace()).map(parseEvent)
  return kinds.length === 0 ? all : all.filter(({ event }) => kinds.includes(event))
}

/** As t.match(), which lets a list be longer than what it is matched with; here it may not be. */
export function matchAll(
  t: Test,
  actual: readonly TraceEvent[],
  wanted: readonly Partial<Record<string, unknown>>[],
): void {
  t.match(actual, wanted)
  t.equal(actual.length, wanted.length, `${wanted.length} events`)
}
