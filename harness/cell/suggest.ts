/** The name that was most likely meant, if one is near: at most a third of its letters differ. */
export function closest(wanted: string, names: readonly string[]): string | null {
  let best: { name: string; distance: number } | null = null
  for (const name of names) {
    const found = distance(wanted.toLowerCase(), name.toLowerCase())
    if (!best || found < best.distance) best = { name, distance: found }
  }
  return best && best.distance <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : null
}

/** `unknown overlay 'x'; there are: a, b (did you mean 'a'?)` */
export function unknown(what: string, wanted: string, names: readonly string[]): string {
  const there = names.length > 0 ? `there are: ${names.join(', ')}` : 'there are none'
  const meant = closest(wanted, names)
  return `unknown ${what} '${wanted}'; ${there}` + (meant === null ? '' : ` (did you mean '${meant}'?)`)
}

/** Levenshtein's, in one row. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
