import { hexAt } from '../text.ts'

/** Fields of struct device that people print by their C names, and what they are. */
const NAMES: Readonly<Record<string, 'mask' | 'busLimit' | 'other'>> = {
  dma_mask: 'mask',
  coherent_dma_mask: 'mask',
  bus_dma_mask: 'busLimit',
  bus_dma_limit: 'busLimit',
  dma_pfn_offset: 'other',
  dma_range_map: 'other',
}

/** What all of those names have. */
export const LOOSE = 'dma_'
/** `  = 0x` and the like: no more blanks than this stand there. */
const BLANKS = 16

/** The values that a line of someone's debug print or prose names, from its first `dma_` at `from`. */
export function loose(text: string, from: number): { at: number; name: string; value: bigint }[] {
  const found: { at: number; name: string; value: bigint }[] = []
  for (let at = from; at !== -1; at = text.indexOf(LOOSE, at + LOOSE.length)) {
    let start = at
    while (start > 0 && at - start < 16 && isWord(text.charCodeAt(start - 1))) start--
    let end = at + LOOSE.length
    while (end - at < 24 && isWord(text.charCodeAt(end))) end++
    const name = text.slice(start, end)
    if (!Object.hasOwn(NAMES, name)) continue
    const value = valueAfter(text, end)
    if (value !== null) found.push({ at: start, name, value })
  }
  return found
}

/** Whether the name is one of a mask, of a bus's limit, or of neither. */
export function meaningOf(name: string): 'mask' | 'busLimit' | 'other' {
  return NAMES[name] ?? 'other'
}

function valueAfter(text: string, from: number): bigint | null {
  const sign = skip(text, from)
  const code = text[sign]
  if (code !== '=' && code !== ':') return null
  const at = skip(text, sign + 1)
  return text.startsWith('0x', at) ? hexAt(text, at) : null
}

function skip(text: string, from: number): number {
  let at = from
  while (at - from < BLANKS && text.charCodeAt(at) === 0x20) at++
  return at
}

/** Letters of a C name. */
function isWord(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || code === 0x5f || (code >= 0x30 && code <= 0x39)
}
