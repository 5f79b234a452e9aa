import type { Open } from './open.ts'

/** A crash of which so many lines long nothing was printed is over: with its call trace, before it, and out of memory. */
const MOST_APART = { traced: 40, before: 300, oom: 4000 }

/** A call trace, and the code of one that died: what stands before an end line. */
export function isWhole({ oops, died }: Open): boolean {
  return oops.callTrace.length > 0 && (!died || oops.code !== null)
}

/** True if a line can be none of it any more; `spoken` lines that are not blank were read so far. */
export function isOver({ oops, sink, at }: Open, spoken: number): boolean {
  // The list of all tasks stands between its trace and who is killed.
  if (oops.kind === 'oom') return spoken - at > MOST_APART.oom
  const traced = oops.callTrace.length > 0 && sink !== oops.callTrace
  return spoken - at > (traced ? MOST_APART.traced : MOST_APART.before)
}

/** Its call trace stops before where arm64's tasks and interrupts begin. */
export function isCut({ oops, sink }: Open): boolean {
  if (sink !== oops.callTrace || oops.ended || oops.arch !== 'arm64') return false
  return !ROOTS.test(oops.callTrace.at(-1)?.symbol ?? '')
}

/** arch/arm64/kernel/entry.S and head.S, of 4.4 to 7.3 */
const ROOTS =
  /^(?:ret_from_fork|el0|el1|__primary_switch|__secondary_switch|__mmap_switched|start_kernel|secondary_start|cpu_startup|cpu_switch|rest_init|0x)/
