import { rows } from '../row.ts'

const CMA = { into: 'reserved', name: 'cma' } as const

/** Memory set aside for DMA: atomic pools, CMA, reserved-memory nodes. */
export const POOLS = [
  ...rows({ family: 'dma', file: 'kernel/dma/pool.c', by: 'DMA' }, [
    {
      ...{ kind: 'atomic-pool', in: 'atomic_pool_expand', versions: '5.8-' },
      format: 'preallocated %zu KiB %pGg pool for atomic allocations',
      names: 'sizeKiB gfp',
    },
    {
      ...{ kind: 'atomic-pool', in: 'atomic_pool_init', versions: '4.4-5.7' },
      ...{ format: 'preallocated %zu KiB pool for atomic allocations', names: 'sizeKiB' },
    },
    {
      ...{ kind: 'atomic-pool', in: 'atomic_pool_init (arch/arm/mm/dma-mapping.c)', versions: '4.4-' },
      ...{ format: 'preallocated %zu KiB pool for atomic coherent allocations', names: 'sizeKiB' },
    },
    {
      ...{ kind: 'atomic-pool-failed', error: true, in: 'atomic_pool_expand', versions: '5.8-' },
      format: 'failed to allocate %zu KiB %pGg pool for atomic allocation',
      names: 'sizeKiB gfp',
    },
    {
      ...{ kind: 'atomic-pool-failed', error: true, in: 'atomic_pool_init', versions: '4.4-5.7' },
      format: 'failed to allocate %zu KiB pool for atomic coherent allocation',
      names: 'sizeKiB',
    },
    {
      ...{
        kind: 'coherent-default',
        in: 'dma_init_reserved_memory (kernel/dma/coherent.c)',
        versions: '4.15-',
      },
      format: 'default coherent area is set',
    },
  ]),
  ...rows({ family: 'dma', file: 'kernel/dma/pool.c', driver: 'DMA' }, [
    {
      ...{ kind: 'atomic-pool-exhausted', error: true, in: 'dma_alloc_from_pool', versions: '5.8-' },
      ...{ format: 'DMA pool exhausted for %s', names: 'device' },
    },
    {
      ...{ kind: 'atomic-pool-exhausted', error: true, in: 'dma_alloc_from_pool', versions: '5.8-' },
      ...{ format: 'Failed to get suitable pool for %s', names: 'device' },
    },
  ]),
  ...rows({ family: 'dma', file: 'mm/cma.c', by: ['cma', 'cma_alloc'] }, [
    {
      ...{ kind: 'cma-reserved', in: 'cma_declare_contiguous_nid', versions: '6.7-6.12', memory: CMA },
      ...{ format: 'Reserved %ld MiB at %pa on node %d', names: 'sizeMiB @start node' },
    },
    {
      ...{ kind: 'cma-reserved', in: 'cma_declare_contiguous', versions: '4.4-', memory: CMA },
      ...{ format: 'Reserved %ld MiB at %pa', names: 'sizeMiB @start' },
    },
    {
      ...{ kind: 'cma-reserved', in: 'cma_declare_contiguous_multi', versions: '6.15-' },
      ...{ format: 'Reserved %lu MiB in %d range', names: 'sizeMiB ranges' },
    },
    {
      ...{ kind: 'cma-failed', error: true, in: 'cma_declare_contiguous', versions: '4.4-' },
      ...{ format: 'Failed to reserve %ld MiB', names: 'sizeMiB' },
    },
    {
      ...{ kind: 'cma-failed', error: true, in: 'dma_contiguous_reserve_area', versions: '5.10-' },
      ...{ format: '%s: reservation failed: err %d, node %d', names: '- error node' },
    },
    {
      ...{ kind: 'cma-alloc-failed', error: true, in: '__cma_alloc', versions: '5.18-' },
      format: 'cma_alloc: %s: alloc failed, req-size: %lu pages, ret: %d',
      names: 'area pages error',
    },
    {
      ...{ kind: 'cma-alloc-failed', error: true, in: '__cma_alloc', versions: '6.12-' },
      format: '__cma_alloc: %s: alloc failed, req-size: %lu pages, ret: %d',
      names: 'area pages error',
    },
    {
      ...{ kind: 'cma-alloc-failed', error: true, in: '__cma_alloc_frozen', versions: '7.2-' },
      format: '__cma_alloc_frozen: %s: alloc failed, req-size: %lu pages, ret: %d',
      names: 'area pages error',
    },
    {
      ...{ kind: 'cma-alloc-failed', error: true, in: 'cma_alloc', versions: '4.12-5.17' },
      format: 'cma_alloc: alloc failed, req-size: %zu pages, ret: %d',
      names: 'pages error',
    },
    {
      ...{ kind: 'cma-failed', error: true, in: 'cma_activate_area', versions: '4.4-' },
      ...{ format: 'CMA area %s could not be activated', names: 'area' },
    },
    {
      ...{ kind: 'cma-failed', error: true, in: 'cma_declare_contiguous', versions: '5.2-' },
      format: 'Region at %pa must be aligned to %pa bytes',
      names: '@start align',
    },
    {
      ...{ kind: 'cma-failed', error: true, in: 'cma_declare_contiguous', versions: '4.4-' },
      format: 'Region at %pa defined on low/high memory boundary (%pa)',
      names: '@start @highmem',
    },
    {
      ...{ kind: 'cma-failed', error: true, in: 'cma_declare_contiguous', versions: '4.20-' },
      format: 'Size (%pa) of region at %pa exceeds limit (%pa)',
      names: 'size @start limit',
    },
    {
      ...{ kind: 'cma-failed', error: true, in: 'cma_declare_contiguous', versions: '4.4-' },
      format: 'Not enough slots for CMA reserved regions!',
    },
    {
      ...{ kind: 'cma-available', in: 'cma_debug_show_areas', versions: '4.12-' },
      format: 'number of available pages: ',
    },
  ]),
  ...rows({ family: 'dma', file: 'drivers/of/of_reserved_mem.c', by: 'reserved mem' }, [
    {
      ...{ kind: 'reserved-memory', in: 'fdt_init_reserved_mem_node', versions: '6.6-' },
      format: '%pa..%pa (%lu KiB) %s %s %s',
      names: '@start @end sizeKiB map reusable name',
      memory: { into: 'reserved', name: 'reserved' },
    },
  ]),
  ...rows({ family: 'dma', file: 'drivers/of/of_reserved_mem.c', by: ['reserved mem', 'Reserved memory'] }, [
    {
      ...{ kind: 'reserved-memory-node', in: '__reserved_mem_init_node', versions: '4.4-' },
      format: 'initialized node %s, compatible id %s',
      names: 'name compatible',
    },
    {
      ...{ kind: 'reserved-memory-failed', error: true, in: '__reserved_mem_alloc_size', versions: '5.16-' },
      format: "failed to allocate memory for node '%s': size %lu MiB",
      names: 'name sizeMiB',
    },
    {
      ...{
        kind: 'reserved-memory-failed',
        error: true,
        in: '__reserved_mem_alloc_size',
        versions: '4.4-5.15',
      },
      ...{ format: "failed to allocate memory for node '%s'", names: 'name' },
    },
    {
      ...{ kind: 'reserved-memory-failed', error: true, in: '__reserved_mem_reserve_reg', versions: '4.4-' },
      format: "failed to reserve memory for node '%s': base %pa, size %lu MiB",
      names: 'name @start sizeMiB',
    },
    {
      ...{ kind: 'reserved-memory', in: '__reserved_mem_reserve_reg (drivers/of/fdt.c)', versions: '4.4-' },
      format: "reserved region for node '%s': base %pa, size %lu MiB",
      names: 'name @start sizeMiB',
      memory: { into: 'reserved', name: 'reserved' },
    },
    {
      ...{ kind: 'reserved-memory-overlap', error: true, in: '__rmem_check_for_overlap', versions: '4.4-' },
      format: 'OVERLAP DETECTED!',
    },
    {
      ...{ kind: 'reserved-memory-failed', error: true, in: 'fdt_init_reserved_mem_node', versions: '5.10-' },
      ...{ format: 'node %s compatible matching fail', names: 'name' },
    },
    {
      ...{ kind: 'reserved-memory-none', in: 'fdt_scan_reserved_mem', versions: '6.12-' },
      format: 'No reserved-memory node in the DT',
    },
    {
      ...{ kind: 'reserved-memory-failed', error: true, in: 'fdt_reserved_mem_save_node', versions: '4.4-' },
      format: 'not enough space for all defined regions',
    },
    {
      ...{ kind: 'coherent-pool', in: 'rmem_dma_setup (kernel/dma/coherent.c)', versions: '4.4-7.2' },
      format: 'created DMA memory pool at %pa, size %ld MiB',
      names: '@start sizeMiB',
      memory: { into: 'reserved', name: 'DMA memory pool' },
    },
    {
      ...{ kind: 'coherent-pool', in: 'rmem_dma_setup (kernel/dma/coherent.c)', versions: '7.3-' },
      format: 'created DMA memory pool at %pa, size %llu KiB',
      names: '@start sizeKiB',
      memory: { into: 'reserved', name: 'DMA memory pool' },
    },
    {
      ...{ kind: 'coherent-pool-failed', error: true, in: 'dma_init_coherent_memory', versions: '4.4-' },
      ...{ format: 'failed to init DMA memory pool at %pa, size %ld', names: '@start -' },
    },
    {
      ...{ kind: 'coherent-pool-failed', error: true, in: 'rmem_dma_setup', versions: '4.4-' },
      format: 'regions without no-map are not yet supported',
    },
    {
      ...{ kind: 'coherent-pool-failed', error: true, in: 'rmem_dma_setup', versions: '4.15-' },
      format: 'region for default DMA coherent area is redefined',
    },
    {
      ...{ kind: 'cma-reserved', in: 'rmem_cma_setup (kernel/dma/contiguous.c)', versions: '4.4-' },
      format: 'created CMA memory pool at %pa, size %ld MiB',
      names: '@start sizeMiB',
      memory: CMA,
    },
    {
      ...{ kind: 'cma-failed', error: true, in: 'rmem_cma_setup', versions: '4.4-' },
      format: 'incorrect alignment of CMA region',
    },
    {
      ...{ kind: 'cma-failed', error: true, in: 'rmem_cma_setup', versions: '4.4-' },
      format: 'unable to setup CMA region',
    },
    {
      ...{ kind: 'cma-bypassed', in: 'rmem_cma_setup', versions: '5.7-6.12' },
      ...{ format: 'bypass %s node, using cmdline CMA params instead', names: 'name' },
    },
  ]),
  ...rows({ family: 'dma', file: 'drivers/of/of_reserved_mem.c' }, [
    {
      ...{ kind: 'reserved-memory-assigned', in: 'of_reserved_mem_device_init_by_idx', versions: '4.4-' },
      ...{ format: 'assigned reserved memory node %s', names: 'name' },
    },
    {
      ...{ kind: 'coherent-pool-failed', error: true, in: 'dma_assign_coherent_memory', versions: '5.14-' },
      format: "reserved memory is beyond device's set DMA address range",
    },
  ]),
]
