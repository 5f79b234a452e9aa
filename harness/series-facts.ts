/** The facts of a kernel, by its name or its version; the table is harness/images/series.ts. */
import { givenKernelOf } from './images/given.ts'
import { splitName } from './images/kernel-name.ts'
import { kernelRow, rowOfVersion, type SeriesFacts } from './images/series.ts'
import type { KernelName } from './types.ts'

export type { SeriesFacts } from './images/series.ts'

/** The facts of a kernel: of its series if it has a row, whatever its flavour, else of its version. */
export function factsOf(name: KernelName): SeriesFacts {
  const given = givenKernelOf(name)
  if (given) return factsOfVersion(given.version)
  const { series } = splitName(name)
  return kernelRow(series)?.facts ?? factsOfVersion(series)
}

/** The facts of the row that is nearest to a version: of a kernel that is no series. */
export function factsOfVersion(version: string): SeriesFacts {
  return rowOfVersion(version).facts
}
