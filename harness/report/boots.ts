import type { Line } from './input/line.ts'
import { LIMITS } from './limits.ts'
import { own } from './text.ts'
import type { BootInLog } from './report.ts'

/** Tells the boots of a log apart: a banner, or arm64's line before it, starts another one. */
export class BootReader {
  readonly #boots: BootInLog[] = [{ line: 1, kernel: null, machine: null }]
  /** `Booting Linux on physical CPU` was seen, and its banner not yet. */
  #booting = false

  /** The index of the boot that this line starts; null if it starts none. */
  line({ text, number }: Line): number | null {
    const first = text.charCodeAt(0)
    // L, M, B, O, D: most lines are none of these
    if (first !== 0x4c && first !== 0x4d && first !== 0x42 && first !== 0x4f && first !== 0x44) return null
    const boot = this.#boots.at(-1) as BootInLog
    // arch/arm64/kernel/setup.c, smp_setup_processor_id(): since 4.4; printed before the banner
    if (text.startsWith('Booting Linux on physical CPU')) {
      this.#booting = true
      return boot.kernel === null ? null : this.#next(number)
    }
    // init/main.c, linux_banner: all versions
    if (text.startsWith('Linux version ')) {
      const kernel = text.slice(14, 14 + MOST_RELEASE).split(' ', 1)[0] ?? null
      const started = boot.kernel !== null && !this.#booting ? this.#next(number) : null
      this.#booting = false
      this.#current.kernel ??= kernel === null ? null : own(kernel)
      return started
    }
    // drivers/of/fdt.c, early_init_dt_scan_root() and setup_machine_fdt(): all versions
    if (text.startsWith('Machine model: ')) boot.machine ??= own(text.slice(15).trimEnd())
    // arch/arm/kernel/devtree.c; drivers/firmware/dmi_scan.c
    else if (text.startsWith('OF: fdt: Machine model: ')) boot.machine ??= own(text.slice(24).trimEnd())
    else if (text.startsWith('DMI: ')) boot.machine ??= own(text.slice(5).trimEnd())
    return null
  }

  boots(): BootInLog[] {
    return this.#boots
  }

  get #current(): BootInLog {
    return this.#boots.at(-1) as BootInLog
  }

  #next(line: number): number | null {
    if (this.#boots.length >= LIMITS.boots) return null
    this.#boots.push({ line, kernel: null, machine: null })
    return this.#boots.length - 1
  }
}

const MOST_RELEASE = 256
