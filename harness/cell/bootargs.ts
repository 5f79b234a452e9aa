import { platformOf } from '../platform/platforms.ts'
import type { Cell } from '../types.ts'

/** What the init compares a disk with: its first `bytes` have this hash. */
export interface DiskPromise {
  bytes: number
  sha256: string
}

/** A guest that stays up. */
export interface LiveBootargs {
  /** The size of the terminal that its console is shown on: a serial line can't ask for it. */
  terminal?: { rows: number; columns: number } | undefined
}

/** The kernel's command line, the cell's own part last so that it wins. */
export function kernelCommandLine(
  cell: Cell,
  nonce: string,
  disk: DiskPromise | null,
  emmc: DiskPromise | null = null,
  live: LiveBootargs | null = null,
): string {
  return [
    `console=${platformOf(cell.platform).board.console}`,
    // Lines from before the console's driver is there: a kernel that hangs early still says where.
    'earlycon',
    // Every level, whatever the configuration or the init sets later: the parser wants all of it.
    'ignore_loglevel',
    // What the init writes to /dev/kmsg is not rate-limited.
    'printk.devkmsg=on',
    // A panic resets at once; with QEMU's -no-reboot that is an exit, not a hang.
    'panic=-1',
    // The device tree names all cores of the SoC (A53s too); don't wait for those that aren't there.
    `nr_cpus=${cell.cpus}`,
    `dmaspec.nonce=${nonce}`,
    ...(disk ? [`dmaspec.disk=${disk.bytes}:${disk.sha256}`] : []),
    ...(emmc ? [`dmaspec.emmc=${emmc.bytes}:${emmc.sha256}`] : []),
    // The init writes it to dmaprobe's devices. A blank would end the word; the init and the driver know what , means.
    ...(cell.probe === undefined ? [] : [`dmaspec.probe=${cell.probe.replaceAll(' ', ',')}`]),
    // With sshd, for the keys that are in the initramfs.
    ...(live ? ['dmaspec.stay=live'] : []),
    ...(live?.terminal ? [`dmaspec.terminal=${live.terminal.rows}x${live.terminal.columns}`] : []),
    ...(cell.bootargs === '' ? [] : [cell.bootargs]),
  ].join(' ')
}
