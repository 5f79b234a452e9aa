import { END_TRACE } from '../report/crash/reader.ts'
import { stableLines } from './normalise.ts'
import { weightOf } from './weight.ts'

/** A message that one of two boots printed, and the other didn't. */
export interface LineDifference {
  stable: string
  /** As it was printed first. */
  message: string
  times: number
}

export interface ConsoleDifference {
  fresh: LineDifference[]
  gone: LineDifference[]
  /** Messages of that side alone that the other's boot ended too early for; they are in neither list. */
  unreached: { before: number; after: number }
}

/** A console, and how its boot ended; `oopses` are the line numbers (from 1) on which one begins. */
export interface Console {
  lines: readonly string[]
  /** The marker was reached: only then may it be said that a message was not printed. */
  complete: boolean
  end: string
  oopses: readonly number[]
}

interface Seen extends LineDifference {
  /** Its place in the log: how many lines with other messages came before. */
  at: number
  /** Printed only as a part of oopses, which are compared by themselves. */
  ofOops: boolean
}

/**
 * Messages that are new or gone. How often one was printed and in what order is chance: drivers probe side by side, and
 * the more pages are mapped, the more page tables are printed.
 */
export function consoleDifference(before: Console, after: Console): ConsoleDifference {
  const [old, now] = [messages(before), messages(after)]
  const gone = onlyIn(old, now, after.complete)
  const fresh = onlyIn(now, old, before.complete)
  return {
    fresh: fresh.lines,
    gone: gone.lines,
    unreached: { before: gone.unreached, after: fresh.unreached },
  }
}

/** report/marker.ts: the line that ends a boot, with its nonce. */
const MARKER = /dmaspec: [0-9a-f]{32} done/

/** Up to what ended the boot: how much more it could print until QEMU was gone is chance. */
function upToEnd({ lines, end }: Console): readonly string[] {
  const last =
    end === 'marker'
      ? lines.findLastIndex(line => MARKER.test(line))
      : end === 'oops'
        ? lines.findLastIndex(line => line.includes(END_TRACE))
        : -1
  return last === -1 ? lines : lines.slice(0, last + 1)
}

function messages(console: Console): Map<string, Seen> {
  const seen = new Map<string, Seen>()
  const starts = new Set(console.oopses)
  let inOops = false
  for (const [i, raw] of upToEnd(console).entries()) {
    if (starts.has(i + 1)) inOops = true
    for (const { stable, message } of stableLines(raw)) {
      const known = seen.get(stable)
      if (!known) seen.set(stable, { stable, message, times: 1, at: seen.size, ofOops: inOops })
      else {
        known.times++
        known.ofOops &&= inOops
      }
    }
    if (inOops && raw.includes(END_TRACE)) inOops = false
  }
  return seen
}

/** What `side` has and `other` doesn't. An incomplete `other` can't have had what came after the last that both have. */
function onlyIn(
  side: ReadonlyMap<string, Seen>,
  other: ReadonlyMap<string, Seen>,
  otherComplete: boolean,
): { lines: LineDifference[]; unreached: number } {
  const all = [...side.values()]
  const reached = otherComplete ? Infinity : (all.findLast(({ stable }) => other.has(stable))?.at ?? Infinity)
  const only = all.filter(({ stable, ofOops }) => !other.has(stable) && !ofOops)
  const lines = only.filter(({ at }) => at <= reached)
  return { lines: lines.map(shown), unreached: only.length - lines.length }
}

function shown({ stable, message, times }: Seen): LineDifference {
  return { stable, message, times }
}

/** The lines that a reviewer of a DMA patch looks at first, first; else in the order given. */
export function byWeight<T extends { message: string }>(lines: readonly T[]): T[] {
  return lines
    .map(line => ({ line, weight: weightOf(line.message) }))
    .sort((a, b) => b.weight - a.weight)
    .map(({ line }) => line)
}
