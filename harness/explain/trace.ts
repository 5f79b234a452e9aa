import { showSymbol } from '../report/crash/symbol.ts'
import type { Frame, Oops, SourcePlace, SymbolRef } from '../report/report.ts'

/** Frames that are shown; what called them is how every such thread began. */
const MOST = 16

/** `drivers/iommu/ipmmu-vmsa.c:412`, and what was inlined there. */
export function showPlace({ file, line, inlined }: SourcePlace): string {
  return `${file}:${line}${inlined === undefined ? '' : ` (${inlined}, inlined)`}`
}

/** `ipmmu_domain_free+0x1c/0xa0 [module]`. */
export function showRef(ref: SymbolRef): string {
  // decode_stacktrace's places are shown by themselves.
  const name = ref.offset === null ? ref.symbol : showSymbol(ref)
  return ref.module === null ? name : `${name} [${ref.module}]`
}

/**
 * The call trace in lines, with places in the source where they are known: inlined functions above their callers. Where
 * the crash is, if that is not its first frame, is marked.
 */
export function traceLines(crash: Oops): string[] {
  const { callTrace } = crash
  const shown = callTrace.slice(0, MOST)
  const left = callTrace.length - shown.length
  const { at } = spotOf(crash)
  const lines = shown.flatMap((frame, i) => frameLines(frame, i > 0 && frame === at ? '> ' : '  '))
  return left > 0 ? [...lines, `  … and ${left} more`] : lines
}

function frameLines(frame: Frame, mark: string): string[] {
  const [first, ...callers] = frame.source.map(showPlace)
  const name = `${mark}${frame.inexact ? '? ' : ''}${showRef(frame)}`
  return [first === undefined ? name : `${name}  ${first}`, ...callers.map(place => `      ${place}`)]
}

/** Where a crash is: what its title names, if the trace has that, and not the code that found or printed it. */
export interface Spot {
  at: SymbolRef | null
  /** The functions that led there, the nearest first, without what is not sure. */
  callers: string[]
}

export function spotOf({ title, callTrace, otherStacks, pc }: Oops): Spot {
  const named = title.slice(title.lastIndexOf(' in ') + 4)
  for (const frames of [callTrace, ...otherStacks.map(({ frames }) => frames)]) {
    const found = frames.findIndex(({ symbol }) => symbol === named)
    const at = frames[found]
    if (at) return { at, callers: sure(frames.slice(found + 1)) }
  }
  const callers = sure(callTrace)
  return pc ? { at: pc, callers } : { at: callTrace[0] ?? null, callers: callers.slice(1) }
}

function sure(frames: readonly Frame[]): string[] {
  return frames.filter(({ inexact }) => !inexact).map(({ symbol }) => symbol)
}

/** Stacks that are shown besides the crash's own, and frames of each. */
const [MOST_OTHERS, MOST_OTHER] = [4, 6]

/** Who else is in the crash: who allocated and freed, what other CPUs did. */
export function otherLines({ otherStacks }: Oops): string[] {
  const shown = otherStacks.slice(0, MOST_OTHERS).flatMap(({ title, frames }) => {
    const left = frames.length - MOST_OTHER
    const lines = frames.slice(0, MOST_OTHER).map(frame => `  ${showRef(frame)}${placeOf(frame)}`)
    return [title, ...lines, ...(left > 0 ? [`  … and ${left} more`] : [])]
  })
  const left = otherStacks.length - MOST_OTHERS
  return left > 0 ? [...shown, `… and ${left} more`] : shown
}

function placeOf({ source: [place] }: Frame): string {
  return place ? `  ${showPlace(place)}` : ''
}
