/**
 * Where each part of the images comes from. A row names Debian packages and suites, never a host: apt.ts finds the
 * mirror in the machine's own configuration. A mirror keeps only the newest few versions, so the newest of a row is
 * taken when the cache is first filled, and recorded there.
 */
import semver from 'semver'

/** A Debian package, and the suites that may have it; the newest version in any of them is taken. */
export interface PackageRow {
  packages: readonly string[]
  suites: readonly string[]
  /** `source` fetches the source package (.dsc and tarballs), anything else a .deb of that architecture. */
  architecture: 'source' | 'host' | 'arm64'
}

/**
 * What the drivers of a series do differently, where boots and specs would otherwise not hold for it. Each kernel
 * speaks for itself: a fact is a function in its source, named here, and a spec on its own boots shows it.
 */
export interface SeriesFacts {
  /** Overlays that every boot gets, before the cell's own: what this kernel can't live with in its own tree. */
  overlays: readonly string[]
  /** The message of io-pgtable-arm.c that refuses a bounced page table. */
  refusal: string
  /** Titles of the WARNs that come with a refused page table of the board's IPMMU, in order. */
  refusalWarnings: readonly string[]
  /** Those of them that come of mapping it: of any driver, whatever it then does. */
  bounceWarnings: readonly string[]
  /**
   * True if devices are attached while their IOMMU is registered: then a refusal fails that IOMMU's probe, which leaves
   * it switched off.
   */
  refusalFailsProbe: boolean
  /** Groups that the board's SATA joins before its page table is refused, and then leaves without a word. */
  groupsLeftSilently: readonly { device: string; group: number }[]
  /** Where domain-free-unguarded dereferences NULL: the symbol that pc is in. */
  nullDerefIn: string
}

/**
 * A kernel series. What else it has is in images/kernel/<series>/: config.fragment (how its configuration differs from
 * that of all), faults/ and observe.patch (its ports). docs/series.md has what was seen of each.
 */
export interface SeriesRow extends PackageRow {
  /** `6.1`, as `linux-source-<series>` has it. */
  series: string
  /** The board's device tree below arch/arm64/boot/dts. */
  dtb: string
  /** Steps that make prints for a whole build: the estimate of the first build's progress. */
  steps: number
  facts: SeriesFacts
}

/** The facts of 6.1, which most others share. */
const usual: SeriesFacts = {
  overlays: [],
  refusal: 'Cannot accommodate DMA translation for IOMMU page tables',
  refusalWarnings: [],
  bounceWarnings: [],
  refusalFailsProbe: false,
  groupsLeftSilently: [],
  nullDerefIn: 'ipmmu_domain_free',
}

/**
 * Drivers "are not allowed to fail the first domain attach": iommu_setup_default_domain() WARNs of one that does. What
 * failed is taken out of its group by __iommu_probe_device() itself, and not by iommu_group_remove_device(), which would
 * say `Removing from iommu group 0` as it does in 6.1 (drivers/iommu/iommu.c).
 */
const firstAttachMustSucceed = {
  refusalWarnings: ['warning in iommu_setup_default_domain'],
  groupsLeftSilently: [{ device: 'ee300000.sata', group: 0 }],
} as const

/** iommu_pages_start_incoherent() (drivers/iommu/iommu-pages.c), which 7.2 and 7.3 map page tables with. */
const BOUNCED = 'warning in iommu_pages_start_incoherent'

/**
 * - SATA is attached while its IPMMU is registered (drivers/iommu/iommu.c: iommu_device_register()): a refusal also
 *   fails that IPMMU's probe.
 * - Page tables are mapped by iommu_pages_start_incoherent() (drivers/iommu/iommu-pages.c), which WARNs of a bounced one
 *   before io-pgtable-arm.c refuses it.
 * - With `earlycon`, any line that is printed between the probes of two serial ports may kill the kernel: see
 *   dts/one-serial-port.dtso.
 */
const since72: SeriesFacts = {
  ...usual,
  ...firstAttachMustSucceed,
  overlays: ['one-serial-port'],
  refusalWarnings: [BOUNCED, ...firstAttachMustSucceed.refusalWarnings],
  bounceWarnings: [BOUNCED],
  refusalFailsProbe: true,
}

/** Oldest first. */
export const kernels: readonly SeriesRow[] = [
  {
    series: '5.10',
    packages: ['linux-source-5.10'],
    suites: ['bullseye', 'bullseye-security'],
    architecture: 'host',
    dtb: 'renesas/r8a77951-salvator-xs.dtb',
    steps: 1122,
    facts: {
      ...usual,
      // gcc leaves ipmmu_ctx_write_all() out of line, and it faults before it has a frame: its caller,
      // ipmmu_domain_free(), is in lr and not in the call trace.
      nullDerefIn: 'ipmmu_ctx_write_all',
    },
  },
  {
    series: '6.1',
    packages: ['linux-source-6.1'],
    suites: ['bookworm', 'bookworm-security'],
    architecture: 'host',
    dtb: 'renesas/r8a77951-salvator-xs.dtb',
    steps: 1214,
    facts: usual,
  },
  {
    series: '6.12',
    packages: ['linux-source-6.12'],
    suites: ['trixie', 'trixie-security', 'bookworm-security', 'bookworm-backports'],
    architecture: 'host',
    dtb: 'renesas/r8a77951-salvator-xs.dtb',
    steps: 1337,
    // It could do without the overlay. But somewhere between it and 7.2 a kernel can't any more (see there), and until
    // then this row speaks for those that are given.
    facts: { ...usual, ...firstAttachMustSucceed, overlays: ['one-serial-port'] },
  },
  {
    series: '7.2',
    packages: ['linux-source-7.2'],
    suites: ['forky', 'sid', 'trixie-backports'],
    architecture: 'host',
    dtb: 'renesas/r8a77951-salvator-xs.dtb',
    steps: 1418,
    facts: since72,
  },
  {
    series: '7.3',
    packages: ['linux-source-7.3'],
    suites: ['trixie-backports', 'experimental'],
    architecture: 'host',
    dtb: 'renesas/r8a77951-salvator-xs.dtb',
    steps: 1423,
    facts: since72,
  },
]

/** Faults that are also compiled in together: the two halves of the report crash only as a pair. */
export const faultPairs: readonly (readonly string[])[] = [['bus-mask-always-set', 'domain-free-unguarded']]

export const qemuSource: PackageRow = { packages: ['qemu'], suites: ['trixie'], architecture: 'source' }

/** QEMU 10 wants 1.5; bookworm has 1.0. */
export const meson: PackageRow = { packages: ['meson'], suites: ['bookworm-backports'], architecture: 'host' }

/** The guest's userland: a static busybox, and dropbear with the libraries that it is linked to. */
export const userland: PackageRow = {
  packages: [
    'busybox-static',
    'dropbear-bin',
    'libc6',
    'libcrypt1',
    'libgmp10',
    'libtomcrypt1',
    'libtommath1',
    'zlib1g',
  ],
  suites: ['bookworm', 'bookworm-security'],
  architecture: 'arm64',
}

/** The row of a series; undefined if there is none. */
export function kernelRow(series: string): SeriesRow | undefined {
  return kernels.find(row => row.series === series)
}

/**
 * The newest row that is not newer than a version: `6.9.0-rc1`, `7.2.13-1`. What is older than all rows gets the oldest,
 * and what is no version the newest.
 */
export function rowOfVersion(version: string): SeriesRow {
  const asked = semver.coerce(version)
  const row = asked
    ? (kernels.findLast(({ series }) => semver.lte(`${series}.0`, asked)) ?? kernels[0])
    : kernels.at(-1)
  if (!row) throw new Error('the table of series is empty')
  return row
}
