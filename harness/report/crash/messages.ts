import type { OopsKind } from '../report.ts'

/** What a WARN or a BUG says before its head, and what that is called. */
interface Message {
  starts: string
  name: string
  /** Of a WARN that says so: what it is about. */
  kind?: OopsKind
}

const MESSAGES: readonly Message[] = [
  // lib/refcount.c, REFCOUNT_WARN()
  { starts: 'refcount_t: ', name: 'refcount bug' },
  // lib/debugobjects.c, debug_print_object()
  { starts: 'ODEBUG: ', name: 'ODEBUG bug' },
  // lib/list_debug.c, CHECK_DATA_CORRUPTION()
  { starts: 'list_add ', name: 'list_add corruption', kind: 'corruption' },
  { starts: 'list_del ', name: 'list_del corruption', kind: 'corruption' },
  // mm/usercopy.c, usercopy_abort(): `Bad or missing usercopy whitelist?` is a WARN's since 4.16
  { starts: 'usercopy: ', name: 'bad usercopy' },
  { starts: 'Bad or missing usercopy whitelist', name: 'bad usercopy' },
  // net/core/skbuff.c, skb_panic()
  { starts: 'skbuff: skb_', name: 'skb panic' },
  { starts: 'skb_over_panic', name: 'skb panic' },
  // lib/string_helpers.c, __fortify_report()
  { starts: 'detected buffer overflow in ', name: 'buffer overflow' },
  { starts: 'memcpy: detected field-spanning', name: 'field-spanning write' },
  { starts: 'memset: detected field-spanning', name: 'field-spanning write' },
  // kernel/dma/debug.c, err_printk()
  { starts: 'DMA-API: ', name: 'DMA-API' },
  // kernel/locking/lockdep.c and mutex.c, DEBUG_LOCKS_WARN_ON()
  { starts: 'DEBUG_LOCKS_WARN_ON(', name: 'locking bug' },
  // kernel/sched/core.c, __might_sleep()
  { starts: 'do not call blocking ops when ', name: 'blocking operation while not running' },
  // mm/page_alloc.c, slab: VM_BUG_ON_PAGE()
  { starts: 'page dumped because: ', name: 'bad page' },
  // kernel/rcu/tree.c, kernel/workqueue.c
  { starts: 'UBSAN: ', name: 'UBSAN' },
]

/** What a message is called; null if it has no name of its own. */
export function explained(message: string | null): Message | null {
  if (message === null) return null
  // dev_WARN() and err_printk() put driver and device in front: `sata_rcar ee300000.sata: DMA-API: …`, `slab: list_del …`
  return MESSAGES.find(({ starts }) => message.startsWith(starts) || message.includes(`: ${starts}`)) ?? null
}
