import type { Line } from '../input/line.ts'

/** What a boot loader prints when a board was reset: U-Boot, Arm Trusted Firmware, the EFI stub, PC firmware. */
const LOADERS = ['U-Boot ', 'NOTICE:  BL', 'INFO:    BL', 'EFI stub: ', 'SeaBIOS (', 'Welcome to GRUB']
/** kernel/reboot.c; drivers/tty/sysrq.c; kernel/kexec_core.c: the kernel goes down of its own will. */
export const ANNOUNCED = [
  ...['reboot: ', 'Restarting system', 'Power down', 'sysrq: Resetting', 'sysrq: SysRq : Resetting'],
  ...['kexec_core: Starting new kernel', 'Starting crashdump kernel', 'Bye!'],
]

/** Notices that a machine started anew under a kernel that had not said that it goes down. */
export class RebootReader {
  #announced = false
  #stamped = false
  #loader: { line: number; message: string } | null = null

  line({ stamped, number }: Line, message: string): void {
    if (stamped) this.#stamped = true
    const first = message.charCodeAt(0)
    if (startsWith(ANNOUNCED_BY, first, message)) this.#announced = true
    // A loader knows no time stamps, and a kernel's life has some.
    else if (this.#stamped && !stamped && this.#loader === null && startsWith(LOADERS_BY, first, message)) {
      this.#loader = { line: number, message }
    }
  }

  /** A line of the kernel's that has nothing of ANNOUNCED. */
  pass(): void {
    this.#stamped = true
  }

  /** Another boot begins: the loader's first line, if nothing had said that it would. */
  boot(): { line: number; message: string } | null {
    const found = this.#announced ? null : this.#loader
    ;[this.#announced, this.#stamped, this.#loader] = [false, false, null]
    return found
  }
}

const ANNOUNCED_BY = byFirst(ANNOUNCED)
const LOADERS_BY = byFirst(LOADERS)

function byFirst(starts: readonly string[]): Map<number, string[]> {
  const found = new Map<number, string[]>()
  for (const start of starts) {
    const first = start.charCodeAt(0)
    found.set(first, [...(found.get(first) ?? []), start])
  }
  return found
}

function startsWith(starts: Map<number, string[]>, first: number, message: string): boolean {
  const some = starts.get(first)
  return some !== undefined && some.some(start => message.startsWith(start))
}
