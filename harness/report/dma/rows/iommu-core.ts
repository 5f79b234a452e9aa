import { rows } from '../row.ts'

/** The IOMMU core, and DMA through it. */
export const IOMMU_CORE = [
  ...rows({ family: 'iommu', file: 'drivers/iommu/iommu.c' }, [
    {
      ...{ kind: 'group-joined', in: 'iommu_group_alloc_device', versions: '5.3-', effect: 'join-group' },
      ...{ format: 'Adding to iommu group %d', names: 'group' },
    },
    {
      ...{ kind: 'group-joined', in: 'iommu_group_add_device', versions: '4.4-5.2', effect: 'join-group' },
      ...{ format: 'Adding device %s to group %d', names: 'device group' },
    },
    {
      ...{ kind: 'group-left', in: '__iommu_group_remove_device', versions: '5.3-', effect: 'leave-group' },
      ...{ format: 'Removing from iommu group %d', names: 'group' },
    },
    {
      ...{ kind: 'group-left', in: 'iommu_group_remove_device', versions: '4.4-5.2', effect: 'leave-group' },
      ...{ format: 'Removing device %s from group %d', names: 'device group' },
    },
    {
      ...{ kind: 'group-failed', error: true, in: 'iommu_group_alloc_device', versions: '5.3-' },
      ...{ format: 'Failed to add to iommu group %d: %d', names: 'group error' },
    },
    {
      ...{ kind: 'group-failed', error: true, in: 'iommu_group_add_device', versions: '4.4-5.2' },
      ...{ format: 'Failed to add device %s to group %d: %d', names: 'device group error' },
    },
    {
      ...{ kind: 'iommu-direct', in: 'iommu_request_dm_for_dev', versions: '4.4-5.7' },
      format: 'Using iommu direct mapping',
    },
    {
      ...{ kind: 'iommu-direct', in: 'request_default_domain_for_dev', versions: '5.3-5.7' },
      format: 'Using iommu dma mapping',
    },
    {
      ...{ kind: 'iommu-unaligned', error: true, in: 'iommu_map', versions: '4.4-' },
      format: 'unaligned: iova 0x%lx pa %pa size 0x%zx min_pagesz 0x%x',
      names: '^iova @pa size min_pagesz',
    },
    {
      ...{ kind: 'iommu-unaligned', error: true, in: 'iommu_unmap', versions: '4.4-' },
      format: 'unaligned: iova 0x%lx size 0x%zx min_pagesz 0x%x',
      names: '^iova size min_pagesz',
    },
    {
      ...{ kind: 'iommu-domain-conflict', error: true, in: 'iommu_get_def_domain_type', versions: '6.7-' },
      format:
        'IOMMU driver error, requesting conflicting def_domain_type, %s and %s, for devices in group %u.',
      names: 'have want group',
    },
    {
      ...{
        kind: 'iommu-domain-conflict',
        error: true,
        in: 'probe_get_default_domain_type',
        versions: '5.8-6.6',
      },
      format: 'Device needs domain type %s, but device %s in the same iommu group requires type %s',
      names: 'want other have',
    },
    {
      ...{ kind: 'iommu-reserved-1to1', error: true, in: '__iommu_device_set_domain', versions: '6.8-' },
      format: 'Firmware has requested this device have a 1:1 IOMMU mapping',
    },
    {
      ...{ kind: 'iommu-late-probe', error: true, in: '__iommu_probe_device', versions: '6.15-' },
      format: 'late IOMMU probe at driver bind, something fishy here!',
    },
    {
      ...{ kind: 'iommu-attach-failed', error: true, in: '__iommu_attach_group', versions: '5.19-6.4' },
      format: 'iommu driver failed to attach',
    },
  ]),
  ...rows({ family: 'iommu', file: 'drivers/iommu/iommu.c', by: 'iommu' }, [
    {
      ...{ kind: 'iommu-default-domain', in: 'iommu_subsys_init', versions: '4.20-' },
      ...{ format: 'Default domain type: %s', names: 'domain' },
    },
    {
      ...{ kind: 'iommu-invalidation', in: 'iommu_subsys_init', versions: '5.14-' },
      ...{ format: 'DMA domain TLB invalidation policy: %s mode', names: 'policy' },
    },
    {
      ...{
        kind: 'iommu-domain-failed',
        error: true,
        in: '__iommu_group_alloc_default_domain',
        versions: '4.4-',
      },
      format: 'Failed to allocate default IOMMU domain of type %u for group %s - Falling back',
      names: 'domain group',
    },
    {
      ...{ kind: 'iommu-passthrough-off', in: 'iommu_subsys_init', versions: '5.4-' },
      format: 'Memory encryption detected - Disabling default IOMMU Passthrough',
    },
  ]),
  ...rows({ family: 'iommu', file: 'drivers/iommu/dma-iommu.c' }, [
    {
      ...{ kind: 'iommu-iova-failed', error: true, in: 'iova_reserve_pci_windows', versions: '5.1-' },
      ...{ format: 'Failed to reserve IOVA [%pa-%pa]', names: '^start ^end' },
    },
    {
      ...{ kind: 'iommu-dma-failed', error: true, in: 'iommu_setup_dma_ops', versions: '4.4-' },
      format: 'Failed to set up IOMMU for device %s; retaining platform DMA ops',
      names: 'device',
    },
    {
      ...{ kind: 'iommu-dma-failed', error: true, in: 'do_iommu_attach (arch/arm64)', versions: '4.4-4.6' },
      ...{ format: 'Failed to set up IOMMU domain for device %s', names: 'device' },
    },
    {
      ...{ kind: 'iommu-dma-failed', error: true, in: 'iommu_dma_init_domain', versions: '4.4-' },
      format: 'specified DMA range outside IOMMU capability',
    },
    {
      ...{ kind: 'iommu-dma-failed', error: true, in: 'iommu_dma_init_domain', versions: '4.4-' },
      format: 'Incompatible range for DMA domain',
    },
    {
      ...{ kind: 'iommu-dma-failed', error: true, in: 'iommu_dma_init_fq', versions: '5.11-' },
      format: 'iova flush queue initialization failed',
    },
    {
      ...{ kind: 'iommu-dma-bits', in: 'iommu_dma_alloc_iova', versions: '6.4-' },
      ...{ format: 'Using %d-bit DMA addresses', names: 'bits' },
    },
    {
      ...{ kind: 'iommu-dma-dac', in: 'iommu_dma_forcedac_setup', versions: '5.13-' },
      format: 'Forcing DAC for PCI devices',
    },
    {
      ...{ kind: 'iommu-bounce-missing', error: true, in: 'iommu_dma_map_phys', versions: '5.16-' },
      format: 'DMA bounce buffers are inactive, unable to map unaligned transaction.',
    },
    {
      ...{ kind: 'iommu-dma-failed', error: true, in: 'iommu_dma_get_sgtable', versions: '6.12-' },
      format: 'Unsupported alignment constraint',
    },
  ]),
  ...rows({ family: 'iommu', file: 'arch/arm/mm/dma-mapping.c' }, [
    {
      ...{ kind: 'iommu-dma-failed', error: true, in: 'arm_setup_iommu_dma_ops', versions: '4.4-' },
      format: 'Failed to create %llu-byte IOMMU mapping for device %s',
      names: 'size device',
    },
    {
      ...{ kind: 'iommu-dma-failed', error: true, in: 'arm_setup_iommu_dma_ops', versions: '4.4-' },
      ...{ format: 'Failed to attached device %s to IOMMU_mapping', names: 'device' },
    },
    {
      ...{ kind: 'iommu-dma-failed', error: true, in: '__map_init_dma_coherent', versions: '4.4-' },
      format: 'Failed to attach device to VA mapping',
    },
    {
      ...{
        kind: 'iommu-dma-failed',
        error: true,
        in: 'ipmmu_init_arm_mapping, mtk_iommu_v1',
        versions: '4.4-',
      },
      format: "Can't create IOMMU mapping - DMA-OPS will not work",
    },
  ]),
  ...rows({ family: 'iommu', file: 'drivers/iommu/of_iommu.c' }, [
    {
      ...{ kind: 'iommu-reserved-region', in: 'of_iommu_get_resv_regions', versions: '6.5-' },
      format: 'treating non-direct mapping [%pr] -> [%pap-%pap] as reservation',
      names: 'resource @start @end',
    },
    {
      ...{ kind: 'iommu-reserved-region', error: true, in: 'of_iommu_get_resv_regions', versions: '6.3-' },
      ...{ format: 'failed to parse memory region %pOF: %d', names: 'node error' },
    },
    {
      ...{ kind: 'iommu-reserved-region', error: true, in: 'of_iommu_get_resv_regions', versions: '6.5-' },
      format: 'Cannot reserve IOVA region of 0 size',
    },
    {
      ...{ kind: 'iommu-configure-failed', error: true, in: 'of_iommu_configure', versions: '4.11-6.5' },
      ...{ format: 'Adding to IOMMU failed: %d', names: 'error' },
    },
  ]),
]
