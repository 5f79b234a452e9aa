import { contextFault, globalFault } from '../faults/smmu.ts'
import { rows } from '../row.ts'

const BY = ['arm-smmu', 'arm-smmu-nvidia', 'smmu']

/** Arm's SMMU, versions 1 and 2, and Qualcomm's. */
export const SMMU = [
  ...rows({ family: 'iommu', file: 'drivers/iommu/arm/arm-smmu/arm-smmu.c, qcom_iommu.c' }, [
    {
      // 4.4 has iova, fsynr and cb; 4.5 has fsr; 5.3 cbfrsynra. Vendors' kernels have them in another order.
      ...{ kind: 'smmu-context-fault', error: true, in: 'arm_smmu_context_fault', versions: '4.4-' },
      ...{ format: 'Unhandled context fault: ', pairs: '^iova fsr fsynr cbfrsynra cb', fault: contextFault },
    },
    {
      ...{ kind: 'smmu-global-fault', error: true, in: 'arm_smmu_global_fault', versions: '4.4-' },
      format: 'Unexpected global fault, this could be serious',
    },
    {
      ...{ kind: 'smmu-global-fault', error: true, in: 'arm_smmu_global_fault', versions: '5.9-' },
      ...{ format: 'Blocked unknown Stream ID 0x%hx; boot with', names: 'stream' },
    },
    {
      ...{ kind: 'smmu-global-fault-registers', error: true, in: 'arm_smmu_global_fault', versions: '4.4-' },
      ...{ format: 'GFSR 0x%08x, GFSYNR0 0x%08x, GFSYNR1 0x%08x, GFSYNR2 0x%08x' },
      ...{ names: 'gfsr gfsynr0 gfsynr1 gfsynr2', fault: globalFault },
    },
  ]),
  ...rows({ family: 'iommu', file: 'drivers/iommu/arm/arm-smmu/arm-smmu.c', by: BY }, [
    {
      // Three lines of one fault since 6.12, and in Qualcomm's kernels before.
      ...{ kind: 'smmu-context-fault-registers', error: true, in: 'arm_smmu_print_context_fault_info' },
      ...{
        format: 'FSR    = %08x [%s], SID=0x%x',
        names: 'fsr bits sid',
        effect: 'detail',
        versions: '6.12-',
      },
    },
    {
      ...{ kind: 'smmu-context-fault-registers', error: true, in: 'arm_smmu_context_fault' },
      ...{ format: 'FSR    = %08x [%s]', names: 'fsr bits', effect: 'detail', versions: "vendors' kernels" },
    },
    {
      ...{ kind: 'smmu-context-fault-registers', error: true, in: 'arm_smmu_print_context_fault_info' },
      ...{ format: 'FSYNR0 = %08x [%s]', names: 'fsynr0 bits', effect: 'detail', versions: '6.12-' },
    },
    {
      ...{ kind: 'smmu-context-fault-registers', error: true, in: 'arm_smmu_context_fault' },
      ...{ format: 'FAR    = %016lx', names: '^far', effect: 'detail', versions: "vendors' kernels" },
    },
    {
      ...{ kind: 'smmu-sync-timeout', error: true, in: '__arm_smmu_tlb_sync', versions: '4.4-' },
      format: 'TLB sync timed out -- SMMU may be deadlocked',
    },
    {
      ...{ kind: 'smmu-probe', in: 'arm_smmu_device_cfg_probe', versions: '4.4-' },
      format: 'probing hardware configuration...',
    },
    {
      ...{ kind: 'smmu-version', in: 'arm_smmu_device_cfg_probe', versions: '4.4-' },
      ...{ format: 'SMMUv%d with:', names: 'version' },
    },
    ...['stage 1 translation', 'stage 2 translation', 'nested translation', 'address translation ops'].map(
      format => ({
        ...{ kind: 'smmu-feature', in: 'arm_smmu_device_cfg_probe', versions: '4.4-', format },
      }),
    ),
    ...['coherent table walk', 'non-coherent table walk', '(IDR0.CTTW overrid'].map(format => ({
      ...{ kind: 'smmu-coherent-walk', in: 'arm_smmu_device_cfg_probe', versions: '4.4-', format },
    })),
    {
      ...{ kind: 'smmu-streams', in: 'arm_smmu_device_cfg_probe', versions: '4.4-' },
      ...{ format: 'stream matching with %u register groups', names: 'groups' },
    },
    {
      ...{ kind: 'smmu-contexts', in: 'arm_smmu_device_cfg_probe', versions: '4.4-' },
      ...{ format: '%u context banks (%u stage-2 only)', names: 'banks stage2' },
    },
    {
      ...{ kind: 'smmu-page-sizes', in: 'arm_smmu_device_cfg_probe', versions: '4.4-' },
      ...{ format: 'Supported page sizes: 0x%08lx', names: 'pgsizes' },
    },
    {
      ...{ kind: 'smmu-address-sizes', in: 'arm_smmu_device_cfg_probe', versions: '4.4-' },
      ...{ format: 'Stage-1: %lu-bit VA -> %lu-bit IPA', names: 'va ipa' },
    },
    {
      ...{ kind: 'smmu-address-sizes', in: 'arm_smmu_device_cfg_probe', versions: '4.4-' },
      ...{ format: 'Stage-2: %lu-bit IPA -> %lu-bit PA', names: 'ipa pa' },
    },
    {
      ...{ kind: 'smmu-boot-mappings', in: 'arm_smmu_rmr_install_bypass_smr', versions: '5.12-' },
      ...{ format: 'preserved %d boot mapping', names: 'mappings' },
    },
    {
      ...{ kind: 'smmu-disabled', in: 'arm_smmu_device_shutdown', versions: '4.10-' },
      format: 'disabling translation',
    },
    {
      ...{ kind: 'smmu-erratum', in: 'cavium_cfg_probe', versions: '4.7-' },
      ...{ format: 'enabling workaround for Cavium erratum %d', names: 'erratum' },
    },
    {
      ...{ kind: 'smmu-option', in: 'parse_driver_options', versions: '4.4-' },
      ...{ format: 'option %s', names: 'option' },
    },
    {
      ...{ kind: 'smmu-software-walk-failed', error: true, in: 'qcom_smmu_context_fault', versions: '6.10-' },
      format: 'SOFTWARE TABLE WALK FAILED! Looks like',
    },
    {
      ...{ kind: 'smmu-software-walk', error: true, in: 'qcom_smmu_context_fault', versions: '6.10-' },
      ...{ format: 'soft iova-to-phys=%pa', names: '@phys' },
    },
    {
      ...{ kind: 'smmu-hardware-walk', error: true, in: 'qcom_smmu_context_fault', versions: '6.10-' },
      ...{ format: 'hard iova-to-phys (ATOS)=%pa', names: '@phys' },
    },
    {
      ...{ kind: 'smmu-hardware-walk', error: true, in: 'qcom_smmu_context_fault', versions: '6.10-' },
      format: 'hard iova-to-phys (ATOS) failed',
    },
  ]),
  ...rows({ family: 'iommu', file: 'drivers/iommu/arm/arm-smmu/arm-smmu.c' }, [
    {
      ...{ kind: 'smmu-translate-failed', error: true, in: 'arm_smmu_iova_to_phys_hard', versions: '4.4-' },
      format: 'iova to phys timed out on %pad. Falling back to software table walk.',
      names: '^iova',
    },
    {
      ...{ kind: 'smmu-translate-failed', error: true, in: 'arm_smmu_iova_to_phys_hard', versions: '4.4-' },
      ...{ format: 'PAR = 0x%llx', names: 'par' },
    },
    {
      ...{ kind: 'smmu-stream-range', error: true, in: 'arm_smmu_probe_device', versions: '4.9-' },
      ...{ format: 'stream ID 0x%x out of range for SMMU (0x%x)', names: 'stream mask' },
    },
    {
      ...{ kind: 'smmu-stream-range', error: true, in: 'arm_smmu_probe_device', versions: '4.9-' },
      ...{ format: 'SMR mask 0x%x out of range for SMMU (0x%x)', names: 'smr mask' },
    },
    {
      ...{ kind: 'smmu-attach-failed', error: true, in: 'arm_smmu_attach_dev', versions: '4.4-6.1' },
      format: 'cannot attach to SMMU, is it on the same bus?',
    },
    {
      ...{ kind: 'smmu-attach-failed', error: true, in: 'arm_smmu_attach_dev', versions: '4.4-6.1' },
      format: 'cannot attach to SMMU %s whilst already attached to domain on SMMU %s',
      names: 'have smmu',
    },
  ]),
]
