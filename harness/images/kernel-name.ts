import type { KernelName, Series } from '../types.ts'

/** A kernel of a series, taken apart: `6.1+debug`. */
export interface SeriesKernel {
  series: Series
  flavour: string | null
}

/** Takes the name of a series' kernel apart; the name of a given kernel has no such parts. */
export function splitName(name: KernelName): SeriesKernel {
  const at = name.indexOf('+')
  if (at === -1) return { series: name, flavour: null }
  return { series: name.slice(0, at), flavour: name.slice(at + 1) }
}

/** `6.1`, `6.1+debug`. */
export function joinName(series: Series, flavour: string | null | undefined): KernelName {
  return flavour ? `${series}+${flavour}` : series
}
