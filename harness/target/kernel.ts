/** Follows a board's kernel from its first words to the boot's answer. */
import { Watch, type Verdict } from '../boot/watch.ts'
import type { Target } from '../config/target.ts'
import { InfraError } from '../errors.ts'
import type { BoardConsole } from './console.ts'
import { isBootLoader, MOST_LOADERS } from './uboot-errors.ts'

export interface KernelOptions {
  nonce: string
  target: Target
  /** The first line that may be the kernel's. */
  from: number
  signal?: AbortSignal | undefined
}

/** The first line of any arm64 kernel, which it prints as information (arch/arm64/kernel/setup.c). */
export const FIRST = /Booting Linux on physical CPU/

/**
 * Waits for the boot's answer: the marker, or what comes in its place. A board that shows its boot loader, or a kernel's
 * first line, once more was reset. An InfraError if the console is gone, or shows no kernel.
 */
export async function followKernel(
  console: BoardConsole,
  { nonce, target, from, signal }: KernelOptions,
): Promise<Verdict> {
  const { timeouts, boot } = target
  const own = boot.kind === 'own' ? boot.marker : null
  const watch = new Watch({ nonce, timeout: timeouts.boot, silence: timeouts.silence })
  let kernels = 0
  let loaders = 0
  for (let next = from; ;) {
    if (console.heard !== null) watch.heard(console.heard)
    for (; next < console.lines.length; next++) {
      const { text, at } = console.lines[next]!
      // SPL, the firmware and U-Boot each have a first line: before its kernel, a board may show several.
      const again = FIRST.test(text)
        ? ++kernels > 1
        : isBootLoader(text) && (++loaders > MOST_LOADERS || kernels > 0 || boot.kind === 'uboot')
      if (again) watch.reset()
      else watch.line(text, at)
      if (own?.test(text)) reached(own)
    }
    if (own?.test(console.tail)) reached(own)
    if (console.full !== null) watch.overflowed(console.full)
    watch.tick(console.now)
    if (watch.verdict) return watch.verdict
    console.throwIfGone()
    await console.wait(watch.wakeAt - console.now, signal)
  }

  function reached(marker: RegExp): void {
    if (kernels === 0)
      throw new InfraError(
        `the console shows ${marker}, but not what the kernel says: put ignore_loglevel on its command line, and no quiet`,
      )
    watch.reached(`the console shows ${marker}`)
  }
}
