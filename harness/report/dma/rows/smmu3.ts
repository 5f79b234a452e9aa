import { decodedAccess, decodedEvent } from '../faults/smmu3.ts'
import { rows } from '../row.ts'

const BY = 'arm-smmu-v3'

/** Arm's SMMU, version 3. What no row knows of its driver is `smmu3-other`. */
export const SMMU3 = [
  ...rows({ family: 'iommu', file: 'drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c', by: BY }, [
    {
      // Four words follow, a line each.
      ...{ kind: 'smmu3-event', error: true, in: 'arm_smmu_dump_raw_event', versions: '4.4-' },
      ...{ format: 'event 0x%02x received:', names: 'id', effect: 'event' },
    },
    {
      ...{ kind: 'smmu3-word', error: true, in: 'arm_smmu_dump_raw_event', versions: '4.4-' },
      ...{ format: '0x%016llx', names: 'word', effect: 'event-word', silent: true },
    },
    {
      ...{ kind: 'smmu3-event-decoded', error: true, in: 'arm_smmu_dump_event', versions: '6.15-' },
      format: 'event: %s client: %s sid: %#x ssid: %#x iova: %#llx ipa: %#llx',
      ...{ names: 'event client sid ssid ^iova ipa', effect: 'event-decoded', fault: decodedEvent },
    },
    {
      ...{ kind: 'smmu3-event-decoded', error: true, in: 'arm_smmu_dump_event', versions: '6.15-' },
      format: 'event: %s client: %s sid: %#x ssid: %#x fetch_addr: %#llx',
      ...{ names: 'event client sid ssid @fetch_addr', effect: 'event-decoded', fault: decodedEvent },
    },
    {
      ...{ kind: 'smmu3-event-decoded', error: true, in: 'arm_smmu_dump_event', versions: '6.15-' },
      format: 'event: %s client: %s sid: %#x ssid: %#x',
      ...{ names: 'event client sid ssid', effect: 'event-decoded', fault: decodedEvent },
    },
    ...['unpriv', 'priv'].map(privilege => ({
      ...{ kind: 'smmu3-event-access', error: true, in: 'arm_smmu_dump_event', versions: '6.15-' },
      ...{ format: `${privilege} %s %s %s "%s"%s stag: %#x`, names: 'kind access stage class more stag' },
      ...{ effect: 'event-access' as const, fault: decodedAccess },
    })),
    {
      ...{ kind: 'smmu3-command-error', error: true, in: '__arm_smmu_cmdq_skip_err', versions: '4.4-' },
      ...{ format: 'CMDQ error (cons 0x%08x): %s', names: 'cons reason' },
    },
    {
      ...{ kind: 'smmu3-command-error', error: true, in: '__arm_smmu_cmdq_skip_err', versions: '4.4-' },
      ...{ format: 'skipping command in error state:', effect: 'event' },
    },
    {
      ...{ kind: 'smmu3-command-error', error: true, in: '__arm_smmu_cmdq_skip_err', versions: '4.4-' },
      format: 'retrying command fetch',
    },
    {
      ...{ kind: 'smmu3-command-timeout', error: true, in: 'arm_smmu_cmdq_issue_cmdlist', versions: '5.4-' },
      format: 'CMD_SYNC timeout at 0x%08x [hwprod 0x%08x, hwcons 0x%08x]',
      names: 'prod hwprod hwcons',
    },
    {
      ...{ kind: 'smmu3-command-timeout', error: true, in: 'arm_smmu_cmdq_issue_cmd', versions: '4.4-5.3' },
      format: 'CMD_SYNC timeout',
    },
    {
      ...{ kind: 'smmu3-command-timeout', error: true, in: 'arm_smmu_cmdq_shared_lock', versions: '4.4-' },
      format: 'CMDQ timeout',
    },
    {
      ...{ kind: 'smmu3-overflow', error: true, in: 'arm_smmu_evtq_thread', versions: '4.4-' },
      format: 'EVTQ overflow detected -- events lost',
    },
    {
      ...{ kind: 'smmu3-overflow', error: true, in: 'arm_smmu_priq_thread', versions: '4.4-' },
      format: 'PRIQ overflow detected -- requests lost',
    },
    {
      ...{ kind: 'smmu3-page-request', error: true, in: 'arm_smmu_handle_ppr', versions: '4.4-' },
      format: 'unexpected PRI request received:',
    },
    {
      ...{ kind: 'smmu3-page-request', error: true, in: 'arm_smmu_handle_ppr', versions: '4.4-' },
      format: 'sid 0x%08x.0x%05x: [%s] %s access at iova 0x%016llx',
      names: 'sid ssid group access ^iova',
    },
    {
      ...{ kind: 'smmu3-global-error', error: true, in: 'arm_smmu_gerror_handler', versions: '4.4-' },
      ...{ format: 'unexpected global error reported (0x%08x)', names: 'gerror' },
    },
    {
      ...{ kind: 'smmu3-service-failure', error: true, in: 'arm_smmu_gerror_handler', versions: '4.4-' },
      format: 'device has entered Service Failure Mode!',
    },
    ...['CMDQ MSI', 'EVTQ MSI', 'PRIQ MSI', 'GERROR MSI', 'EVTQ', 'PRIQ'].map(queue => ({
      ...{ kind: 'smmu3-write-aborted', error: true, in: 'arm_smmu_gerror_handler', versions: '4.4-' },
      format: `${queue} write aborted`,
    })),
    {
      ...{ kind: 'smmu3-coherent-walk', in: 'arm_smmu_device_hw_probe', versions: '4.4-' },
      ...{ format: 'IDR0.COHACC overrid%s FW configuration (%s)', names: '- coherent' },
    },
    {
      ...{ kind: 'smmu3-address-sizes', in: 'arm_smmu_device_hw_probe', versions: '4.4-6.16' },
      ...{ format: 'ias %lu-bit, oas %lu-bit (features 0x%08x)', names: 'ias oas features' },
    },
    {
      ...{ kind: 'smmu3-address-sizes', in: 'arm_smmu_device_hw_probe', versions: '6.17-' },
      ...{ format: 'oas %lu-bit (features 0x%08x)', names: 'oas features' },
    },
    {
      ...{ kind: 'smmu3-queue', in: 'arm_smmu_init_one_queue', versions: '5.2-' },
      ...{ format: 'allocated %u entries for %s', names: 'entries queue' },
    },
    {
      ...{ kind: 'smmu3-option', in: 'parse_driver_options', versions: '4.4-' },
      ...{ format: 'option mask 0x%x', names: 'options' },
    },
    {
      ...{ kind: 'smmu3-was-enabled', error: true, in: 'arm_smmu_device_reset', versions: '4.4-' },
      format: 'SMMU currently enabled! Resetting...',
    },
    {
      ...{ kind: 'smmu3-wired-irqs', in: 'arm_smmu_setup_msis', versions: '4.4-' },
      format: 'msi_domain absent - falling back to wired irqs',
    },
  ]),
  ...rows({ family: 'iommu', file: 'drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c' }, [
    {
      ...{ kind: 'smmu3-stream-alias', error: true, in: 'arm_smmu_insert_master', versions: '6.15-' },
      format: 'Aliasing StreamID 0x%x (from %s) unsupported, expect DMA to be broken',
      names: 'sid other',
    },
    {
      ...{ kind: 'smmu3-stream-alias', error: true, in: 'arm_smmu_insert_master', versions: '5.14-6.12' },
      ...{ format: 'stream %u already in tree', names: 'sid' },
    },
  ]),
]
