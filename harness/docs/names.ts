import type { Page, Pointer } from './pages.ts'

/** Options of other programs, which pages name as well. */
export const foreignOptions = ['--array', '--ignore-scripts', '--pdeathsig', '--stdout', '--time-format']

/** Options that a page names in code, in its sentences and tables: `--overlay`. */
export function optionsOf(page: Page): Pointer[] {
  return inCode(page, /(?<![\w-])(--[a-z][a-z0-9-]+)/g)
}

/** Commands of dmaspec that it names so: `dmaspec cache`. */
export function subcommandsOf(page: Page): Pointer[] {
  return inCode(page, /\bdmaspec ([a-z][a-z-]+)/g)
}

/** Figures of `make bench NAME=…`. */
export function figuresOf(page: Page): Pointer[] {
  return inCode(page, /\bmake bench NAME=([\w-]+)/g)
}

/** A page without its blocks, every line where it was. */
export function prose({ text }: Page): string {
  return text.replace(/^(`{3,})[^\n]*\n.*?^\1$/gms, block => block.replace(/[^\n]/g, ''))
}

function inCode(page: Page, pattern: RegExp): Pointer[] {
  return prose(page)
    .split('\n')
    .flatMap((text, i) =>
      [...text.matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) =>
        [...code.matchAll(pattern)].map(([, to = '']) => ({ to, line: i + 1 })),
      ),
    )
}
