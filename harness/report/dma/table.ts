import { DIRECT } from './rows/direct.ts'
import { DMA_API } from './rows/dma-api.ts'
import { IO_PGTABLE } from './rows/io-pgtable.ts'
import { IOMMU_CORE } from './rows/iommu-core.ts'
import { IPMMU } from './rows/ipmmu.ts'
import { MEMORY } from './rows/memory.ts'
import { PCI } from './rows/pci.ts'
import { POOLS } from './rows/pools.ts'
import { SMMU } from './rows/smmu.ts'
import { SMMU3 } from './rows/smmu3.ts'
import { SWIOTLB } from './rows/swiotlb.ts'
import { VENDORS } from './rows/vendors.ts'
import type { Row } from './row.ts'
import { SHORTEST } from '../slots.ts'

/** Every message that is known, by family: of two that fit a line the first counts. */
export const FAMILIES: Readonly<Record<string, readonly Row[]>> = {
  'Page tables': IO_PGTABLE,
  'IOMMU core': IOMMU_CORE,
  'Renesas IPMMU and DMA controller': IPMMU,
  'Arm SMMU, versions 1 and 2': SMMU,
  'Arm SMMU, version 3': SMMU3,
  'Other IOMMUs': VENDORS,
  swiotlb: SWIOTLB,
  'DMA masks and limits': DIRECT,
  'Pools and reserved memory': POOLS,
  'DMA-API debugging': DMA_API,
  'Memory map': MEMORY,
  'PCI windows': PCI,
}

export const ROWS: readonly Row[] = Object.values(FAMILIES).flat()

/** A row that only its head leads to. */
export function startsFree(row: Row): boolean {
  return row.compiled.prefix.length < SHORTEST
}

/** Who starts a line: a driver, whose device follows, or a subsystem's pr_fmt. */
export interface Head {
  name: string
  family: 'dma' | 'iommu'
  /** What a message is that no row knows; null: it is nothing of ours. */
  other: string | null
}

const DRIVERS = {
  'ipmmu-vmsa': 'ipmmu-other',
  'rcar-dmac': 'rcar-dmac-other',
  'arm-smmu': 'smmu-other',
  'arm-smmu-v3': 'smmu3-other',
  qcom_iommu: 'smmu-other',
  'qcom-iommu': 'smmu-other',
  'qcom-iommu-ctx': 'smmu-other',
  virtio_iommu: 'virtio-iommu-other',
  rk_iommu: 'rockchip-other',
  'exynos-sysmmu': 'exynos-other',
  'mtk-iommu': 'mediatek-other',
  'mtk-iommu-v1': 'mediatek-other',
  'sun50i-iommu': 'sun50i-other',
  'apple-dart': 'dart-other',
  msm_iommu: 'msm-other',
  'omap-iommu': 'omap-other',
  'tegra-smmu': 'tegra-other',
  'tegra-mc': 'tegra-other',
  'sprd-iommu': 'sprd-other',
  'vsi-iommu': 'vsi-other',
  'riscv-iommu': 'riscv-other',
  iommu: 'iommu-other',
  DMAR: 'intel-other',
  'AMD-Vi': 'amd-other',
  'arm-lpae io-pgtable': 'page-table-other',
  'arm-v7s io-pgtable': 'page-table-other',
  'dart io-pgtable': 'page-table-other',
} as const
const SUBSYSTEMS = {
  'software IO TLB': 'swiotlb-other',
  'DMA-API': 'dma-api-other',
  cma: 'cma-other',
  'Reserved memory': 'reserved-memory-other',
  'reserved mem': 'reserved-memory-other',
} as const

const named = (family: Head['family'], names: Readonly<Record<string, string>>) =>
  Object.entries(names).map(([name, other]): Head => ({ name, family, other }))
const known = [...named('iommu', DRIVERS), ...named('dma', SUBSYSTEMS)]

/** Those, and whoever a row has that starts with a conversion: it can be found by nothing else. */
export const HEADS: readonly Head[] = [
  ...known,
  ...[...new Set(ROWS.filter(startsFree).flatMap(row => row.by ?? []))]
    .filter(name => !known.some(head => head.name === name))
    .map((name): Head => ({ name, family: 'dma', other: null })),
]
