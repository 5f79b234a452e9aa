import type { Oops } from '../report/report.ts'
import { prose, type Say } from './say.ts'

// What a check of the kernel's own means, by its words in a crash's header or message.
const ROWS: readonly (readonly [words: string, means: string])[] = [
  // kernel/locking/spinlock_debug.c, debug_spin_lock_before(), debug_spin_unlock(): all versions
  [
    'spinlock bad magic',
    'A spinlock was used that was never initialised, or was freed or overwritten since.',
  ],
  ['spinlock already unlocked', 'A spinlock was unlocked that nobody held.'],
  ['spinlock recursion', 'A CPU took a spinlock that it holds already: it would have waited for itself.'],
  [
    'spinlock lockup suspected',
    'A spinlock could not be had for a second or more: whoever holds it does not let go.',
  ],
  ['spinlock wrong', 'A spinlock was unlocked by another task or CPU than the one that took it.'],
  // lib/refcount.c, refcount_warn_saturate(): since 5.6; refcount_*_checked() before
  [
    'refcount_t: underflow; use-after-free',
    'A reference was dropped once more than it was taken: the object may have been freed while others still used it.',
  ],
  [
    'refcount_t: addition on 0; use-after-free',
    'A reference was taken of an object whose last one had been dropped: it may be freed already.',
  ],
  [
    'refcount_t: increment on 0; use-after-free',
    'A reference was taken of an object whose last one had been dropped: it may be freed already.',
  ],
  [
    'refcount_t: saturated; leaking memory',
    'References were taken and never dropped, until the counter was full: the object is leaked on purpose.',
  ],
  [
    'refcount_t: decrement hit 0; leaking memory',
    'The last reference was dropped by code that expected another one: nobody frees the object.',
  ],
  // lib/debugobjects.c, debug_print_object()
  [
    'ODEBUG: free active',
    'An object was freed while a timer, work item or the like in it was still active: it will run on freed memory.',
  ],
  ['ODEBUG: init active', 'An object was initialised while it was still active.'],
  [
    'ODEBUG: activate not available',
    'A timer or work item was started that was never initialised, or is gone.',
  ],
  [
    'ODEBUG: assert_init not available',
    'A timer or work item was used that was never initialised, or is gone.',
  ],
  // lib/list_debug.c
  [
    'list_add corruption',
    'The neighbours of a list entry do not point to each other any more: one of them was freed or overwritten while on the list, or the entry was added twice.',
  ],
  [
    'list_del corruption',
    'The neighbours of a list entry do not point to it any more: it was deleted twice, or one of them was freed or overwritten while on the list.',
  ],
  // kernel/dma/debug.c, check_unmap(), check_sync(), check_for_stack(), check_for_illegal_area(), check_sg_segment(), …
  [
    'overlapping mappings of cacheline',
    'One cache line was mapped more often at once than DMA-API debugging can count: a mapping is probably leaked.',
  ],
  [
    'cacheline tracking EEXIST',
    'Two DMA mappings that may write share a cache line: on a device that is not coherent, one of them loses data.',
  ],
  [
    'device driver has pending DMA allocations',
    'The driver left its device, and did not unmap all that it had mapped.',
  ],
  [
    'device driver tries to free DMA memory it has not allocated',
    'What is unmapped was never mapped at this address by this device, or was unmapped already.',
  ],
  [
    'device driver frees DMA memory with different size',
    'It was unmapped with another size than it was mapped with: with swiotlb or an IOMMU, the rest stays mapped or too much goes.',
  ],
  [
    'device driver frees DMA memory with different direction',
    'It was unmapped with another direction than it was mapped with: caches and bounce buffers are then synced the wrong way.',
  ],
  [
    'device driver frees DMA memory with wrong function',
    'It was unmapped by another function than its kind of mapping has.',
  ],
  [
    'device driver frees DMA memory with different CPU address',
    'It was freed with another CPU address than it was allocated with.',
  ],
  [
    'device driver frees DMA sg list with different entry count',
    'The list was unmapped with another count than dma_map_sg() was given: pass the original nents, not what it returned.',
  ],
  [
    'device driver failed to check map error',
    'The driver did not call dma_mapping_error(): when a mapping fails, it gives the device an address that is none.',
  ],
  [
    'device driver tries to sync DMA memory it has not allocated',
    'What is synced is not mapped at this address by this device.',
  ],
  [
    'device driver syncs',
    'The sync is outside of what was mapped, or in a direction that the mapping does not have.',
  ],
  [
    'device driver maps memory from stack',
    'A buffer on the stack was mapped for DMA: with CONFIG_VMAP_STACK it is not contiguous, and it shares cache lines with live variables.',
  ],
  [
    'device driver maps memory from kernel text or rodata',
    "The kernel's own code or constants were mapped for DMA.",
  ],
  [
    'device driver maps memory from vmalloc',
    'Memory of vmalloc() was mapped as one piece: it is not contiguous in physical memory.',
  ],
  [
    'mapping sg segment longer than device claims to support',
    'A segment is longer than dma_set_max_seg_size() says (64 KiB, if nobody said): the device would read its length wrong, or the limit was never set.',
  ],
  [
    'mapping sg segment across boundary',
    'A segment crosses the boundary that dma_set_seg_boundary() says the device can not cross. A boundary must be a power of two minus one: if its lowest bit is 0, nearly every segment seems to cross it.',
  ],
  // drivers/iommu/io-pgtable-arm.c
  [
    'arm-lpae io-pgtable',
    'The page-table code of the IOMMU was called against its rules: mapping what is mapped, or unmapping what is not.',
  ],
  // mm/slub.c, object_err(); mm/usercopy.c, usercopy_abort()
  [
    'kernel memory overwrite attempt detected',
    'copy_from_user() would have written past the end of a kernel object.',
  ],
  [
    'kernel memory exposure attempt detected',
    'copy_to_user() would have read past the end of a kernel object.',
  ],
  // lib/string_helpers.c, __fortify_report()
  [
    'detected buffer overflow in',
    'CONFIG_FORTIFY_SOURCE stopped a string or memory function that would have gone past the end of its buffer.',
  ],
  // kernel/sched/core.c, schedule_debug(); kernel/exit.c, do_exit(); init/do_mounts.c, mount_block_root()
  [
    'corrupted stack end detected',
    "The mark at the end of a task's stack was overwritten: the stack overflowed.",
  ],
  ['Attempted to kill init', 'Process 1 exited or was killed; the kernel can not go on without it.'],
  [
    'VFS: Unable to mount root fs',
    'There is no root file system: a driver, a partition or the root= parameter is wrong, or the device never came up.',
  ],
]

/** What the crash's own words mean; null if they are not in the table. */
export function messageMeans({ header, message, panic }: Oops): Say | null {
  for (const said of [message, header, panic]) {
    const means = said === null ? null : wordsMean(said)
    if (means) return means
  }
  return null
}

/** What a message with one of these words in it means. */
export function wordsMean(message: string): Say | null {
  const row = ROWS.find(([words]) => message.includes(words))
  return row ? prose(row[1]) : null
}
