/** What chance, the machine or the version of a package has a say in, and what stands for it in a comparison. */
const chance: readonly [RegExp, string][] = [
  // addresses, in memory and of I/O; not those of a device, which a name follows
  [/\b0x[0-9a-f]{5,16}\b(?!\.)/g, '<address>'],
  // a symbol's offset and size: the compiler's
  [/\+0x[0-9a-f]+\/0x[0-9a-f]+/g, '+<offset>'],
  [/\b[0-9a-f]{40,64}\b/g, '<hash>'],
  [/\[ *\d+\.\d{6}\]/g, '[<time>]'],
  [/\b\d+(\.\d+)? (m?s|min|seconds?|minutes?)\b/g, '<time>'],
  [/\btime=[\d.]+m?s\b/g, '<time>'],
  [/\b\d+(\.\d+)? ([kMG]i?)?B\b/g, '<size>'],
  // how many: docs/diff.md has what is chance from boot to boot
  [/\b\d+ (?=(transfers?|translated|in all|direct|bounced|through|past|messages?)\b)/g, '<count> '],
  [/\b\d+ (?=of [0-9a-f]+\.iommu)/g, '<count> '],
  // Debian's kernels go on: 6.1.192-2, 6.1.193-1
  [/\b(\d+\.\d+)\.\d+(-\d+)?\b/g, '$1.<patch>'],
  // the line of a source file
  [/(\.[ch]):\d+/g, '$1:<line>'],
  // widths of columns
  [/-{3,}/g, '---'],
  [/\s+/g, ' '],
]

/** A line without what is chance. */
export function withoutChance(line: string): string {
  return chance.reduce((text, [what, by]) => text.replace(what, by), line).trim()
}

/**
 * Null if the output has these lines, one after the other, chance aside; a line `…` stands for any that are left out.
 * Else the first line of the excerpt that is not where it should be.
 */
export function missingFrom(output: string, excerpt: string): string | null {
  const have = output.split('\n').map(withoutChance)
  let from = 0
  for (const part of partsOf(excerpt)) {
    const at = have.findIndex(
      (_, i) => i >= from && part.every((line, j) => have[i + j] === withoutChance(line)),
    )
    if (at < 0) return firstStranger(have.slice(from), part)
    from = at + part.length
  }
  return null
}

/** The runs of lines between those that are `…`. */
function partsOf(excerpt: string): string[][] {
  const parts: string[][] = [[]]
  for (const line of excerpt.split('\n')) {
    if (line.trim() === '…') parts.push([])
    else parts.at(-1)?.push(line)
  }
  return parts.filter(part => part.length > 0)
}

/** The line that comes last if the part is followed as far as it can be from any place. */
function firstStranger(have: readonly string[], part: readonly string[]): string {
  const lengths = have.map((_, i) => {
    const wrong = part.findIndex((line, j) => have[i + j] !== withoutChance(line))
    return wrong < 0 ? part.length : wrong
  })
  return part[Math.max(0, ...lengths)] ?? ''
}
