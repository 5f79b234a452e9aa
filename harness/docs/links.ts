import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { projectRoot } from '../project.ts'
import { prose } from './names.ts'
import type { Page, Pointer } from './pages.ts'

/** Links of Markdown to places that are not on the web. */
export function linksOf({ text }: Page): Pointer[] {
  return found(text, /\]\(([^)\s]+)\)/g).filter(({ to }) => !/^https?:/.test(to))
}

/** Files and folders that a page names in code: `harness/cli/run.ts`. Patterns, and what a reader adds, are none. */
export function pathsOf(page: Page): Pointer[] {
  return found(prose(page), /`((?:\.github|dts|examples|harness|images|man|specs)\/[\w./-]+)`/g)
}

/** Null if the place is there, a heading of a page too; else what is wrong. */
export function brokenLink(page: Page, { to }: Pointer, pages: readonly Page[]): string | null {
  const [path = '', heading] = to.split('#')
  const target = path === '' ? page.path : join(dirname(page.path), path)
  if (!existsSync(join(projectRoot, target))) return `there is no ${target}`
  if (heading === undefined) return null
  const headings = pages.find(({ path }) => path === target)?.text.match(/^#+ .*/gm) ?? []
  return headings.some(line => anchorOf(line) === heading) ? null : `${target} has no heading #${heading}`
}

/** As GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .replace(/^#+ /, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

function found(text: string, pattern: RegExp): Pointer[] {
  return [...text.matchAll(pattern)].map(({ 1: to = '', index }) => ({
    to,
    line: text.slice(0, index).split('\n').length,
  }))
}
