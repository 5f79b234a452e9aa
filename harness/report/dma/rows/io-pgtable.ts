import { rows } from '../row.ts'

const BY = ['arm-lpae io-pgtable', 'arm-v7s io-pgtable', 'dart io-pgtable', 'io-pgtable']

/** Page tables that an IOMMU walks, and our own observation of them (images/kernel/<series>/observe.patch). */
export const IO_PGTABLE = [
  ...rows({ family: 'iommu', file: 'drivers/iommu/io-pgtable-arm.c, io-pgtable-arm-v7s.c' }, [
    {
      ...{ kind: 'page-table-refused', error: true, in: '__arm_lpae_alloc_pages', versions: '4.4-' },
      format: 'Cannot accommodate DMA translation for IOMMU page tables',
    },
    {
      ...{ kind: 'page-table-refused', error: true, in: '__arm_v7s_alloc_table', versions: '4.18-' },
      ...{ format: 'Page table does not fit in PTE: %pa', names: '@table' },
    },
    {
      ...{ kind: 'page-table', in: '__arm_lpae_alloc_pages, with observe.patch', versions: '4.4-' },
      ...{ format: 'dmaspec: page table ', effect: 'page-table', silent: true },
    },
    {
      ...{ kind: 'page-table-error', error: true, in: '__arm_lpae_unmap', versions: '6.16-' },
      format: 'Unmap of a partial large IOPTE is not allowed',
    },
  ]),
  // What people print when they look for a bug: `arm-lpae io-pgtable: pages = ffff8006f88f3000`.
  ...rows({ family: 'dma', file: 'none: debug prints with pr_fmt of io-pgtable-arm.c', by: BY }, [
    ...[' = ', ': ', '='].flatMap(is => [
      {
        ...{ kind: 'page-table-print', format: `pages${is}%px`, names: '^pages' },
        ...{ in: '__arm_lpae_alloc_pages', versions: 'any' },
      },
      {
        ...{ kind: 'page-table-print', format: `dma${is}%pad`, names: '@dma' },
        ...{ in: '__arm_lpae_alloc_pages', versions: 'any' },
      },
      {
        ...{ kind: 'page-table-print', format: `virt_to_phys(pages)${is}%pa`, names: '@phys' },
        ...{ in: '__arm_lpae_alloc_pages', versions: 'any' },
      },
      {
        ...{ kind: 'page-table-print', format: `phys${is}%pa`, names: '@phys' },
        ...{ in: '__arm_lpae_alloc_pages', versions: 'any' },
      },
    ]),
  ]),
  ...rows({ family: 'iommu', file: 'drivers/iommu/io-pgtable-arm.c, io-pgtable-arm-selftests.c', by: BY }, [
    {
      ...{ kind: 'page-table-selftest', in: 'arm_lpae_do_selftests', versions: '4.4-6.18' },
      ...{ format: 'selftest: pgsize_bitmap 0x%08lx, IAS %u', names: 'pgsizes ias' },
    },
    {
      ...{ kind: 'page-table-selftest', in: 'arm_lpae_do_selftests', versions: '4.4-6.18' },
      ...{ format: 'selftest: completed with %d PASS %d FAIL', names: 'pass fail' },
    },
    {
      ...{ kind: 'page-table-selftest-failed', error: true, in: 'arm_lpae_run_tests', versions: '4.4-' },
      ...{ format: 'selftest: test failed for fmt idx %d', names: 'format' },
    },
    {
      ...{ kind: 'page-table-selftest-failed', error: true, in: 'arm_lpae_run_tests', versions: '4.4-' },
      format: 'selftest: failed to allocate io pgtable ops',
    },
    {
      ...{ kind: 'page-table-selftest', in: 'arm_v7s_do_selftests', versions: '4.6-' },
      format: 'self test ok',
    },
    {
      ...{ kind: 'page-table-selftest', in: 'arm_lpae_dump_ops', versions: '4.4-6.18' },
      ...{ format: 'cfg: pgsize_bitmap 0x%lx, ias %u-bit', names: 'pgsizes ias' },
    },
    {
      ...{ kind: 'page-table-selftest', in: 'arm_lpae_dump_ops', versions: '4.4-6.18' },
      ...{ format: 'data: %d levels, 0x%zx pgd_size', names: 'levels size' },
    },
  ]),
]
