/** A table whose cells may have several lines, for a terminal or a log. */
export function table(head: readonly string[], rows: readonly (readonly string[][])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.flatMap(row => (row[column] ?? []).map(line => line.length))),
  )
  const line = (cells: readonly string[]) =>
    `  ${cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd()}\n`
  const rule = line(widths.map(width => '-'.repeat(width)))
  const body = rows.map(row => {
    const height = Math.max(...row.map(cell => cell.length))
    return Array.from({ length: height }, (_, i) => line(row.map(cell => cell[i] ?? ''))).join('')
  })
  return line(head) + rule + body.join(rule)
}
