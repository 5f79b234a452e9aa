/** Lays cells out side by side, wrapped to their columns' widths; two blanks between columns. */
export function columns(
  cells: readonly string[],
  widths: readonly number[],
  paint: (text: string, column: number) => string = text => text,
): string[] {
  const wrapped = cells.map((cell, i) => wrap(cell, widths[i] ?? 1))
  const height = Math.max(...wrapped.map(lines => lines.length))
  return Array.from({ length: height }, (_, row) => {
    const parts = wrapped.map((lines, i) => (lines[row] ?? '').padEnd(widths[i] ?? 1))
    const last = parts.findLastIndex(part => part.trim() !== '')
    const shown = parts.slice(0, last + 1).map((part, i) => (i === last ? part.trimEnd() : part))
    return shown.map(paint).join('  ')
  })
}

/** The text in lines of at most `width`, broken between words where that can be. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap(word => pieces(word, width))) {
    if (line === '') line = word
    else if (line.length + 1 + word.length <= width) line += ` ${word}`
    else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line]
}

function pieces(word: string, width: number): string[] {
  if (word.length <= width) return [word]
  return Array.from({ length: Math.ceil(word.length / width) }, (_, i) =>
    word.slice(i * width, (i + 1) * width),
  )
}
