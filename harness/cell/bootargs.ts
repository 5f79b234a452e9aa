import type { Cell } from '../types.ts'

/** What the init compares the disk with: its first `bytes` have this hash. */
export interface DiskPromise {
  bytes: number
  sha256: string
}

/** The kernel's command line, the cell's own part last so that it wins. */
export function kernelCommandLine(cell: Cell, nonce: string, disk: DiskPromise): string {
  return [
    'console=ttySC0,115200',
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
    `dmaspec.disk=${disk.bytes}:${disk.sha256}`,
    // The init writes it to dmaprobe's devices. A blank would end the word; the init and the driver know what , means.
    ...(cell.probe === undefined ? [] : [`dmaspec.probe=${cell.probe.replaceAll(' ', ',')}`]),
    ...(cell.bootargs === '' ? [] : [cell.bootargs]),
  ].join(' ')
}
