/**
 * Where each part of the images comes from. A row names Debian packages and suites, never a host: apt.ts finds the
 * mirror in the machine's own configuration. A mirror keeps only the newest few versions, so the newest of a row is
 * taken when the cache is first filled, and recorded there.
 */

/** A Debian package, and the suites that may have it; the newest version in any of them is taken. */
export interface PackageRow {
  packages: readonly string[]
  suites: readonly string[]
  /** `source` fetches the source package (.dsc and tarballs), anything else a .deb of that architecture. */
  architecture: 'source' | 'host' | 'arm64'
}

export interface SeriesRow extends PackageRow {
  /** `6.1`, as `linux-source-<series>` has it. */
  series: string
  /** The board's device tree below arch/arm64/boot/dts. */
  dtb: string
  /** Steps that make prints for a whole build: the estimate of the first build's progress. */
  steps: number
}

export const kernels: readonly SeriesRow[] = [
  {
    series: '5.10',
    packages: ['linux-source-5.10'],
    suites: ['bullseye', 'bullseye-security'],
    architecture: 'host',
    dtb: 'renesas/r8a77951-salvator-xs.dtb',
    steps: 1210,
  },
  {
    series: '6.1',
    packages: ['linux-source-6.1'],
    suites: ['bookworm', 'bookworm-security'],
    architecture: 'host',
    dtb: 'renesas/r8a77951-salvator-xs.dtb',
    steps: 1210,
  },
  {
    series: '6.12',
    packages: ['linux-source-6.12'],
    suites: ['trixie', 'trixie-security'],
    architecture: 'host',
    dtb: 'renesas/r8a77951-salvator-xs.dtb',
    steps: 1210,
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
