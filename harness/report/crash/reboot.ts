import type { Line } from '../input/line.ts'

/** What a boot loader prints when a board was reset: U-Boot, Arm Trusted Firmware, the EFI stub, PC firmware. */
const LOADERS = ['U-Boot ', 'NOTICE:  BL', 'INFO:    BL', 'EFI stub: ', 'SeaBIOS (', 'Welcome to GRUB']
/** kernel/reboot.c; drivers/tty/sysrq.c; kernel/kexec_core.c: the kernel goes down of its own will. */
const ANNOUNCED = [
  'reboot: ',
  'Restarting system',
  'Power down',
  'sysrq: Resetting',
  'sysrq: SysRq : Resetting',
]
const KEXEC = ['kexec_core: Starting new kernel', 'Starting crashdump kernel', 'Bye!']

/** Notices that a machine started anew under a kernel that had not said that it goes down. */
export class RebootReader {
  #announced = false
  #stamped = false
  #loader: { line: number; message: string } | null = null

  line(line: Line, message: string): void {
    if (line.stamped) this.#stamped = true
    const first = message.charCodeAt(0)
    if (!FIRST.has(first)) return
    if (
      ANNOUNCED.some(start => message.startsWith(start)) ||
      KEXEC.some(start => message.startsWith(start))
    ) {
      this.#announced = true
    } else if (this.#stamped && !line.stamped && LOADERS.some(start => message.startsWith(start))) {
      this.#loader ??= { line: line.number, message }
    }
  }

  /** Another boot begins: the loader's first line, if nothing had said that it would. */
  boot(): { line: number; message: string } | null {
    const found = this.#announced ? null : this.#loader
    ;[this.#announced, this.#stamped, this.#loader] = [false, false, null]
    return found
  }
}

const FIRST = new Set([...LOADERS, ...ANNOUNCED, ...KEXEC].map(start => start.charCodeAt(0)))
