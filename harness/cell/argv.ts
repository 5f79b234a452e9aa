/**
 * QEMU's command line, from pure functions: one a concern, each flag with its reason. What differs between platforms is
 * in their rows (harness/platform/).
 */
import { platformOf } from '../platform/platforms.ts'
import type { Cell, InitramfsImage, KernelImage, QemuImage } from '../types.ts'

/** What is booted, by path. */
export interface Images {
  qemu: QemuImage
  kernel: KernelImage
  initramfs: InitramfsImage
}

/** The files of this one boot. */
export interface BootFiles {
  dtb: string
  trace: string
  disk: string
  /** Null: no eMMC. */
  emmc?: string | null
  /** The cpio to boot with, where it isn't the images' own. */
  initramfs?: string | undefined
}

/** The ways into a guest that stays up. */
export interface Live {
  /** The file descriptor of the monitor's socket; with it, a port on the host's loopback that QEMU picks goes to sshd. */
  monitorFd?: number | undefined
  /** Stop before the first instruction, and let gdb in at this socket. */
  gdb?: string | undefined
}

/** The whole command: the binary, then its arguments. */
export function qemuArgv(
  cell: Cell,
  images: Images,
  files: BootFiles,
  bootargs: string,
  live?: Live,
): string[] {
  const { board } = platformOf(cell.platform)
  return [
    images.qemu.binary,
    ...bare(),
    ...machine(cell, board.traces ? [`device-trace=${quoteOption(files.trace)}`] : []),
    ...kernel(images, files, bootargs),
    ...devices(cell),
    ...sataDisk(cell, files.disk),
    ...emmc(files.emmc ?? null),
    ...network(cell, live?.monitorFd !== undefined),
    ...monitor(live),
    ...gdbstub(live),
    ...serialConsole(),
  ]
}

/** The command that writes the device tree that QEMU makes for a cell, and runs nothing. */
export function dumpTreeArgv(cell: Cell, qemu: QemuImage, file: string): string[] {
  return [qemu.binary, ...bare(), ...machine(cell, [`dumpdtb=${quoteOption(file)}`]), ...devices(cell)]
}

/** Nothing but what the board has, and nothing on the host's screen. */
function bare(): string[] {
  // -no-reboot: a guest that resets (panic=-1) ends QEMU, so that it can't boot in circles.
  return ['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot']
}

function machine({ platform, cpus, memory }: Cell, options: readonly string[]): string[] {
  const { machine, board } = platformOf(platform)
  const type = [machine, ...board.options, ...options].join(',')
  const cpu = board.cpu === null ? [] : ['-cpu', board.cpu]
  return ['-M', type, ...cpu, '-smp', String(cpus), '-m', `${memory >> 20n}M`]
}

function kernel(images: Images, { dtb, initramfs }: BootFiles, bootargs: string): string[] {
  return [
    ...['-kernel', images.kernel.image],
    ...['-dtb', dtb],
    ...['-initrd', initramfs ?? images.initramfs.cpio],
    ...['-append', bootargs],
  ]
}

function devices({ platform }: Cell): string[] {
  return platformOf(platform).devices.flatMap(device => ['-device', device])
}

function sataDisk({ platform }: Cell, file: string): string[] {
  const { drive, device } = platformOf(platform).board.disk
  // cache=unsafe: the image dies with the boot, so the guest's flushes need not reach the host's disk.
  return [
    ...['-drive', `${drive},format=raw,cache=unsafe,file=${quoteOption(file)}`],
    ...(device === null ? [] : ['-device', device]),
  ]
}

function emmc(file: string | null): string[] {
  // SDHI2's, soldered to the board: index 2 (salvator_xs_create_card()).
  if (file === null) return []
  return ['-drive', `if=sd,index=2,format=raw,cache=unsafe,file=${quoteOption(file)}`]
}

function network({ overlays }: Cell, forward: boolean): string[] {
  // Only where dts/network.dtso tells the kernel of the slot. restrict: the guest reaches nobody, the host included.
  if (!overlays.includes('network')) return []
  const device = 'virtio-net-device,netdev=net0,bus=virtio-mmio-bus.0'
  const sshd = forward ? ',hostfwd=tcp:127.0.0.1:0-:22' : ''
  return ['-netdev', `user,id=net0,restrict=on${sshd}`, '-device', device]
}

function monitor(live: Live | undefined): string[] {
  if (live?.monitorFd === undefined) return ['-monitor', 'none']
  return ['-chardev', `socket,id=qmp,fd=${live.monitorFd}`, '-mon', 'chardev=qmp,mode=control']
}

function gdbstub(live: Live | undefined): string[] {
  if (live?.gdb === undefined) return []
  // A socket, since nobody else of this host can open it.
  return ['-S', '-gdb', `unix:${quoteOption(live.gdb)},server=on,wait=off`]
}

function serialConsole(): string[] {
  // The board's first port. Not muxed with a monitor: Ctrl-A in the guest's output must stay the guest's.
  return ['-serial', 'stdio']
}

/** QEMU's option syntax: a comma inside a value is written twice. */
function quoteOption(value: string): string {
  return value.replaceAll(',', ',,')
}
