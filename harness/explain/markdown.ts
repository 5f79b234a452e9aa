import { oneLine, printable } from '../text.ts'
import type { Item, Page, Part } from './page.ts'
import type { Say } from './say.ts'

/**
 * A page to answer a mail or a bug with. What a guest has a say in stands in code spans and fences only: there it is
 * neither markup, nor HTML, nor a mention of somebody.
 */
export function pageMarkdown(page: Page): string {
  return page.map(part => partMarkdown(part).trimEnd() + '\n').join('\n')
}

function partMarkdown(part: Part): string {
  if (part.is === 'headline') {
    const below = part.below.map(line => `${sentence(line)}\n`)
    return [`### ${sentence(part.text)}\n`, ...below].join('\n')
  }
  return `**${part.title}**\n\n${part.items.map(itemMarkdown).join('')}`
}

function itemMarkdown(item: Item, i: number, items?: readonly Item[]): string {
  switch (item.is) {
    case 'text':
      return `${sentence(item.text)}\n\n`
    case 'point':
      return `- ${sentence(item.text)}\n${items?.[i + 1]?.is === 'point' ? '' : '\n'}`
    case 'lines':
      return `${fence(item.lines)}\n`
    case 'step':
      return `${item.at}:\n\n${fence([item.quote])}\n${item.means ? `${sentence(item.means)}\n\n` : ''}`
  }
}

function sentence(say: Say): string {
  return say.map(({ text, fact }) => (fact ? span(text) : text)).join('')
}

/** A code span, whatever is in it: CommonMark 6.1. */
function span(text: string): string {
  const clean = oneLine(text)
  if (clean === '') return ''
  const ticks = '`'.repeat(longest(clean, 0) + 1)
  const pad = clean.startsWith('`') || clean.endsWith('`') ? ' ' : ''
  return `${ticks}${pad}${clean}${pad}${ticks}`
}

/** A fence of more backticks than there are in a row within. */
function fence(lines: readonly string[]): string {
  const clean = lines.map(line =>
    printable(line)
      .replace(/[\n\t]/g, ' ')
      .trimEnd(),
  )
  const ticks = '`'.repeat(Math.max(2, ...clean.map(line => longest(line, 2))) + 1)
  return `${ticks}\n${clean.join('\n')}\n${ticks}\n`
}

function longest(text: string, least: number): number {
  return (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), least)
}
