import type { Oops } from '../../report.ts'
import type { Family } from '../family.ts'

const invoker = (message: string, oops: Oops) => {
  const at = message.indexOf(' invoked oom-killer:')
  if (at > 0) oops.comm = message.slice(0, at)
}

const failing = (message: string, oops: Oops) => {
  const at = message.indexOf(': page allocation failure: ')
  if (at > 0) oops.comm = message.slice(0, at)
}

/** Lines that start with the name of a task, so that they are known by what comes after it, from a colon or to one. */
export const AFTER_A_NAME: readonly Family[] = [
  // mm/oom_kill.c, dump_header(): `comm invoked oom-killer: gfp_mask=…`
  { prefix: ' invoked oom-killer:', kind: 'oom', name: 'oom: out of memory', symbol: 'none', read: invoker },
  // mm/page_alloc.c, warn_alloc(): `comm: page allocation failure: order:4, mode:…` (`comm: page allocation stalls for` no)
  {
    prefix: ': page allocation failure: ',
    kind: 'oom',
    name: 'oom: page allocation failure',
    symbol: 'trace',
    read: failing,
  },
]

export const MEMORY_PRESSURE: readonly Family[] = [
  // mm/oom_kill.c, __oom_kill_process(): `Kill` until 5.3; after the block above, or alone where that is rate-limited
  {
    prefix: 'Out of memory: Kill',
    kind: 'oom',
    name: 'oom: out of memory',
    symbol: 'none',
    joins: true,
    bare: true,
  },
  {
    prefix: 'Memory cgroup out of memory: Kill',
    kind: 'oom',
    name: 'oom: memory cgroup',
    symbol: 'none',
    joins: true,
    bare: true,
  },
]
