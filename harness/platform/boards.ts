/** The boards that a device tree can be of: what is the same for all platforms on one of them. */
import type { BoardName } from '../types.ts'

export interface Board {
  name: BoardName
  /** Where the overlays are that fit its device tree, relative to the project's root. */
  overlays: string
  /** Whose the device tree is: the kernel's source builds it, or QEMU makes it for the machine (-M dumpdtb=). */
  tree: 'kernel' | 'qemu'
  /** QEMU's -cpu; null if the machine has but one. */
  cpu: string | null
  /** Options of -M that every platform on it gets. */
  options: readonly string[]
  /** True if the machine takes device-trace=FILE. */
  traces: boolean
  /** QEMU's -drive without its file, and the -device that it needs. */
  disk: { drive: string; device: string | null }
  /** The disk's controller, as the kernel calls it. */
  controller: string
  /** The kernel's console=. */
  console: string
}

const rows: Record<BoardName, Board> = {
  // Ours: images/qemu/hw/salvator_xs.c.
  'salvator-xs': {
    name: 'salvator-xs',
    overlays: 'dts',
    tree: 'kernel',
    // Cortex-A57 is wired in, as on the board; safe for every kernel since 4.19.
    cpu: null,
    options: [],
    traces: true,
    disk: { drive: 'if=ide,index=0', device: null },
    controller: 'ee300000.sata',
    console: 'ttySC0,115200',
  },
  // QEMU's hw/arm/virt.c: a GICv2 whose v2m frame takes the MSIs, a generic PCIe host, a PL011; RAM from 1 GiB up.
  virt: {
    name: 'virt',
    overlays: 'dts/virt',
    tree: 'qemu',
    // The board's, so that nothing else differs.
    cpu: 'cortex-a57',
    // Without: a KASLR seed and random bytes that differ in every tree.
    options: ['dtb-randomness=off'],
    traces: false,
    disk: { drive: 'if=none,id=disk0', device: 'ide-hd,bus=ahci.0,drive=disk0' },
    controller: '0000:00:01.0',
    console: 'ttyAMA0',
  },
}

/** A board's row. */
export function boardOf(name: BoardName): Board {
  return rows[name]
}

/** All of them. */
export function boards(): Board[] {
  return Object.values(rows)
}
