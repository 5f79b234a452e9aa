/**
 * The nouns of dmaspec, in the order in which they come to be:
 *
 *   Cell → argv + device tree → Boot → ConsoleLog + DeviceTrace → KernelReport → verdict
 *
 * This file holds types only; it is the one file that every folder may import.
 *
 * Units: addresses are bigint (physical, DMA or I/O virtual), sizes in bytes, times in seconds
 * unless a name says otherwise. In JSON, addresses are "0x…" strings (report/json.ts).
 */

export type { DeviceTrace, TraceEvent } from './trace/events.ts'
export type * from './report/report.ts'
export type * from './oracle/oracle.ts'
import type { KernelReport } from './report/report.ts'
import type { DeviceTrace } from './trace/events.ts'
import type { OracleReport } from './oracle/oracle.ts'

/** A kernel series, as `linux-source-<series>` names it: `6.1`. */
export type Series = string

/**
 * What a cell's kernel is called: a series (`6.1`), a series in a flavour (`6.1+debug`), or the name of a kernel that
 * was given to `dmaspec run` or `boot` (`--tree`, `--image`, `--source`; harness/images/given.ts).
 */
export type KernelName = string

/** A device tree that overlays are made for: of the board, or of QEMU's own machine (harness/platform/boards.ts). */
export type BoardName = 'salvator-xs' | 'virt'

/** A row of harness/platform/platforms.ts: a board and the IOMMU that its disk can be behind. */
export type PlatformName = string

/** Which kernel a result is of, for good: names change what they mean, hashes don't. */
export interface KernelIdentity {
  name: KernelName
  /** `6.1.192-2`, the Debian source's; `6.9.0-rc1` or the like of a kernel that was given. */
  version: string
  /** Of the Image that was booted; of a board that boots its own kernel, of that one's banner. */
  sha256: string
}

/** A fact that a kernel or a platform can't be asked for, and why: `observe.patch does not apply to drivers/iommu/…`. */
export interface NotObserved {
  /**
   * `pageTables`: report.pageTables. `trace`: the device trace, and what the oracle makes of it. `probe`: whatever
   * dmaprobe's driver says. `disk`: the checks of the init, report.disk.
   */
  fact: 'pageTables' | 'trace' | 'probe' | 'disk'
  why: string
}

/** What a boot is asked to be. Everything but `kernel` has a default (cell/cell.ts). */
export interface Cell {
  /** A row of harness/images/series.ts, in a flavour or not, or a kernel that was given. */
  kernel: KernelName
  /** A row of harness/platform/platforms.ts. */
  platform: PlatformName
  /** Faults compiled into the kernel, sorted: names of images/kernel/<series>/faults/*.patch. */
  faults: string[]
  /** Device-tree overlays, applied in this order: names of *.dtso in dts/, or in the folder of the platform's board. */
  overlays: string[]
  /** Guest RAM in bytes. */
  memory: bigint
  /** Cortex-A57 cores, 1 to 4. */
  cpus: number
  /** True: the board's eMMC is there, and the init checks it as it does the SATA disk. Absent: no such chip. */
  emmc?: true
  /** Appended to the kernel's command line. */
  bootargs: string
  /** What dmaprobe does before the marker, on each of its devices: a plan (docs/dmaprobe.md). */
  probe?: string
  /** Deadline of the whole boot, in seconds of wall time. */
  timeout: number
}

/** A cell as people write it: sizes may be `4G`, all but nothing may be left out. */
export interface CellInput {
  kernel?: KernelName
  platform?: PlatformName
  faults?: readonly string[]
  overlays?: readonly string[]
  memory?: string | bigint
  cpus?: number
  emmc?: boolean
  bootargs?: string
  probe?: string
  timeout?: number
}

/** How a boot ended. Only `marker` makes a log complete. */
export type BootEnd =
  /** The init printed the marker with this boot's nonce. */
  | 'marker'
  /** The end line of an oops (`---[ end trace … ]---`) was printed. */
  | 'oops'
  /** `Kernel panic - not syncing` was printed. */
  | 'panic'
  /** QEMU exited (reset, power-off, crash) before any of those. */
  | 'exit'
  /** The disk failed to come up, and did not recover (harness/report/disk/). */
  | 'disk'
  /** Nothing was printed for the cell's silence limit. */
  | 'silence'
  /** The cell's deadline passed while the console was still busy. */
  | 'timeout'

/** All that the guest printed, with the host's clock. */
export interface ConsoleLog {
  lines: ConsoleLine[]
  /** True if the boot ended by the marker: only then may the absence of a line be claimed. */
  complete: boolean
  /** Why reading stopped. */
  end: BootEnd
  /** The same in words: `nothing was printed for 20 s`. */
  reason: string
}

export interface ConsoleLine {
  /** Text without the line end; control bytes other than tab replaced by U+FFFD. */
  text: string
  /** Seconds from QEMU's start to the line's last byte. */
  at: number
}

/** Where a boot's files are kept. */
export interface Artifacts {
  console: string
  argv: string
  dtb: string
  trace: string
}

/** What boot() returns, and `dmaspec boot --json` prints. */
export interface BootResult {
  cell: Cell
  /** The board that it was booted on (docs/board.md); absent: the emulator. */
  target?: string
  kernel: KernelIdentity
  /** What the report can't say of this kernel on this platform: its facts are empty, and mean nothing. */
  notObserved: NotObserved[]
  complete: boolean
  end: BootEnd
  /** Why the boot ended, in words. */
  reason: string
  seconds: {
    /** QEMU's start to the end of the boot. */
    boot: number
    /** The whole call: overlays, QEMU, parsing. */
    total: number
  }
  report: KernelReport
  trace: DeviceTrace
  /** Both sides held against each other (docs/oracle.md). */
  oracle: OracleReport
  artifacts: Artifacts
}

/** What must be built before a cell can boot (images/). */
export interface QemuImage {
  binary: string
  version: string
}
export interface KernelImage {
  /** arch/arm64/boot/Image. */
  image: string
  /** The kernel's own Salvator-XS device tree, with __symbols__. */
  dtb: string
  vmlinux: string
  config: string
  /** `6.1.192-2`: the Debian source version it was built from. */
  version: string
  /** Of the Image. */
  sha256: string
  notObserved: NotObserved[]
}
export interface InitramfsImage {
  cpio: string
}
