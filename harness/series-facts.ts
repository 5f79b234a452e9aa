/** The facts of a kernel, by its name or its version; the table is harness/images/series.ts. */
import semver from 'semver'
import { givenKernelOf } from './images/given.ts'
import { kernelRow, kernels, type SeriesFacts } from './images/series.ts'
import type { KernelName } from './types.ts'

export type { SeriesFacts } from './images/series.ts'

/** The facts of a kernel: of its series if it has a row, whatever its flavour, else of its version. */
export function factsOf(name: KernelName): SeriesFacts {
  const given = givenKernelOf(name)
  if (given) return factsOfVersion(given.version)
  const [series = ''] = name.split('+')
  return kernelRow(series)?.facts ?? factsOfVersion(series)
}

/**
 * The facts of the newest row that is not newer than a version: `6.9.0-rc1`, `7.2.13-1`. What is older than all rows
 * gets those of the oldest, and what is no version those of the newest.
 */
export function factsOfVersion(version: string): SeriesFacts {
  const asked = semver.coerce(version)
  const rows = kernels.toSorted((a, b) => semver.compare(whole(b.series), whole(a.series)))
  const row = asked ? (rows.find(({ series }) => semver.lte(whole(series), asked)) ?? rows.at(-1)) : rows[0]
  if (!row) throw new Error('the table of series is empty')
  return row.facts
}

/** `6.1` → 6.1.0 */
const whole = (series: string) => semver.coerce(series) ?? new semver.SemVer('0.0.0')
