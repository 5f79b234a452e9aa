import type { Line } from './input/line.ts'
import type { Words } from './input/skim.ts'
import { LIMITS } from './limits.ts'
import { own } from './text.ts'
import type { BootInLog } from './report.ts'

// arch/arm64/kernel/setup.c, smp_setup_processor_id(): since 4.4; printed before the banner
const BOOTING = 'Booting Linux on physical CPU'
// init/main.c, linux_banner: all versions
const BANNER = 'Linux version '
const MODELS = [
  // drivers/of/fdt.c, early_init_dt_scan_root() and setup_machine_fdt(): all versions
  'Machine model: ',
  // arch/arm/kernel/devtree.c; drivers/firmware/dmi_scan.c
  ...['OF: fdt: Machine model: ', 'DMI: '],
]
export const BOOT_WORDS: Words = { starts: [BOOTING, BANNER, ...MODELS] }
const FIRST = new Set(BOOT_WORDS.starts?.map(word => word.charCodeAt(0)))

/** Tells the boots of a log apart: a banner, or arm64's line before it, starts another one. */
export class BootReader {
  readonly #boots: BootInLog[] = [{ line: 1, kernel: null, machine: null }]
  /** `Booting Linux on physical CPU` was seen, and its banner not yet. */
  #booting = false

  /** The index of the boot that this line starts; null if it starts none. */
  line({ text, number }: Line): number | null {
    if (!FIRST.has(text.charCodeAt(0))) return null
    const boot = this.#current
    if (text.startsWith(BOOTING)) {
      this.#booting = true
      return boot.kernel === null ? null : this.#next(number)
    }
    if (text.startsWith(BANNER)) {
      const kernel = text.slice(BANNER.length, BANNER.length + MOST_RELEASE).split(' ', 1)[0] ?? null
      const started = boot.kernel !== null && !this.#booting ? this.#next(number) : null
      this.#booting = false
      this.#current.kernel ??= kernel === null ? null : own(kernel)
      return started
    }
    const model = MODELS.find(start => text.startsWith(start))
    if (model !== undefined) boot.machine ??= own(text.slice(model.length).trimEnd())
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
