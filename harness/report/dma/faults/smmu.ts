import type { Syndrome, Values } from '../row.ts'
import { bit, field, numberOf, words } from './bits.ts'

/** drivers/iommu/arm/arm-smmu/arm-smmu.h, ARM_SMMU_CB_FSR_*; Arm IHI 0062, SMMU_CBn_FSR. */
const FSR = [
  [1, 'translation fault'],
  [2, 'access flag fault'],
  [3, 'permission fault'],
  [4, 'external abort'],
  [5, 'TLB match conflict'],
  [6, 'TLB lock fault'],
  [7, 'address size fault'],
  [8, 'unsupported upstream transaction'],
  [31, 'multiple faults'],
] as const

/** Arm IHI 0062, SMMU_sGFSR. */
const GFSR = [
  [0, 'invalid context fault'],
  [1, 'unidentified stream fault'],
  [2, 'stream match conflict fault'],
  [3, 'unimplemented context bank fault'],
  [4, 'unimplemented context interrupt fault'],
  [5, 'configuration access fault'],
  [6, 'external abort'],
  [7, 'permission fault'],
  [8, 'unsupported upstream transaction'],
  [31, 'multiple faults'],
] as const

/** A context fault in any of its wordings; Qualcomm's too (qcom_iommu.c, msm_iommu.c: the same registers). */
export function contextFault(values: Values): Syndrome {
  const status = numberOf(values, 'fsr')
  const syndrome = numberOf(values, 'fsynr')
  const context = numberOf(values, 'cb')
  const stream = numberOf(values, 'cbfrsynra')
  return {
    status,
    iova: numberOf(values, 'iova'),
    access: syndrome === null ? null : accessOf(syndrome),
    reason: status === null ? null : words(status, FSR),
    context: context === null ? null : Number(context),
    // SMMU_CBFRSYNRA: SSD index above, stream id in bits 15:0.
    stream: stream === null ? null : field(stream, 15, 0),
  }
}

/** SMMU_CBn_FSYNR0: WNR is bit 4, IND bit 6. */
function accessOf(fsynr: bigint): 'read' | 'write' | 'execute' {
  if (bit(fsynr, 4)) return 'write'
  return bit(fsynr, 6) ? 'execute' : 'read'
}

/** `GFSR 0x…, GFSYNR0 0x…, GFSYNR1 0x…, GFSYNR2 0x…`: SMMU_sGFSYNR0's WNR is bit 1, IND bit 3. */
export function globalFault(values: Values): Syndrome {
  const [status, syndrome, streams] = ['gfsr', 'gfsynr0', 'gfsynr1'].map(name => numberOf(values, name))
  return {
    status: status ?? null,
    access:
      syndrome === null || syndrome === undefined
        ? null
        : bit(syndrome, 1)
          ? 'write'
          : bit(syndrome, 3)
            ? 'execute'
            : 'read',
    reason: status === null || status === undefined ? null : words(status, GFSR),
    stream: streams === null || streams === undefined ? null : field(streams, 15, 0),
  }
}
