/** A fenced block of a page. */
export interface Block {
  /** What stands behind the fence: `sh`, `ts`, `diff`; empty for the output of a command. */
  language: string
  text: string
  /** Of the block's first line in the page, from 1. */
  line: number
}

/** The fenced blocks of a page of Markdown, in order. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = []
  let open: { fence: string; block: Block; lines: string[] } | undefined
  for (const [i, line] of markdown.split('\n').entries()) {
    const [, fence = '', language = ''] = /^(`{3,})(\S*)/.exec(line) ?? []
    if (!open) {
      if (fence) open = { fence, block: { language, text: '', line: i + 2 }, lines: [] }
    } else if (fence.startsWith(open.fence) && language === '') {
      blocks.push({ ...open.block, text: open.lines.join('\n') })
      open = undefined
    } else {
      open.lines.push(line)
    }
  }
  return blocks
}
