/**
 * What a cell can be booted on: a board, the IOMMU that its disk is behind, and how that IOMMU reads its page tables.
 * docs/platforms.md tells more of each.
 */
import type { BoardName, PlatformName } from '../types.ts'
import { boardOf, type Board } from './boards.ts'

/** An IOMMU, as the kernel has it. */
export interface Iommu {
  /** What it is and its driver, for people. */
  title: string
  /** The device that page tables are mapped for, as the kernel calls it; null if its name is a number that varies. */
  device: string | null
  /**
   * How it reads page tables: `incoherent`, so they are DMA-mapped; `coherent`, so they never are; `none` if the host
   * has the tables and the kernel sends requests.
   */
  walk: 'incoherent' | 'coherent' | 'none'
  /**
   * What becomes of the disk when the IOMMU's driver refuses its page table: `bare`, it goes on without the IOMMU, or
   * `dead`, as the IOMMU lets nothing through that it was not told of. null if it has no page table to refuse.
   */
  refused: 'bare' | 'dead' | null
  /** What becomes of the disk when the IOMMU's own probe fails for it: it does without, or waits for ever. */
  unprobed?: 'bare' | 'absent'
  /** When its driver makes the first page table: for a domain, or only when a device is attached to it. */
  table: 'alloc' | 'attach'
  /** True if domain-free-unguarded is in its driver: then a refusal ends in a NULL dereference. */
  unguarded: boolean
}

export interface Platform {
  name: PlatformName
  /** What it is, for people, in one line. */
  title: string
  board: Board
  /** QEMU's -M, without what the board adds. */
  machine: string
  /** QEMU's -device, each. */
  devices: readonly string[]
  /** Overlays that it always has, before the cell's own. */
  overlays: readonly string[]
  /** Overlays of a cell that wants the disk behind the IOMMU. */
  behind: readonly string[]
  /** Overlays by which the IOMMU's bus reaches 4 GiB and no more; none if it reads nothing by a bus. */
  limit: readonly string[]
  /** Properties that QEMU's device tree has and this platform has not: node, property. An overlay can only add. */
  without: readonly (readonly [node: string, property: string])[]
  /** null if there is none. */
  iommu: Iommu | null
}

interface PlatformRow extends Omit<Platform, 'board' | keyof typeof LISTS> {
  board: BoardName
  overlays?: readonly string[]
  behind?: readonly string[]
  limit?: readonly string[]
  without?: Platform['without']
  devices?: readonly string[]
}

/** What a row may leave out. */
const LISTS = { devices: [], overlays: [], behind: [], limit: [], without: [] } as const

/** The disk's controller in slot 1, so that its name is always the same. */
const AHCI = 'ich9-ahci,id=ahci,addr=01.0'

const smmuv3 = {
  title: 'SMMUv3 (arm-smmu-v3)',
  device: '9050000.smmuv3',
  walk: 'coherent',
  refused: null,
  // arm_smmu_domain_finalise(): in domain_alloc_paging_flags() since 6.12, in attach_dev() before.
  table: 'alloc',
  unguarded: false,
} as const

/** The default first. */
const rows: readonly PlatformRow[] = [
  {
    name: 'salvator-xs',
    title: 'Renesas R-Car H3 with our IPMMU and SATA',
    board: 'salvator-xs',
    machine: 'salvator-xs',
    behind: ['sata-behind-ipmmu'],
    limit: ['bus-limit-32bit'],
    iommu: {
      title: 'IPMMU (ipmmu-vmsa)',
      // IPMMU-MM, the main one: its leaves have no tables.
      device: 'e67b0000.iommu',
      walk: 'incoherent',
      refused: 'bare',
      // ipmmu_domain_init_context(), in attach_dev().
      table: 'attach',
      unguarded: true,
    },
  },
  {
    name: 'salvator-xs-mmu500',
    title: 'the same board with an MMU-500 in place of its IPMMUs: our SMMUv2',
    board: 'salvator-xs',
    machine: 'salvator-xs',
    behind: ['sata-behind-smmu-v2'],
    limit: ['bus-limit-32bit'],
    iommu: {
      title: 'MMU-500, SMMUv2 (arm-smmu)',
      device: 'ea200000.iommu',
      walk: 'incoherent',
      // Our kernels have CONFIG_ARM_SMMU_DISABLE_BYPASS_BY_DEFAULT=n: with arm-smmu.disable_bypass=1 the disk is dead.
      refused: 'bare',
      unprobed: 'absent',
      // arm_smmu_init_domain_context(), in attach_dev().
      table: 'attach',
      // arm_smmu_destroy_domain_context() has a guard of its own, which the fault leaves in.
      unguarded: false,
    },
  },
  {
    name: 'virt',
    title: "QEMU's virt: AHCI on PCIe, no IOMMU",
    board: 'virt',
    machine: 'virt',
    devices: [AHCI],
    iommu: null,
  },
  {
    name: 'virt-smmuv3',
    title: "QEMU's virt: AHCI on PCIe behind an SMMUv3, as QEMU has it: coherent",
    board: 'virt',
    machine: 'virt,iommu=smmuv3',
    devices: [AHCI],
    limit: ['bus-limit-32bit'],
    iommu: smmuv3,
  },
  {
    name: 'virt-smmuv3-noncoherent',
    title: 'the same, but its page-table walk is not coherent',
    board: 'virt',
    machine: 'virt,iommu=smmuv3',
    devices: [AHCI],
    limit: ['bus-limit-32bit'],
    // of_dma_is_coherent() (drivers/of/address.c) looks at the node, then at what is above it.
    without: [
      ['/smmuv3@9050000', 'dma-coherent'],
      ['/', 'dma-coherent'],
    ],
    iommu: { ...smmuv3, title: 'SMMUv3, not coherent', walk: 'incoherent', refused: 'dead' },
  },
  {
    name: 'virt-virtio-iommu',
    title: "QEMU's virt: AHCI on PCIe behind a virtio-iommu",
    board: 'virt',
    machine: 'virt',
    devices: [AHCI, 'virtio-iommu-pci,addr=02.0'],
    iommu: {
      title: 'virtio-iommu (virtio_iommu)',
      device: null,
      walk: 'none',
      refused: null,
      table: 'alloc',
      unguarded: false,
    },
  },
]

export const platforms: readonly Platform[] = rows.map(row => ({
  ...LISTS,
  ...row,
  board: boardOf(row.board),
}))

export const knownPlatforms: readonly PlatformName[] = platforms.map(({ name }) => name)

/** Those beside the board that have an IOMMU. */
export const otherPlatforms = platforms.filter(({ name, iommu }) => name !== 'salvator-xs' && iommu !== null)

/** A platform's row; the name is that of a cell, which was checked (cell/cell.ts). */
export function platformOf(name: PlatformName): Platform {
  const row = platforms.find(row => row.name === name)
  if (!row) throw new Error(`no platform is called '${name}'`)
  return row
}
