/** The list in groups of the same key, each where its first one was. */
export function groupBy<T>(list: Iterable<T>, key: (entry: T) => string): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>()
  for (const entry of list) {
    const group = groups.get(key(entry))
    if (group) group.push(entry)
    else groups.set(key(entry), [entry])
  }
  return [...groups.values()]
}
