import type { Say } from './say.ts'

/** How serious it is: what a terminal colours it for. */
export type Tone = 'crash' | 'warning' | 'good' | 'plain'

/**
 * What `dmaspec explain` says, before it has a form: pages of a terminal and Markdown are made from it. Texts of the
 * log are in it as they were printed; each form makes them harmless.
 */
export type Page = readonly Part[]

export type Part =
  { is: 'headline'; tone: Tone; text: Say; below: Say[] } | { is: 'section'; title: string; items: Item[] }

export type Item =
  /** A sentence. */
  | { is: 'text'; text: Say; tone?: Tone }
  /** One of several. */
  | { is: 'point'; text: Say }
  /** Lines as the kernel printed them, or in columns: not wrapped. */
  | { is: 'lines'; lines: string[] }
  /** Something that the log says at a line, and what that means. */
  | { is: 'step'; at: string; quote: string; means: Say | null }

export function text(text: Say, tone?: Tone): Item {
  return { is: 'text', text, ...(tone ? { tone } : {}) }
}

export function point(text: Say): Item {
  return { is: 'point', text }
}

/** The section, or nothing if it would be empty. */
export function section(title: string, items: readonly (Item | null)[]): Part[] {
  const there = items.filter(item => item !== null)
  return there.length === 0 ? [] : [{ is: 'section', title, items: there }]
}
