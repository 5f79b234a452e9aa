import type { Oops } from '../../report.ts'
import { after } from '../../text.ts'
import type { Family } from '../family.ts'
import { readSource } from '../source.ts'

/**
 * kernel/locking/lockdep.c, the heads of its reports: `WARNING: possible circular locking dependency detected` since 4.11;
 * `[ INFO: possible circular … ]` before, and still `[ BUG: Invalid wait context ]`. The frame of the box is taken off.
 */
const HEADS: readonly [head: string, name?: string][] = [
  ['possible circular locking dependency detected'],
  ['possible recursive locking detected'],
  ['possible irq lock inversion dependency detected'],
  ['possible deadlock'],
  ['inconsistent lock state'],
  ['bad unlock balance detected'],
  ['bad contention detected'],
  ['Nested lock was not taken', 'nested lock was not taken'],
  ['held lock freed'],
  ['lock held at task exit time'],
  ['lock held when returning to user space'],
  ['Invalid wait context', 'invalid wait context'],
  ['suspicious RCU usage'],
  ['HARDIRQ-safe -> HARDIRQ-unsafe lock order detected'],
  ['HARDIRQ-READ-safe -> HARDIRQ-READ-unsafe lock order detected'],
  ['SOFTIRQ-safe -> SOFTIRQ-unsafe lock order detected'],
  ['SOFTIRQ-READ-safe -> SOFTIRQ-READ-unsafe lock order detected'],
  ['HARDIRQ-safe -> HARDIRQ-READ-unsafe lock order detected'],
  ['SOFTIRQ-safe -> SOFTIRQ-READ-unsafe lock order detected'],
  ['chain cache invalid'],
]

/** include/linux/rcupdate.h, suspicious_rcu: `net/a.c:12 suspicious rcu_dereference_check() usage!` */
export const suspicious = (message: string, oops: Oops) => {
  oops.source ??= readSource(message)
  oops.message ??= after(message, ' ')
}

export const LOCKS: readonly Family[] = [
  ...HEADS.flatMap(([head, name]) =>
    ['WARNING: ', 'INFO: ', 'BUG: '].map((prefix): Family => ({
      ...{
        prefix: prefix + head,
        kind: 'lockdep',
        name: `lockdep: ${name ?? head.replace(/ detected$/, '')}`,
      },
      symbol: 'trace',
    })),
  ),
  // print_lock_held(), debug_check_no_locks_held(): `WARNING: comm/123 still has locks held!`
  {
    prefix: 'WARNING: ',
    with: ' still has locks held!',
    kind: 'lockdep',
    name: 'lockdep: locks still held',
    symbol: 'trace',
  },
  {
    prefix: 'BUG: ',
    with: ' still has locks held!',
    kind: 'lockdep',
    name: 'lockdep: locks still held',
    symbol: 'trace',
  },
  // register_lock_class()
  {
    prefix: 'INFO: trying to register non-static key',
    kind: 'lockdep',
    name: 'lockdep: non-static key',
    symbol: 'trace',
  },
  // its tables are full: no lock is wrong, but it is off from here on
  {
    prefix: 'BUG: MAX_',
    with: 'too low!',
    kind: 'lockdep',
    name: 'lockdep: its tables are full',
    symbol: 'trace',
  },
  // kernel/locking/rtmutex.c, debug_rt_mutex_print_deadlock(), and 5.x
  {
    prefix: 'WARNING: circular locking deadlock detected',
    kind: 'lockdep',
    name: 'lockdep: deadlock',
    symbol: 'trace',
  },
]
