import { existsSync } from 'node:fs'
import { join } from 'node:path'
import semver from 'semver'

/** What trees that are no series need, by their version: one row a change of the kernel's. */
export interface OldTreeRow {
  /** Trees older than this. */
  before: string
  /** What is patched over, in a few words. */
  what: string
  /** Lines for the configuration, after those of the series. */
  fragment?: string
  /** Variables of make. */
  variables?: readonly string[]
  why: string
}

export const oldTrees: readonly OldTreeRow[] = [
  {
    // A commit between two releases has the version of the one before, and a branch may have been begun at 5.6-rc1.
    before: '5.7.0',
    what: "scripts/dtc's second yylloc",
    variables: ['HOSTCFLAGS=-fcommon'],
    why:
      'scripts/dtc defines yylloc twice, which the linker refuses since GCC 10 made -fno-common its default; ' +
      'e33a814e772c ("scripts/dtc: Remove redundant YYLOC global declaration") in 5.6',
  },
  {
    before: '5.10.0',
    what: "the SoC's one option",
    fragment: 'CONFIG_ARCH_R8A7795=y\n',
    why: 'one option for all revisions of the SoC, until ARCH_R8A77950 and ARCH_R8A77951 took its place',
  },
]

/** The oldest tree that is worth a try: HOSTCFLAGS is an addition to kbuild's own since 4.19. */
export const oldestTree = '4.19.0'

export function oldTreeRows(version: string): OldTreeRow[] {
  const plain = semver.coerce(version) ?? oldestTree
  return oldTrees.filter(({ before }) => semver.lt(plain, before))
}

/** The board's device tree below arch/arm64/boot/dts, the newer name first: trees before 5.7 have the SoC as one. */
const boardTrees = ['renesas/r8a77951-salvator-xs', 'renesas/r8a7795-salvator-xs'] as const

/** The name that this tree has for the board's device tree; undefined if it has none. */
export function boardTree(source: string): string | undefined {
  const name = boardTrees.find(name => existsSync(join(source, 'arch/arm64/boot/dts', `${name}.dts`)))
  return name && `${name}.dtb`
}

/**
 * Options that a tree must take, or the question can't be asked of it: its console, IOMMU and disk, and what the init
 * needs. What else Kconfig drops of ours makes the kernel another one, and is said. The SoC's own option has two names;
 * without either there is no console to ask by.
 */
const needed = [
  ...['ARCH_RENESAS', 'SERIAL_SH_SCI', 'SERIAL_SH_SCI_CONSOLE', 'PRINTK', 'TTY', 'KALLSYMS', 'BUG'],
  ...['IOMMU_SUPPORT', 'IPMMU_VMSA', 'ATA', 'SATA_RCAR', 'BLK_DEV_SD', 'BLOCK', 'ZONE_DMA32'],
  ...['BLK_DEV_INITRD', 'BINFMT_ELF', 'BINFMT_SCRIPT', 'DEVTMPFS', 'PROC_FS', 'SYSFS'],
].map(name => `CONFIG_${name}=y`)

/** Whether Kconfig must take a line of a fragment: what the board needs, and all that the user asked for. */
export function mustHave(line: string, asked: ReadonlySet<string>): boolean {
  return needed.includes(line) || asked.has(line.replace(/=.*/, ''))
}
