import type { Command } from 'commander'
import { CellError } from '../errors.ts'
import { unknown } from '../cell/suggest.ts'
import { faultSets, buildImages, knownSeries } from '../images/index.ts'
import type { Progress } from '../images/progress.ts'
import type { KernelName } from '../types.ts'
import { collect } from './collect.ts'

/** What the kernel options of a command come to. */
export interface KernelOptions {
  kernel?: string[]
}

/** Adds the options that say which kernels a command is about. */
export function kernelOptions(command: Command): Command {
  return command.option('--kernel <series>', `a kernel (repeatable): ${knownSeries().join(', ')}`, collect)
}

/** A CellError if the options name what there isn't. Starts nothing. */
export function checkKernelOptions({ kernel = [] }: KernelOptions): void {
  const wrong = kernel.find(name => !knownSeries().includes(name))
  if (wrong !== undefined) throw new CellError(unknown('kernel', wrong, knownSeries()))
}

/** The names of the kernels that the options mean; nothing is built. */
export function namesOf({ kernel }: KernelOptions, defaults: readonly KernelName[]): KernelName[] {
  return [...(kernel ?? defaults)]
}

/** Builds what the options ask for, or the default kernels, and returns the names of the kernels. */
export async function kernelsOf(
  options: KernelOptions,
  {
    progress,
    signal,
    defaults,
  }: { progress: Progress; signal: AbortSignal; defaults: readonly KernelName[] },
): Promise<KernelName[]> {
  const names = [...new Set(namesOf(options, defaults))]
  await buildImages({
    kernels: names.map(series => ({ series, faultSets: faultSets(series) })),
    progress,
    signal,
  })
  return names
}
