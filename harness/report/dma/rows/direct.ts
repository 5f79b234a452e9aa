import { rows } from '../row.ts'

/** DMA masks, bus limits, and addresses beyond them. */
export const DIRECT = [
  ...rows({ family: 'dma', file: 'kernel/dma/direct.c, direct.h' }, [
    {
      ...{ kind: 'dma-overflow', error: true, in: 'dma_direct_map_phys', versions: '5.5-' },
      format: 'DMA addr %pad+%zu overflow (mask %llx, bus limit %llx).',
      names: '@addr size mask busLimit',
    },
    {
      ...{ kind: 'dma-overflow', error: true, in: 'report_addr', versions: '5.5' },
      format: 'overflow %pad+%zu of DMA mask %llx bus limit %llx',
      names: '@addr size mask busLimit',
    },
    {
      ...{ kind: 'dma-overflow', error: true, in: 'report_addr', versions: '4.20-5.4' },
      format: 'overflow %pad+%zu of DMA mask %llx bus mask %llx',
      names: '@addr size mask busLimit',
    },
    {
      ...{ kind: 'dma-overflow', error: true, in: 'check_addr', versions: '4.19-4.20' },
      format: 'overflow %pad+%zu of device mask %llx bus mask %llx',
      names: '@addr size mask busLimit',
    },
    {
      ...{ kind: 'dma-overflow', error: true, in: 'check_addr', versions: '4.4-4.18' },
      ...{ format: 'overflow %pad+%zu of device mask %llx', names: '@addr size mask' },
    },
    {
      ...{ kind: 'dma-mask-missing', error: true, in: 'check_addr', versions: '4.16-4.20' },
      format: 'call on device without dma_mask',
    },
    {
      ...{ kind: 'dma-mask-missing', error: true, in: 'report_addr', versions: '5.0-5.5' },
      format: 'DMA map on device without dma_mask',
    },
    {
      ...{ kind: 'dma-ranges', error: true, in: 'dma_direct_set_offset', versions: '5.10-' },
      format: 'attempt to add DMA range to existing map',
    },
    {
      ...{ kind: 'dma-coherent-failed', error: true, in: 'dma_direct_alloc', versions: '6.10-' },
      format: 'coherent DMA allocations not supported on this platform.',
    },
    {
      ...{ kind: 'dma-leaked', error: true, in: 'dma_direct_alloc', versions: '5.18-' },
      format: "leaking DMA memory that can't be re-encrypted",
    },
    {
      ...{ kind: 'dma-highmem', in: 'dma_direct_alloc', versions: '4.20-5.16' },
      format: 'Rejecting highmem page from CMA.',
    },
  ]),
  ...rows({ family: 'dma', file: 'include/linux/dma-mapping.h' }, [
    {
      ...{ kind: 'dma-vmalloc', error: true, in: 'dma_map_single_attrs', versions: '5.4-' },
      format: 'rejecting DMA map of vmalloc memory',
    },
  ]),
  ...rows({ family: 'dma', file: 'drivers/of/device.c, drivers/acpi/arm64/dma.c' }, [
    {
      ...{ kind: 'dma-mask-missing', error: true, in: 'of_dma_configure_id', versions: '5.0-' },
      format: 'DMA mask not set',
    },
    {
      ...{ kind: 'dma-ranges', error: true, in: 'of_dma_configure', versions: '4.4-6.1' },
      ...{ format: 'Invalid size 0x%llx for dma-range', names: 'size' },
    },
    {
      ...{ kind: 'dma-ranges', error: true, in: 'of_dma_configure', versions: '4.4-6.1' },
      ...{ format: 'Adjusted size 0x%llx invalid', names: 'size' },
    },
    {
      ...{
        kind: 'restricted-pool-failed',
        error: true,
        in: 'of_dma_set_restricted_buffer',
        versions: '5.15-',
      },
      format: 'failed to initialise "restricted-dma-pool" memory node',
    },
  ]),
  ...rows({ family: 'dma', file: 'drivers/of/address.c' }, [
    {
      ...{ kind: 'dma-ranges', in: 'of_dma_get_range', versions: '4.4-' },
      format: 'no dma-ranges found for node(%s)',
      names: 'node',
    },
    {
      ...{ kind: 'dma-ranges', error: true, in: 'of_dma_get_range', versions: '5.10-' },
      format: 'translation of DMA address(%llx) to CPU address failed node(%pOF)',
      names: '@addr node',
    },
    {
      ...{ kind: 'dma-ranges', error: true, in: 'of_dma_get_range', versions: '4.4-5.9' },
      format: 'translation of DMA address(%pad) to CPU address failed node(%pOF)',
      names: '@addr node',
    },
    {
      ...{ kind: 'dma-ranges', in: 'of_dma_get_range', versions: '4.4-5.9' },
      format: 'dma_addr(%llx) cpu_addr(%llx) size(%llx)',
      names: '@dma_addr @cpu_addr size',
    },
  ]),
  ...rows({ family: 'dma', file: 'arch/arm64/mm/dma-mapping.c' }, [
    {
      ...{ kind: 'dma-alignment', error: true, in: 'arch_setup_dma_ops', versions: '4.12-' },
      format: 'ARCH_DMA_MINALIGN smaller than CTR_EL0.CWG (%d < %d)',
      names: 'minalign cwg',
    },
    {
      ...{ kind: 'dma-device-missing', error: true, in: '__dma_alloc_coherent', versions: '4.4-4.15' },
      format: 'Use an actual device structure for DMA allocation',
    },
    {
      ...{ kind: 'dma-coherent-failed', error: true, in: '__alloc_from_pool', versions: '4.4-' },
      format: 'coherent pool not initialised!',
    },
  ]),
  ...rows({ family: 'dma', file: 'arch/arm/mm/dma-mapping.c' }, [
    {
      ...{ kind: 'dma-mask-small', error: true, in: '__dma_supported', versions: '4.4-5.10' },
      format: 'Coherent DMA mask %#llx (pfn %#lx-%#lx) covers a smaller range of system memory',
      names: 'mask - -',
    },
    {
      ...{ kind: 'dma-mask-small', error: true, in: 'get_coherent_dma_mask', versions: '4.4-5.0' },
      format: 'coherent DMA mask %#llx is smaller than system GFP_DMA mask %#llx',
      names: 'mask gfp_dma',
    },
    {
      ...{ kind: 'dma-mask-missing', error: true, in: 'get_coherent_dma_mask', versions: '4.4-5.0' },
      format: 'coherent DMA mask is unset',
    },
    {
      ...{ kind: 'dma-coherent-failed', error: true, in: '__dma_alloc', versions: '4.4-' },
      format: 'coherent allocation too big (requested %#x mask %#llx)',
      names: 'size mask',
    },
    {
      ...{ kind: 'dma-free-invalid', error: true, in: '__free_from_contiguous', versions: '4.4-' },
      ...{ format: 'trying to free invalid coherent area: %p', names: '^addr' },
    },
    {
      ...{ kind: 'dma-free-invalid', error: true, in: '__arm_dma_free', versions: '4.4-' },
      ...{ format: 'Freeing invalid buffer %p', names: '^addr' },
    },
  ]),
  ...rows({ family: 'dma', file: 'drivers/**' }, [
    {
      ...{ kind: 'dma-mask-refused', error: true, in: 'probe', versions: '4.4-' },
      format: 'No usable DMA configuration',
    },
    {
      ...{ kind: 'dma-mask-refused', error: true, in: 'probe', versions: '4.4-' },
      format: 'No suitable DMA available',
    },
    ...[
      'failed to set',
      'Failed to set',
      'Unable to set',
      'unable to set',
      'Cannot set',
      'cannot set',
    ].flatMap(words =>
      ['DMA mask', 'dma mask', 'dma_mask', 'coherent DMA mask', 'coherent mask', 'DMA coherent mask'].map(
        mask => ({
          ...{ kind: 'dma-mask-refused', error: true, in: 'probe', versions: '4.4-' },
          format: `${words} ${mask}`,
        }),
      ),
    ),
    ...[
      'dma_alloc_coherent failed',
      'dma_alloc_coherent() failed',
      'dma_map_single failed',
      'dma_map_single() failed',
      'dma_map_page failed',
      'dma_map_sg failed',
      'dma_map_sg() failed',
      'failed to map DMA',
      'DMA mapping failed',
      'DMA mapping error',
      'dma mapping error',
      'failed to allocate coherent',
      'Failed to allocate coherent',
      'failed to allocate DMA',
      'Failed to allocate DMA',
    ].map(format => ({
      ...{ kind: 'dma-driver-failed', error: true, in: 'probe or transfer', versions: '4.4-' },
      format,
    })),
  ]),
]
