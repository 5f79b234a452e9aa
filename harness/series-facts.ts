/** What the kernels of a series do differently, where specs would otherwise not hold for them. */
import type { Series } from './types.ts'

export interface SeriesFacts {
  /** Titles of the WARNs that come with a refused page table. */
  refusalWarnings: readonly string[]
  /**
   * The groups that SATA is seen to join before the page table is refused. A kernel that joins first leaves without a
   * word when it fails (drivers/iommu/iommu.c: __iommu_probe_device()).
   */
  groupsBeforeRefusal: readonly { device: string; group: number }[]
  /**
   * Where domain-free-unguarded dereferences NULL. In a function that ipmmu_domain_free() calls, it is before that
   * one has a frame: the caller is in lr and not in the call trace.
   */
  nullDerefIn: string
}

const usual: SeriesFacts = { refusalWarnings: [], groupsBeforeRefusal: [], nullDerefIn: 'ipmmu_domain_free' }
const joined = [{ device: 'ee300000.sata', group: 0 }]

const table: Readonly<Record<Series, SeriesFacts>> = {
  '5.10': { ...usual, nullDerefIn: 'ipmmu_ctx_write_all.constprop.0' },
  '6.12': {
    ...usual,
    refusalWarnings: ['warning in iommu_setup_default_domain'],
    groupsBeforeRefusal: joined,
  },
}

/** The facts of a series: nothing special unless the table says so. */
export function factsOf(series: Series): SeriesFacts {
  return table[series] ?? usual
}
