import type { KernelName } from '../types.ts'
import { cacheRoot, currentEntry } from './cache.ts'
import { givenKernelOf } from './given.ts'
import { splitName } from './kernel-name.ts'
import { kernelName, kernelSources } from './kernel.ts'
import { kernelRow } from './series.ts'

/** The version of a kernel: `6.1.192-2` of a series that is built, `6.1` of one that is not yet. */
export function kernelVersion(name: KernelName): string {
  const given = givenKernelOf(name)
  if (given) return given.version
  const { series, flavour } = splitName(name)
  const row = kernelRow(series)
  const entry = row && currentEntry(cacheRoot(), kernelName(name, []), kernelSources(row, flavour, []))
  return entry?.manifest.version ?? series
}
