/**
 * How a message starts that people's mail programs join with others into one line. Each is printed by a printk() of its
 * own, so two of them in a line are two lines.
 */
export interface Anchor {
  /** What it starts with. */
  literal: string
  /**
   * What follows must look so; a word more than the literal, so that a sentence about it is none. Sticky, from the
   * literal's start, and bounded: a try costs the same whatever the line holds.
   */
  form?: RegExp
  /** `form` is the whole message: what comes after it is another one, be it prose. */
  whole?: true
}

/** A message that looks so to its end. */
export function whole(literal: string, form: string): Anchor {
  return { literal, form: new RegExp(form, 'y'), whole: true }
}

/** A message that starts with the literal, and goes on so. */
export function head(literal: string, rest: string): Anchor {
  return { literal, form: new RegExp(escaped(literal) + rest, 'y') }
}

function escaped(literal: string): string {
  return literal.replace(/[\^$.*+?()[\]{}|]/g, '\\$&')
}
