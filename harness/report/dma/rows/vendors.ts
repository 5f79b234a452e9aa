import { amdFault, dartFault, dmarFault, named, reasoned, tegraFault } from '../faults/others.ts'
import { contextFault } from '../faults/smmu.ts'
import { rows } from '../row.ts'

const ERROR = { error: true, versions: '4.4-' } as const

/** What the other IOMMUs say of a transfer that they refuse. What else their drivers print is `…-other`. */
export const VENDORS = [
  ...rows({ family: 'iommu', file: 'drivers/iommu/virtio-iommu.c', by: 'virtio_iommu' }, [
    ...['page', 'domain', 'unknown'].flatMap(reason => [
      {
        ...{ kind: 'virtio-iommu-fault', error: true, in: 'viommu_fault_handler', versions: '5.3-' },
        ...{ format: `${reason} fault from EP %u at %#llx [%s]`, names: 'stream ^iova access' },
        fault: named(`${reason} fault`),
      },
      {
        ...{ kind: 'virtio-iommu-fault', error: true, in: 'viommu_fault_handler', versions: '5.3-' },
        ...{ format: `${reason} fault from EP %u`, names: 'stream', fault: named(`${reason} fault`) },
      },
    ]),
    {
      ...{ kind: 'virtio-iommu-size', in: 'viommu_probe', versions: '5.3-' },
      ...{ format: 'input address: %u bits', names: 'bits' },
    },
    {
      ...{ kind: 'virtio-iommu-page-mask', in: 'viommu_probe', versions: '5.3-' },
      ...{ format: 'page mask: %#llx', names: 'pages' },
    },
  ]),
  ...rows({ family: 'iommu', file: 'drivers/iommu/rockchip-iommu.c' }, [
    {
      ...{ kind: 'rockchip-fault', in: 'rk_iommu_irq', ...ERROR, fault: named('page fault') },
      ...{ format: 'Page fault at %pad of type %s', names: '^iova access' },
    },
    {
      ...{ kind: 'rockchip-bus-error', in: 'rk_iommu_irq', ...ERROR, fault: named('bus error') },
      ...{ format: 'BUS_ERROR occurred at %pad', names: '^iova' },
    },
    {
      ...{ kind: 'rockchip-fault-walk', in: 'log_iova', ...ERROR, effect: 'detail' },
      format: 'iova = %pad: dte_index: %#03x pte_index: %#03x page_offset: %#03x',
      names: '^iova dte_index pte_index page_offset',
    },
    {
      ...{ kind: 'rockchip-fault-walk', in: 'log_iova', ...ERROR, effect: 'detail' },
      format: 'mmu_dte_addr: %pa dte@%pa: %#08x valid: %u pte@%pa: %#08x valid: %u page@%pa flags: %#03x',
      names: '@mmu_dte_addr @dte_addr dte dte_valid @pte_addr pte pte_valid @page flags',
    },
    {
      ...{ kind: 'iommu-already-mapped', in: 'rk_iommu_map_iova', ...ERROR },
      format: 'iova: %pad already mapped to %pa cannot remap to phys: %pa prot: %#x',
      names: '^iova @have @want prot',
    },
    {
      ...{ kind: 'iommu-table-unmapped', in: 'rk_dte_get_page_table', ...ERROR },
      format: 'DMA mapping error while allocating page table',
    },
  ]),
  ...rows({ family: 'iommu', file: 'drivers/iommu/sun50i-iommu.c' }, [
    {
      ...{ kind: 'sun50i-fault', error: true, in: 'sun50i_iommu_report_fault', versions: '5.8-' },
      ...{ format: 'Page fault for %pad (master %d, dir %s)', names: '^iova stream access' },
      fault: named('page fault'),
    },
    {
      ...{ kind: 'iommu-already-mapped', error: true, in: 'sun50i_iommu_map', versions: '5.8-' },
      format: 'iova %pad already mapped to %pa cannot remap to %pa prot: %#x',
      names: '^iova @have @want prot',
    },
  ]),
  ...rows({ family: 'iommu', file: 'drivers/iommu/exynos-iommu.c', by: 'exynos-sysmmu' }, [
    {
      ...{ kind: 'exynos-fault', error: true, in: 'show_fault_information', versions: '6.3-' },
      ...{
        format: '%s: [%s] %s FAULT occurred at %#x',
        names: 'master access reason ^iova',
        fault: reasoned,
      },
    },
    {
      ...{ kind: 'exynos-fault', error: true, in: 'show_fault_information', versions: '4.4-6.2' },
      ...{ format: '%s: %s FAULT occurred at %#x', names: 'master reason ^iova', fault: reasoned },
    },
  ]),
  ...rows({ family: 'iommu', file: 'drivers/iommu/mtk_iommu.c, mtk_iommu_v1.c' }, [
    {
      ...{ kind: 'mediatek-fault', error: true, in: 'mtk_iommu_isr', versions: '5.18-' },
      format: 'fault type=0x%x iova=0x%llx pa=0x%llx master=0x%x(larb=%d port=%d) layer=%d %s',
      ...{ names: 'status ^iova @pa stream larb port layer access', fault: named('translation fault') },
    },
    {
      ...{ kind: 'mediatek-fault', in: 'mtk_iommu_isr', ...ERROR },
      format: 'fault type=0x%x iova=0x%x pa=0x%x larb=%d port=%d layer=%d %s',
      ...{ names: 'status ^iova @pa larb port layer access', fault: named('translation fault') },
    },
    {
      ...{ kind: 'mediatek-fault', in: 'mtk_iommu_isr', ...ERROR },
      format: 'fault type=0x%x iova=0x%x pa=0x%x larb=%d port=%d',
      ...{ names: 'status ^iova @pa larb port', fault: named('translation fault') },
    },
  ]),
  ...rows({ family: 'iommu', file: 'drivers/iommu/apple-dart.c' }, [
    {
      ...{ kind: 'dart-fault', error: true, in: 'apple_dart_t8020_irq', versions: '5.15-', fault: dartFault },
      format: 'translation fault: status:0x%x stream:%d code:0x%x (%s) at 0x%llx',
      names: 'status stream code reason ^iova',
    },
  ]),
  ...rows({ family: 'iommu', file: 'drivers/iommu/omap-iommu.c', by: 'omap-iommu' }, [
    {
      ...{ kind: 'omap-fault', in: 'iommu_fault_handler', ...ERROR, fault: named('translation fault') },
      ...{ format: '%s: errs:0x%08x da:0x%08x', names: 'iommu status ^iova' },
    },
  ]),
  ...rows({ family: 'iommu', file: 'drivers/iommu/msm_iommu.c', by: 'msm_iommu' }, [
    {
      ...{ kind: 'msm-fault', in: 'msm_iommu_fault_handler', ...ERROR },
      format: 'Unexpected IOMMU page fault!',
    },
    {
      ...{ kind: 'msm-fault-registers', in: 'print_ctx_regs', ...ERROR },
      ...{ format: 'FAR    = %08x    PAR    = %08x', names: '^iova par', fault: contextFault },
    },
    {
      ...{ kind: 'msm-fault-registers', in: 'print_ctx_regs', ...ERROR, effect: 'detail' },
      ...{ format: 'FSR    = %08x [%s]', names: 'fsr bits' },
    },
  ]),
  ...rows({ family: 'iommu', file: 'drivers/memory/tegra/mc.c', by: 'tegra-mc' }, [
    {
      ...{
        kind: 'tegra-fault',
        error: true,
        in: 'tegra30_mc_handle_irq',
        versions: '4.4-',
        fault: tegraFault,
      },
      ...{ format: '%s: secure %s @%pa: %s (%s', names: 'client access ^iova reason more' },
    },
    {
      ...{
        kind: 'tegra-fault',
        error: true,
        in: 'tegra30_mc_handle_irq',
        versions: '4.4-',
        fault: tegraFault,
      },
      ...{ format: '%s: non-secure %s @%pa: %s (%s', names: 'client access ^iova reason more' },
    },
    {
      ...{
        kind: 'tegra-fault',
        error: true,
        in: 'tegra30_mc_handle_irq',
        versions: '4.4-',
        fault: tegraFault,
      },
      ...{ format: '%s: %s @%pa: %s (%s', names: 'client access ^iova reason more' },
    },
  ]),
  ...rows({ family: 'iommu', file: 'drivers/iommu/amd/iommu.c', by: 'AMD-Vi' }, [
    {
      ...{ kind: 'amd-fault', in: 'amd_iommu_report_page_fault', ...ERROR, fault: amdFault },
      format: 'Event logged [IO_PAGE_FAULT ',
      pairs: '^address domain flags',
    },
    {
      ...{ kind: 'amd-event', in: 'iommu_print_event', ...ERROR, pairs: '^address flags' },
      ...{ format: 'Event logged [%s ', names: 'event' },
    },
    {
      ...{ kind: 'amd-timeout', in: 'wait_on_sem', ...ERROR },
      format: 'Completion-Wait loop timed out',
    },
  ]),
  ...rows({ family: 'iommu', file: 'drivers/iommu/intel/dmar.c', by: 'DMAR' }, [
    ...['DMA Read', 'DMA Write'].flatMap(access => [
      {
        ...{ kind: 'intel-fault', error: true, in: 'dmar_fault_do_one', versions: '5.11-', fault: dmarFault },
        format: `[${access} NO_PASID] Request device [%s] fault addr 0x%llx [fault reason 0x%02x] %s`,
        ...{ names: 'device ^iova code reason', says: { access } },
      },
      {
        ...{ kind: 'intel-fault', error: true, in: 'dmar_fault_do_one', versions: '5.11-', fault: dmarFault },
        format: `[${access} PASID 0x%x] Request device [%s] fault addr 0x%llx [fault reason 0x%02x] %s`,
        ...{ names: 'pasid device ^iova code reason', says: { access } },
      },
      {
        ...{ kind: 'intel-fault', error: true, in: 'dmar_fault_do_one', versions: '5.2-5.10' },
        format: `[${access}] Request device [%s] PASID %x fault addr %llx [fault reason %02d] %s`,
        ...{ names: 'device pasid ^iova code reason', says: { access }, fault: dmarFault },
      },
      {
        ...{ kind: 'intel-fault', in: 'dmar_fault_do_one', ...ERROR, fault: dmarFault },
        format: `[${access}] Request device [%s] fault addr %llx [fault reason %02d] %s`,
        ...{ names: 'device ^iova code reason', says: { access } },
      },
    ]),
    {
      ...{ kind: 'intel-fault-status', in: 'dmar_fault', ...ERROR, names: 'status' },
      format: 'DRHD: handling fault status reg %x',
    },
  ]),
]
