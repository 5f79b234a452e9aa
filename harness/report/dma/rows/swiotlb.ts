import { rows } from '../row.ts'

const BY = 'software IO TLB'
const memory = { into: 'reserved', name: 'software IO TLB' } as const

/** Bounce buffers: kernel/dma/swiotlb.c, lib/swiotlb.c before 4.18. */
export const SWIOTLB = [
  ...rows({ family: 'dma', file: 'kernel/dma/swiotlb.c', by: BY }, [
    {
      ...{ kind: 'swiotlb-mapped', format: 'mapped [mem %pa-%pa] (%luMB)', names: '@start @end sizeMiB' },
      ...{ in: 'swiotlb_print_info', versions: '4.20-', memory },
    },
    {
      ...{ kind: 'swiotlb-areas', format: 'area num %d.', names: 'areas' },
      ...{ in: 'swiotlb_adjust_nareas', versions: '6.0-' },
    },
    {
      ...{ kind: 'swiotlb-none', format: 'No low mem', error: true },
      ...{ in: 'swiotlb_print_info', versions: '4.4-' },
    },
    {
      ...{ kind: 'swiotlb-none', format: 'Cannot allocate buffer', error: true },
      ...{ in: 'swiotlb_init', versions: '4.20-5.18' },
    },
    {
      ...{ kind: 'swiotlb-size', format: 'SWIOTLB bounce buffer size adjusted to %luMB', names: 'sizeMiB' },
      ...{ in: 'swiotlb_adjust_size', versions: '5.11-' },
    },
    {
      ...{ kind: 'swiotlb-size', format: 'SWIOTLB bounce buffer size roundup to %luMB', names: 'sizeMiB' },
      ...{ in: 'round_up_default_nslabs', versions: '6.0-' },
    },
    {
      ...{ kind: 'swiotlb-size', format: 'SWIOTLB bounce buffer size adjusted %lu -> %lu slabs' },
      ...{ names: 'from to', in: 'swiotlb_init_remap', versions: '6.0-' },
    },
    {
      ...{ kind: 'swiotlb-small', format: 'only able to allocate %ld MB', names: 'sizeMiB', error: true },
      ...{ in: 'swiotlb_init_late', versions: '4.20-' },
    },
    {
      ...{ kind: 'swiotlb-small', format: 'Warning: only able to allocate %ld MB for software IO TLB' },
      ...{ names: 'sizeMiB', error: true, in: 'swiotlb_late_init_with_default_size', versions: '4.4-4.19' },
    },
    {
      ...{ kind: 'swiotlb-none', format: '%s: Failed to allocate %zu bytes align=0x%lx', error: true },
      ...{ names: '- size align', in: 'swiotlb_memblock_alloc', versions: '5.1-' },
    },
    {
      ...{ kind: 'swiotlb-none', format: '%s: Failed to allocate %zu bytes tlb structure', error: true },
      ...{ names: '- size', in: 'swiotlb_memblock_alloc', versions: '5.19-' },
    },
    {
      ...{ kind: 'swiotlb-none', format: '%s: Failed to remap %zu bytes', error: true },
      ...{ names: '- size', in: 'swiotlb_memblock_alloc', versions: '5.19-' },
    },
    {
      ...{ kind: 'swiotlb-torn-down', format: 'tearing down default memory pool' },
      ...{ in: 'swiotlb_exit', versions: '5.14-' },
    },
    {
      ...{ kind: 'swiotlb-grow-failed', format: 'Failed to allocate new pool', error: true },
      ...{ in: 'swiotlb_dyn_alloc', versions: '6.6-' },
    },
    {
      ...{ kind: 'swiotlb-encrypted', format: 'Memory encryption is active and system is using DMA bounce' },
      ...{ in: 'mem_encrypt_init', versions: '5.4-' },
    },
  ]),
  ...rows({ family: 'dma', file: 'lib/swiotlb.c', driver: BY }, [
    {
      ...{
        kind: 'swiotlb-mapped',
        format: 'software IO TLB [mem %#010llx-%#010llx] (%luMB) mapped at [%p-%p]',
      },
      ...{ names: '@start @end sizeMiB - -', in: 'swiotlb_print_info', versions: '4.4-4.19', memory },
    },
    {
      ...{ kind: 'swiotlb-none', format: 'Cannot allocate SWIOTLB buffer', error: true },
      ...{ in: 'swiotlb_init', versions: '4.4-4.19' },
    },
    {
      ...{
        kind: 'swiotlb-full',
        format: 'DMA: Out of SW-IOMMU space for %zu bytes at device %s',
        error: true,
      },
      ...{ names: 'size device', in: 'swiotlb_full', versions: '4.4-4.20' },
    },
    {
      // The same, where another `: ` starts the message.
      ...{ kind: 'swiotlb-full', format: 'Out of SW-IOMMU space for %zu bytes at device %s', error: true },
      ...{ names: 'size device', in: 'swiotlb_full', versions: '4.4-4.20' },
    },
    {
      ...{
        kind: 'swiotlb-coherent-failed',
        format: 'swiotlb: coherent allocation failed for device %s size=%zu',
      },
      ...{ names: 'device size', error: true, in: 'swiotlb_alloc_coherent', versions: '4.4-4.19' },
    },
    {
      ...{ kind: 'swiotlb-coherent-failed', format: 'hwdev DMA mask = 0x%016Lx, dev_addr = 0x%016Lx' },
      ...{ names: 'mask @dev_addr', error: true, in: 'swiotlb_alloc_coherent', versions: '4.4-4.19' },
    },
  ]),
  ...rows({ family: 'dma', file: 'kernel/dma/swiotlb.c' }, [
    {
      ...{ kind: 'swiotlb-full', error: true, in: 'swiotlb_tbl_map_single', versions: '5.2-' },
      format: 'swiotlb buffer is full (sz: %zd bytes), total %lu (slots), used %lu (slots)',
      names: 'size total used',
    },
    {
      ...{
        kind: 'swiotlb-full',
        format: 'swiotlb buffer is full (sz: %zd bytes)',
        names: 'size',
        error: true,
      },
      ...{ in: 'swiotlb_tbl_map_single', versions: '4.4-5.1' },
    },
    {
      ...{ kind: 'swiotlb-none', error: true, in: 'swiotlb_tbl_map_single', versions: '4.4-' },
      format: "Can not allocate SWIOTLB buffer earlier and can't now provide you with the DMA bounce buffer",
    },
    {
      ...{ kind: 'dma-overflow', error: true, in: 'swiotlb_map', versions: '5.7-' },
      format: 'swiotlb addr %pad+%zu overflow (mask %llx, bus limit %llx).',
      names: '@addr size mask busLimit',
    },
    {
      ...{ kind: 'swiotlb-invalid', error: true, in: 'swiotlb_tbl_map_single', versions: '5.3-6.6' },
      ...{ format: 'Invalid sizes (mapping: %zd bytes, alloc: %zd bytes)', names: 'mapping size' },
    },
    {
      ...{ kind: 'swiotlb-invalid', error: true, in: 'swiotlb_bounce', versions: '5.14-' },
      ...{
        format: 'Buffer overflow detected. Allocation size: %zu. Mapping size: %zu',
        names: 'size mapping',
      },
    },
    {
      ...{ kind: 'swiotlb-invalid', error: true, in: 'swiotlb_bounce', versions: '5.15-6.6' },
      format: 'Access before mapping start detected. orig offset %u, requested offset %u.',
      names: 'orig requested',
    },
    {
      ...{ kind: 'swiotlb-invalid', error: true, in: 'swiotlb_alloc', versions: '6.10-' },
      ...{ format: 'Cannot allocate pages from non page-aligned swiotlb addr 0x%pa.', names: '@addr' },
    },
    {
      ...{ kind: 'restricted-pool', in: 'rmem_swiotlb_setup', versions: '5.15-' },
      format: 'created restricted DMA pool at %pa, size %ld MiB',
      ...{ names: '@start sizeMiB', memory: { into: 'reserved', name: 'restricted DMA pool' } },
    },
    {
      ...{ kind: 'restricted-pool-failed', error: true, in: 'rmem_swiotlb_device_init', versions: '5.15-' },
      format: 'Restricted DMA pool must be accessible within the linear mapping',
    },
    {
      ...{ kind: 'restricted-pool-failed', error: true, in: 'rmem_swiotlb_device_init', versions: '7.3-' },
      format: 'Failed to decrypt restricted DMA pool',
    },
  ]),
  ...rows({ family: 'dma', file: 'drivers/xen/swiotlb-xen.c', by: ['xen', 'xen:swiotlb_xen'] }, [
    {
      ...{ kind: 'swiotlb-small', format: 'Warning: only able to allocate %ld MB for software IO TLB' },
      ...{ names: 'sizeMiB', error: true, in: 'xen_swiotlb_init', versions: '4.4-5.18' },
    },
    {
      ...{ kind: 'swiotlb-none', format: 'Lowering to %luMB', names: 'sizeMiB', error: true },
      ...{ in: 'xen_swiotlb_init', versions: '4.4-5.18' },
    },
    {
      ...{ kind: 'swiotlb-none', format: 'Failed to get contiguous memory for DMA from Xen!', error: true },
      ...{ in: 'xen_swiotlb_error', versions: '4.4-5.18' },
    },
    {
      ...{ kind: 'swiotlb-none', format: 'Cannot allocate Xen-SWIOTLB buffer', error: true },
      ...{ in: 'xen_swiotlb_error', versions: '4.4-5.18' },
    },
  ]),
]
