import { AFTER_BRK, type Provocation } from '../provocation.ts'

function kasan(name: string, type: string, says: string, symbol: string | null): Provocation {
  return {
    name: `kasan-${name}`,
    shows: `KASAN: ${says}`,
    provoke: `lkdtm:${type}`,
    flavour: 'crash-kasan',
    // `slab-use-after-free` was `use-after-free` before 6.3.
    says: `${says.replace(/^slab-use/, 'use')} in `,
    crashes: [{ kind: 'kasan', symbol, fatal: null }],
    more: true,
  }
}

/** What KASAN and lockdep find. Every line of these kernels says who printed it. */
export const kasans: readonly Provocation[] = [
  kasan('use-after-free-read', 'READ_AFTER_FREE', 'slab-use-after-free', 'lkdtm_READ_AFTER_FREE'),
  kasan('use-after-free-write', 'WRITE_AFTER_FREE', 'slab-use-after-free', 'lkdtm_WRITE_AFTER_FREE'),
  kasan('slab-out-of-bounds', 'SLAB_LINEAR_OVERFLOW', 'slab-out-of-bounds', 'lkdtm_SLAB_LINEAR_OVERFLOW'),
  kasan(
    'vmalloc-out-of-bounds',
    'VMALLOC_LINEAR_OVERFLOW',
    'vmalloc-out-of-bounds',
    'lkdtm_VMALLOC_LINEAR_OVERFLOW',
  ),
  kasan('double-free', 'SLAB_FREE_DOUBLE', 'double-free', 'lkdtm_SLAB_FREE_DOUBLE'),
  kasan('freed-page', 'READ_BUDDY_AFTER_FREE', 'use-after-free', 'lkdtm_READ_BUDDY_AFTER_FREE'),
  {
    name: 'kasan-null-deref',
    shows: 'a write through a NULL pointer, of which KASAN says so first',
    provoke: 'lkdtm:EXCEPTION',
    flavour: 'crash-kasan',
    says: 'KASAN: null-ptr-deref in range',
    crashes: [{ kind: ['null-deref', 'kasan'], symbol: 'lkdtm_EXCEPTION', fatal: true }],
  },
  {
    name: 'null-deref-with-caller',
    shows: 'a read through a NULL pointer; every line says who printed it',
    provoke: 'lkdtm:ACCESS_NULL',
    flavour: 'crash-kasan',
    says: 'Internal error: ',
    crashes: [{ kind: ['null-deref', 'kasan'], symbol: 'lkdtm_ACCESS_NULL', fatal: true }],
    more: true,
  },
  {
    name: 'two-warnings-at-once-with-callers',
    shows:
      "two CPUs that warn ten times at the same time: their lines stand between each other's, and say whose they are",
    provoke: 'lkdtm-race:WARNING:WARNING_MESSAGE',
    flavour: 'crash-kasan',
    says: 'lkdtm_WARNING',
    crashes: [
      { kind: 'warning', symbol: 'lkdtm_WARNING', fatal: false },
      { kind: 'warning', symbol: 'lkdtm_WARNING', fatal: false },
    ],
    more: true,
  },
  {
    name: 'list-corruption-is-a-bug',
    shows: 'list_add() to a list that is corrupted, with BUG_ON_DATA_CORRUPTION',
    provoke: 'lkdtm:CORRUPT_LIST_ADD',
    flavour: 'crash-kasan',
    says: 'list_add corruption',
    crashes: [{ kind: ['corruption', 'bug'], symbol: 'list_add', fatal: true }],
    more: AFTER_BRK,
  },
  {
    name: 'sleep-with-a-lock-held',
    shows: 'a spin lock that is never released: its task sleeps, and lockdep says which lock',
    provoke: 'lkdtm-one:SPINLOCKUP',
    flavour: 'crash-kasan',
    says: '1 lock held by',
    crashes: [{ kind: 'atomic-sleep', symbol: null, fatal: false }],
    more: true,
  },
  {
    name: 'lockdep-recursion',
    shows: 'a mutex that is taken twice by the same task',
    provoke: 'call:rtnl_lock(),rtnl_lock()',
    flavour: 'crash-kasan',
    seconds: 60,
    says: 'WARNING: possible recursive locking detected',
    crashes: [{ kind: 'lockdep', symbol: null, fatal: false }],
    more: true,
  },
  {
    name: 'lockdep-inversion',
    shows: 'two mutexes that are taken in one order, and then in the other',
    provoke:
      'call:rtnl_lock(),cpu_maps_update_begin(),cpu_maps_update_done(),rtnl_unlock(),cpu_maps_update_begin(),rtnl_lock(),rtnl_unlock(),cpu_maps_update_done()',
    flavour: 'crash-kasan',
    says: 'WARNING: possible circular locking dependency detected',
    crashes: [{ kind: 'lockdep', symbol: null, fatal: false }],
    more: true,
  },
  {
    name: 'sleep-under-rcu',
    shows: 'a mutex that is taken in an RCU read-side critical section',
    provoke: 'call:__rcu_read_lock(),rtnl_lock(),rtnl_unlock(),__rcu_read_unlock()',
    flavour: 'crash-kasan',
    says: 'BUG: sleeping function called from invalid context at',
    crashes: [{ kind: 'atomic-sleep', symbol: null, fatal: false }],
    more: true,
  },
  {
    name: 'hung-task-with-locks',
    shows: 'a task that sleeps and is never woken: lockdep shows who holds what',
    provoke: 'lkdtm-stuck:HUNG_TASK:20',
    bootargs: 'sysctl.kernel.hung_task_timeout_secs=6',
    flavour: 'crash-kasan',
    says: 'Showing all locks held in the system',
    crashes: [{ kind: 'hung-task', symbol: null, fatal: false }],
    more: true,
  },
]
