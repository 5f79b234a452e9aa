/**
 * QEMU's command line, from pure functions: one a concern, each flag with its reason.
 * The machine is ours: images/qemu/hw/salvator_xs.c.
 */
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
  return [
    images.qemu.binary,
    ...bare(),
    ...machine(cell, files.trace),
    ...kernel(images, files, bootargs),
    ...sataDisk(files.disk),
    ...network(cell, live?.monitorFd !== undefined),
    ...monitor(live),
    ...gdbstub(live),
    ...serialConsole(),
  ]
}

/** Nothing but what the board has, and nothing on the host's screen. */
function bare(): string[] {
  // -no-reboot: a guest that resets (panic=-1) ends QEMU, so that it can't boot in circles.
  return ['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot']
}

function machine(cell: Cell, trace: string): string[] {
  // The CPU is fixed by the machine: Cortex-A57, as on the board and safe for every kernel since 4.19.
  const mebibytes = cell.memory >> 20n
  const type = `salvator-xs,device-trace=${quoteOption(trace)}`
  return ['-M', type, '-smp', String(cell.cpus), '-m', `${mebibytes}M`]
}

function kernel(images: Images, { dtb, initramfs }: BootFiles, bootargs: string): string[] {
  return [
    ...['-kernel', images.kernel.image],
    ...['-dtb', dtb],
    ...['-initrd', initramfs ?? images.initramfs.cpio],
    ...['-append', bootargs],
  ]
}

function sataDisk(file: string): string[] {
  // cache=unsafe: the image dies with the boot, so the guest's flushes need not reach the host's disk.
  return ['-drive', `if=ide,index=0,format=raw,cache=unsafe,file=${quoteOption(file)}`]
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
  // SCIF2 is serial0. Not muxed with a monitor: Ctrl-A in the guest's output must stay the guest's.
  return ['-serial', 'stdio']
}

/** QEMU's option syntax: a comma inside a value is written twice. */
function quoteOption(value: string): string {
  return value.replaceAll(',', ',,')
}
