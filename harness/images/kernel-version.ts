import type { KernelName } from '../types.ts'
import { cacheRoot, currentEntry } from './cache.ts'
import { kernelName, kernelSources } from './kernel.ts'
import { kernelRow } from './series.ts'

/** The version of a kernel: `6.1.192-2` of a series that is built, `6.1` of one that is not yet. */
export function kernelVersion(name: KernelName): string {
  const [series = ''] = name.split('+')
  const row = kernelRow(series)
  const entry = row && currentEntry(cacheRoot(), kernelName(series, []), kernelSources(row, []))
  return entry?.manifest.version ?? series
}
