import { ipmmuFault } from '../faults/ipmmu.ts'
import { rows } from '../row.ts'

/** Renesas' IPMMU, and the DMA controller of the same SoCs. */
export const IPMMU = [
  ...rows({ family: 'iommu', file: 'drivers/iommu/ipmmu-vmsa.c' }, [
    {
      // arm32's `Unhandled fault: imprecise external abort (0x1406)` is another one, and a crash.
      ...{ kind: 'ipmmu-fault', error: true, in: 'ipmmu_domain_irq', versions: '4.4-', fault: ipmmuFault },
      ...{ format: 'Unhandled fault: status 0x%08x iova 0x%lx', names: 'status ^iova' },
    },
    {
      ...{ kind: 'ipmmu-walk-abort', error: true, in: 'ipmmu_domain_irq', versions: '4.4-' },
      ...{ format: 'Page Table Walk Abort @0x%lx', names: '^iova' },
    },
    {
      ...{ kind: 'ipmmu-tlb-hits', error: true, in: 'ipmmu_domain_irq', versions: '4.4-' },
      ...{ format: 'Multiple TLB hits @0x%lx', names: '^iova' },
    },
    {
      ...{ kind: 'ipmmu-context-failed', error: true, in: 'ipmmu_attach_device', versions: '4.4-' },
      format: 'Unable to initialize IPMMU context',
    },
    {
      ...{ kind: 'ipmmu-attach-failed', error: true, in: 'ipmmu_attach_device', versions: '4.4-' },
      format: 'Cannot attach to IPMMU',
    },
    {
      ...{ kind: 'ipmmu-attach-failed', error: true, in: 'ipmmu_attach_device', versions: '4.4-6.1' },
      ...{ format: "Can't attach IPMMU %s to domain on IPMMU %s", names: 'ipmmu other' },
    },
    {
      ...{ kind: 'ipmmu-context', in: 'ipmmu_attach_device', versions: '4.14-', effect: 'context' },
      ...{ format: 'Using IPMMU context %u', names: 'context' },
    },
    {
      ...{ kind: 'ipmmu-context', in: 'ipmmu_attach_device', versions: '4.14-', effect: 'context' },
      ...{ format: 'Reusing IPMMU context %u', names: 'context' },
    },
    {
      ...{ kind: 'ipmmu-context-reserved', in: 'ipmmu_probe', versions: '4.16-' },
      ...{ format: 'IPMMU context %u is reserved', names: 'context' },
    },
    {
      ...{ kind: 'ipmmu-sync-timeout', error: true, in: 'ipmmu_tlb_sync', versions: '4.4-' },
      format: 'TLB sync timed out -- MMU may be deadlocked',
    },
    {
      ...{ kind: 'ipmmu-mapping-failed', error: true, in: 'ipmmu_init_arm_mapping', versions: '4.4-' },
      format: 'failed to create ARM IOMMU mapping',
    },
  ]),
  ...rows({ family: 'iommu', file: 'drivers/dma/sh/rcar-dmac.c', by: 'rcar-dmac' }, [
    {
      ...{ kind: 'rcar-dmac-address-error', error: true, in: 'rcar_dmac_isr_channel', versions: '5.1-' },
      format: 'Channel Address Error',
    },
    {
      ...{ kind: 'rcar-dmac-error', error: true, in: 'rcar_dmac_chcr_de_barrier', versions: '4.15-' },
      format: 'CHCR DE check error',
    },
    {
      ...{ kind: 'rcar-dmac-map-failed', error: true, in: 'rcar_dmac_map_slave_addr', versions: '4.9-' },
      ...{ format: 'chan%u: failed to map %zx@%pap', names: 'channel size @addr' },
    },
    {
      ...{ kind: 'rcar-dmac-error', error: true, in: 'rcar_dmac_prep_dma_cyclic', versions: '4.4-' },
      ...{ format: 'chan%u: sg length %d exceeds limit %d', names: 'channel sg limit' },
    },
    {
      ...{ kind: 'rcar-dmac-error', error: true, in: 'rcar_dmac_prep_slave_sg', versions: '4.4-' },
      ...{ format: '%s: bad parameter: len=%d, id=%d', names: 'function len id' },
    },
    {
      ...{ kind: 'rcar-dmac-error', error: true, in: 'rcar_dmac_init', versions: '4.4-' },
      format: 'DMAOR initialization failed.',
    },
  ]),
]
