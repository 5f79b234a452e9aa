import { rows } from '../row.ts'

const DEVICE = '@device_address size'
const COMPLAINT = { error: true, versions: '4.4-' } as const

/**
 * CONFIG_DMA_API_DEBUG: kernel/dma/debug.c, lib/dma-debug.c before 4.18. What it complains of comes from err_printk():
 * `driver device: DMA-API: …` before 5.0, `DMA-API: driver device: …` since. All that stands in brackets is read.
 */
export const DMA_API = [
  ...rows({ family: 'dma', file: 'kernel/dma/debug.c', by: 'DMA-API' }, [
    {
      ...{ kind: 'dma-api-pending', in: 'dma_debug_device_change', ...COMPLAINT, pairs: '' },
      format: 'device driver has pending DMA allocations while released from device [count=%d]',
    },
    {
      ...{ kind: 'dma-api-free-unallocated', in: 'check_unmap', ...COMPLAINT, pairs: DEVICE },
      format: 'device driver tries to free DMA memory it has not allocated',
    },
    {
      ...{ kind: 'dma-api-free-invalid', in: 'check_unmap', ...COMPLAINT, pairs: DEVICE },
      format: 'device driver tries to free an invalid DMA memory address',
    },
    {
      ...{ kind: 'dma-api-free-size', in: 'check_unmap', ...COMPLAINT, pairs: '@device_address' },
      format: 'device driver frees DMA memory with different size',
    },
    {
      ...{ kind: 'dma-api-free-function', in: 'check_unmap', ...COMPLAINT, pairs: DEVICE },
      format: 'device driver frees DMA memory with wrong function',
    },
    {
      ...{ kind: 'dma-api-free-cpu-address', in: 'check_unmap', ...COMPLAINT },
      format: 'device driver frees DMA memory with different CPU address',
      pairs: '@device_address size @cpu_alloc_address @cpu_free_address',
    },
    {
      ...{ kind: 'dma-api-free-direction', in: 'check_unmap', ...COMPLAINT, pairs: DEVICE },
      format: 'device driver frees DMA memory with different direction',
    },
    {
      ...{ kind: 'dma-api-free-attributes', in: 'check_unmap', error: true, versions: '7.0-', pairs: DEVICE },
      format: 'device driver frees DMA memory with different attributes',
    },
    {
      ...{ kind: 'dma-api-free-entries', in: 'check_unmap', ...COMPLAINT, pairs: '' },
      format: 'device driver frees DMA sg list with different entry count',
    },
    {
      ...{ kind: 'dma-api-unchecked', in: 'check_unmap', ...COMPLAINT, pairs: DEVICE },
      format: 'device driver failed to check map error',
    },
    {
      ...{ kind: 'dma-api-stack', in: 'check_for_stack', ...COMPLAINT, pairs: '^addr ^probable_addr' },
      format: 'device driver maps memory from stack',
    },
    {
      ...{ kind: 'dma-api-stack', in: 'check_for_stack', error: true, pairs: '^addr ^probable_addr' },
      ...{ format: 'device driver maps memory fromstack', versions: '4.4-4.9' },
    },
    {
      ...{ kind: 'dma-api-kernel-text', in: 'check_for_illegal_area', ...COMPLAINT, pairs: '^addr len' },
      format: 'device driver maps memory from kernel text or rodata',
    },
    {
      ...{ kind: 'dma-api-invalid-area', in: 'debug_dma_map_single', error: true, pairs: '^addr len' },
      ...{ format: 'device driver maps memory from invalid area', versions: '4.20-' },
    },
    {
      ...{ kind: 'dma-api-vmalloc', in: 'debug_dma_map_single', error: true, pairs: '^addr len' },
      ...{ format: 'device driver maps memory from vmalloc area', versions: '4.20-' },
    },
    {
      ...{ kind: 'dma-api-sync-unallocated', in: 'check_sync', ...COMPLAINT, pairs: DEVICE },
      format: 'device driver tries to sync DMA memory it has not allocated',
    },
    {
      ...{ kind: 'dma-api-sync-range', in: 'check_sync', ...COMPLAINT, pairs: '@device_address' },
      format: 'device driver syncs DMA memory outside allocated range',
    },
    {
      ...{ kind: 'dma-api-sync-direction', in: 'check_sync', ...COMPLAINT, pairs: DEVICE },
      format: 'device driver syncs DMA memory with different direction',
    },
    {
      ...{ kind: 'dma-api-sync-direction', in: 'check_sync', ...COMPLAINT, pairs: DEVICE },
      format: 'device driver syncs device read-only DMA memory for cpu',
    },
    {
      ...{ kind: 'dma-api-sync-direction', in: 'check_sync', ...COMPLAINT, pairs: DEVICE },
      format: 'device driver syncs device write-only DMA memory to device',
    },
    {
      ...{ kind: 'dma-api-sync-entries', in: 'check_sync', ...COMPLAINT, pairs: '' },
      format: 'device driver syncs DMA sg list with different entry count',
    },
    {
      ...{
        kind: 'dma-api-segment',
        in: 'check_sg_segment',
        error: true,
        versions: '4.16-',
        pairs: 'len max',
      },
      format: 'mapping sg segment longer than device claims to support',
    },
    {
      ...{ kind: 'dma-api-boundary', in: 'check_sg_segment', error: true, versions: '4.16-' },
      ...{ format: 'mapping sg segment across boundary', pairs: '@start @end boundary' },
    },
    {
      ...{ kind: 'dma-api-overlap', in: 'add_dma_entry', error: true, versions: '5.14-', pairs: '' },
      format: "cacheline tracking EEXIST, overlapping mappings aren't supported",
    },
    {
      ...{ kind: 'dma-api-overlap', in: 'active_cacheline_inc_overlap', error: true, versions: '4.6-' },
      ...{ format: 'exceeded %d overlapping mappings of cacheline %pa', names: 'mappings @cacheline' },
    },
    {
      ...{ kind: 'dma-api-overlap', in: 'active_pfn_inc_overlap', error: true, versions: '4.4-4.5' },
      ...{ format: 'exceeded %d overlapping mappings of pfn %lx', names: 'mappings pfn' },
    },
    {
      ...{ kind: 'dma-api-touched', in: 'debug_dma_assert_idle', error: true, versions: '4.4-5.8' },
      ...{ format: 'cpu touching an active dma mapped', pairs: '@cln pfn' },
    },
    {
      ...{ kind: 'dma-api-resource-ram', in: 'debug_dma_map_phys', error: true, versions: '6.18-' },
      ...{ format: 'dma_map_resource called for RAM address %pa', names: '@addr' },
    },
    {
      ...{ kind: 'dma-api-off', in: 'add_dma_entry', error: true, versions: '4.4-' },
      format: 'cacheline tracking ENOMEM, dma-debug disabled',
    },
    {
      ...{ kind: 'dma-api-off', in: 'dma_entry_alloc', error: true, versions: '4.4-' },
      format: 'debugging out of memory',
    },
    {
      ...{ kind: 'dma-api-off', in: 'dma_debug_init', versions: '4.4-' },
      format: 'debugging disabled on kernel command line',
    },
    {
      ...{ kind: 'dma-api-on', in: 'dma_debug_init', versions: '4.4-' },
      format: 'debugging enabled by kernel config',
    },
    {
      ...{ kind: 'dma-api-entries', in: 'dma_debug_init', versions: '4.4-', names: 'entries' },
      format: 'preallocated %d debug entries',
    },
    {
      ...{ kind: 'dma-api-entries', in: 'dma_debug_init', error: true, versions: '5.0-' },
      ...{ format: '%d debug entries requested but only %d allocated', names: 'requested entries' },
    },
    {
      ...{ kind: 'dma-api-entries', in: 'prealloc_memory', versions: '5.0-', names: 'entries' },
      format: 'dma_debug_entry pool grown to %u',
    },
    {
      ...{ kind: 'dma-api-filter', in: 'filter_write', versions: '4.4-', names: 'name' },
      format: 'enable driver filter for driver [%s]',
    },
    {
      ...{ kind: 'dma-api-filter', in: 'filter_write', versions: '4.4-' },
      format: 'switching off dma-debug driver filter',
    },
    {
      ...{ kind: 'dma-api-mapped-at', in: 'dump_entry_trace', versions: '5.0-', effect: 'mapped-at' },
      format: 'Mapped at:',
    },
  ]),
  ...rows({ family: 'dma', file: 'kernel/dma/debug.c', driver: 'DMA-API' }, [
    {
      // The second line of `pending DMA allocations`.
      ...{ kind: 'dma-api-leaked', in: 'dma_debug_device_change', ...COMPLAINT, pairs: DEVICE },
      ...{ format: 'One of leaked entries details: ', effect: 'detail' },
    },
    {
      ...{ kind: 'dma-api-mapped-at', in: 'dump_entry_trace', versions: '4.4-4.20', effect: 'mapped-at' },
      format: 'Mapped at:',
    },
  ]),
]
