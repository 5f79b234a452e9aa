import { after, hexAfter, numberAfter } from '../../text.ts'
import type { Oops } from '../../report.ts'
import type { Family } from '../family.ts'
import { readSource } from '../source.ts'
import { parsePlace } from '../symbol.ts'

/** ` in foo+0x1/0x2`, the first: what the checker blames. */
const place = (message: string, oops: Oops) => {
  oops.pc = parsePlace(after(message, ' in ') ?? '')
  oops.address = hexAfter(message, ' at addr ')
  const words = ` ${message.slice(0, message.indexOf(' in ') + 1)}`
  if (words.includes(' read ')) oops.access = 'read'
  else if (words.includes(' write ')) oops.access = 'write'
}

/** `BUG: KASAN: slab-out-of-bounds in foo+0x1/0x2` → `kasan: slab-out-of-bounds` */
const complaint = (message: string) => {
  // `on address` until 4.9 or so
  const words = message.slice('BUG: '.length).split(/ in | on address /, 1)[0] ?? ''
  const [checker = '', ...what] = words.split(': ')
  return `${checker.toLowerCase()}: ${what.join(': ').trim()}`
}

/** `BUG: KCSAN: data-race in a+0x1/0x2 / b+0x3/0x4`: two places, or one; their offsets are of one build. */
const race = (message: string) => {
  const [words = '', places = ''] = message.slice('BUG: KCSAN: '.length).split(' in ', 2)
  const names = places.split(' / ').map(name => name.split('+', 1)[0]?.trim())
  return `kcsan: ${words.trim()} in ${names.join(' / ')}`
}

const ubsan = (message: string) => `ubsan: ${message.slice('UBSAN: '.length).split(' in ', 1)[0] ?? ''}`

const sourceAfter = (literal: string) => (message: string, oops: Oops) => {
  oops.source = readSource(after(message, literal) ?? '')
}

/** `BUG: scheduling while atomic: swapper/0/1/0x00000002`: comm, pid, preempt count. */
const atomicTask = (message: string, oops: Oops) => {
  const words = after(message, 'atomic: ') ?? ''
  const parts = words.split('/')
  if (parts.length < 3) return
  oops.comm = parts.slice(0, -2).join('/')
  oops.pid = numberAfter(`/${parts.at(-2) ?? ''}`, '/')
}

/** `on CPU#1, swapper/0/1`: spinlock_debug.c. */
const lockTask = (message: string, oops: Oops) => {
  oops.cpu = numberAfter(message, ' on CPU#')
  const task = after(message, ', ') ?? ''
  const slash = task.lastIndexOf('/')
  if (slash <= 0) return
  oops.comm = task.slice(0, slash)
  oops.pid = numberAfter(task.slice(slash), '/')
}

/** What the kernel's own checkers find. */
export const CHECKS: readonly Family[] = [
  // mm/kasan/report.c, print_error_description(): since 4.0, `in %pS`, after a line of ===
  { prefix: 'BUG: KASAN: ', kind: 'kasan', nameOf: complaint, symbol: 'pc', read: place },
  // mm/kfence/report.c, kfence_report_error(): since 5.12
  { prefix: 'BUG: KFENCE: ', kind: 'kfence', nameOf: complaint, symbol: 'pc', read: place },
  // kernel/kcsan/report.c, print_report(): since 5.8
  { prefix: 'BUG: KCSAN: ', kind: 'kcsan', nameOf: race, symbol: 'none' },
  // mm/kmsan/report.c, kmsan_report(): since 6.1
  { prefix: 'BUG: KMSAN: ', kind: 'other', nameOf: complaint, symbol: 'pc', read: place },
  // lib/ubsan.c, ubsan_prologue() (ubsan_epilogue() since 5.x): `UBSAN: array-index-out-of-bounds in file:line:column`;
  // `UBSAN: Undefined behaviour in …` until 5.7
  {
    ...{ prefix: 'UBSAN: ', with: ' in ', kind: 'ubsan', nameOf: ubsan, symbol: 'trace' },
    read: sourceAfter(' in '),
  },
  // kernel/sched/core.c, __might_resched() (___might_sleep() until 5.16)
  {
    ...{ prefix: 'BUG: sleeping function called from invalid context', kind: 'atomic-sleep' },
    ...{ name: 'sleeping in atomic', symbol: 'trace', read: sourceAfter(' at ') },
  },
  // the same, __cant_sleep(), __cant_migrate()
  {
    prefix: 'BUG: assuming atomic context at ',
    kind: 'atomic-sleep',
    name: 'assuming atomic context',
    symbol: 'trace',
  },
  {
    prefix: 'BUG: assuming non migratable context at ',
    kind: 'atomic-sleep',
    name: 'migrating',
    symbol: 'trace',
  },
  // the same, __schedule_bug(): `comm/pid/preempt_count`
  {
    ...{ prefix: 'BUG: scheduling while atomic: ', kind: 'atomic-sleep', name: 'scheduling while atomic' },
    ...{ symbol: 'trace', read: atomicTask },
  },
  {
    prefix: 'bad: scheduling from the idle thread!',
    kind: 'atomic-sleep',
    name: 'scheduling from idle',
    symbol: 'trace',
  },
  // kernel/workqueue.c, process_one_work()
  {
    prefix: 'BUG: workqueue leaked ',
    kind: 'atomic-sleep',
    name: 'workqueue leaked atomic or lock',
    symbol: 'trace',
  },
  {
    prefix: 'BUG: workqueue: ',
    with: ' leaked ',
    kind: 'atomic-sleep',
    name: 'workqueue leaked atomic or lock',
    symbol: 'trace',
  },
  // lib/smp_processor_id.c, check_preemption_disabled(): then `caller is foo+0x1/0x2`
  {
    ...{ prefix: 'BUG: using ', with: ' in preemptible', kind: 'bug', symbol: 'trace' },
    nameOf: message => `bug: ${message.slice('BUG: '.length).split(' [', 1)[0] ?? ''}`,
  },
  // kernel/locking/spinlock_debug.c, spin_dump(), rwlock_bug()
  ...['spinlock ', 'rwlock '].map((lock): Family => ({
    ...{ prefix: `BUG: ${lock}`, with: ' on CPU#', kind: 'bug', symbol: 'trace', read: lockTask },
    nameOf: message => `bug: ${message.slice('BUG: '.length).split(' on CPU#', 1)[0] ?? ''}`,
  })),
  // mm/page_alloc.c, bad_page(): `BUG: Bad page state in process comm  pfn:1b317b`
  { prefix: 'BUG: Bad page state', kind: 'corruption', name: 'corruption: bad page state', symbol: 'trace' },
  // mm/memory.c, print_bad_pte()
  { prefix: 'BUG: Bad page map', kind: 'corruption', name: 'corruption: bad page map', symbol: 'trace' },
  // mm/filemap.c, unaccount_page_cache_page()
  { prefix: 'BUG: Bad page cache', kind: 'corruption', name: 'corruption: bad page cache', symbol: 'trace' },
  // kernel/fork.c, check_mm(): a line, no trace
  {
    prefix: 'BUG: Bad rss-counter state',
    kind: 'corruption',
    name: 'corruption: bad rss-counter state',
    symbol: 'none',
    bare: true,
  },
  {
    prefix: 'BUG: non-zero ',
    with: ' on freeing mm',
    kind: 'corruption',
    name: 'corruption: page tables of a freed mm',
    symbol: 'none',
    bare: true,
  },
  // mm/slub.c, slab_bug(): `BUG kmalloc-64 (Tainted: G    B): Poison overwritten`; a line of === before, one of --- after.
  // 6.12 prints no call trace of its own: a WARN in object_err() or __slab_err() follows.
  {
    ...{ prefix: 'BUG ', with: '): ', kind: 'corruption', symbol: 'trace', bare: true },
    nameOf: message =>
      `corruption: ${message.slice(message.indexOf('): ') + 3).replace(/[0-9a-fx]{5,20}/gi, 'N')}`,
  },
  // mm/page_poison.c, check_poison_mem(): then a hex dump of the page, at most 256 lines
  {
    ...{ prefix: 'pagealloc: memory corruption', kind: 'corruption' },
    ...{ name: 'corruption: page poison overwritten', symbol: 'trace' },
  },
  {
    ...{ prefix: 'pagealloc: single bit error', kind: 'corruption' },
    ...{ name: 'corruption: single bit of a poisoned page', symbol: 'trace' },
  },
  // mm/slab.c, __slab_error(), until 6.7
  { prefix: 'slab error in ', kind: 'corruption', name: 'corruption: slab error', symbol: 'trace' },
  // mm/kmemleak.c, print_unreferenced(): what `echo scan` found; its frames come after `backtrace:`
  { prefix: 'BUG: memory leak', kind: 'other', name: 'memory leak', symbol: 'trace' },
  // fs/dcache.c, umount_check()
  {
    prefix: 'BUG: Dentry ',
    with: ' still in use ',
    kind: 'other',
    name: 'dentry still in use',
    symbol: 'trace',
  },
  // net/core/dev.c, netdev_wait_allrefs(): again every ten seconds
  {
    ...{
      prefix: 'unregister_netdevice: waiting for ',
      with: 'Usage count',
      kind: 'other',
      symbol: 'none',
      bare: true,
    },
    name: 'unregister_netdevice waits for a device',
  },
]
