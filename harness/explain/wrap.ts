/** Where lines of a text begin and end: [from, to), without the blanks at which it was broken. */
export interface Span {
  from: number
  to: number
}

/** Breaks a text at blanks into lines of at most `width`; a word longer than that is cut. */
export function wrap(text: string, width: number): Span[] {
  const spans: Span[] = []
  let from = 0
  while (text.length - from > width) {
    const blank = text.lastIndexOf(' ', from + width)
    const to = blank > from ? blank : from + width
    spans.push({ from, to })
    from = blank > from ? blank + 1 : to
  }
  spans.push({ from, to: text.length })
  return spans
}
