import type { SourcePlace } from '../report.ts'

// `drivers/iommu/ipmmu-vmsa.c:412`, `kernel/dma/debug.c:1233`, `fs/a.c:12:3` of UBSAN; `a/b.c:?` if the compiler knew none
const PLACE = /([\w./@+-]{1,512}\.(?:[chSs]|rs|cpp|inc)):(\d{1,8}|\?)(?::\d{1,5})?/y

/** A source line at the start of the text; null if there is none. */
export function readSource(text: string): SourcePlace | null {
  return placeAt(text, 0)
}

/**
 * What scripts/decode_stacktrace.sh puts in brackets, from behind the opening one: `a/b.c:12 (discriminator 4) a/c.h:3)`.
 * Null if it is something else.
 */
export function readSources(text: string, from: number): { places: SourcePlace[]; end: number } | null {
  const places: SourcePlace[] = []
  let at = from
  while (places.length < MOST) {
    const place = placeAt(text, at)
    if (!place) return null
    places.push(place)
    at = PLACE.lastIndex
    if (text.startsWith(' (discriminator ', at)) {
      const close = text.indexOf(')', at)
      if (close === -1) return { places, end: text.length }
      at = close + 1
    }
    if (text[at] === ')') return { places, end: at + 1 }
    // The mail's end of line: the bracket is on the next one.
    if (at >= text.trimEnd().length) return { places, end: text.length }
    if (text[at] !== ' ') return null
    at++
  }
  return null
}

/** Inlined functions of one address. */
const MOST = 64

function placeAt(text: string, at: number): SourcePlace | null {
  PLACE.lastIndex = at
  const [, file, line] = PLACE.exec(text) ?? []
  return file === undefined ? null : { file, line: line === '?' ? 0 : Number(line) }
}
