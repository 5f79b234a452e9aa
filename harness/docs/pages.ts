import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { projectRoot } from '../project.ts'
import { type Step, stepsOf } from './steps.ts'

/** A page for people: the README, or a file of docs/. */
export interface Page {
  /** From the clone's root: `docs/diff.md`. */
  path: string
  text: string
}

/** What a page points to. */
export interface Pointer {
  to: string
  /** In the page, from 1. */
  line: number
}

/** The README and every page of docs/. */
export function pages(): Page[] {
  const docs = readdirSync(join(projectRoot, 'docs')).filter(name => name.endsWith('.md'))
  return ['README.md', ...docs.sort().map(name => `docs/${name}`)].map(path => ({
    path,
    text: readFileSync(join(projectRoot, path), 'utf8'),
  }))
}

/** What a reader of the page does; an error names the page. */
export function stepsOfPage({ path, text }: Page): Step[] {
  try {
    return stepsOf(text)
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error })
  }
}

/** The names that a page's files and patches bring into being: of specs, overlays, series. */
export function namesMade(steps: readonly Step[]): string[] {
  return steps.flatMap(step => {
    if (step.is === 'file') return [basename(step.path).replace(/(\.spec)?\.\w+$/, '')]
    if (step.is === 'patch')
      return [...step.text.matchAll(/^\+[^'\n]*'([^'\n]+)'/gm)].map(([, name = '']) => name)
    return []
  })
}
