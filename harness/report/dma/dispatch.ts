import type { Place } from '../input/line.ts'
import { Slots } from '../slots.ts'
import { pastBlanks } from '../text.ts'
import { fits } from './format.ts'
import type { Row } from './row.ts'
import { HEADS, ROWS, startsFree, type Head } from './table.ts'

/** A line that is one of ours. */
export interface Found {
  /** Null: a driver of ours said it, and no row knows it. */
  row: Row | null
  head: Head | null
  /** Where in the line the message starts. */
  at: number
}

/** What is looked up: a row, or who starts a line. */
type Item = { row: Row; head: null } | { row: null; head: Head }

/**
 * All rows of all families by the first three characters of what they start with. A line costs one look for each of
 * its `: `-separated segments, however many rows there are: a message stands at the line's start, or behind what
 * dev_printk() or pr_fmt() put there.
 */
const INDEX = new Slots<Item>()
const WORDS: readonly (readonly [string, Item])[] = [
  ...ROWS.filter(row => !startsFree(row)).map(row => [row.compiled.prefix, { row, head: null }] as const),
  ...HEADS.map(head => [head.name, { row: null, head }] as const),
]
for (const [word, item] of WORDS) INDEX.add(word, item)
/** What find() looks for: without one of these, a line is none of ours. */
export const PREFIXES: readonly string[] = [...new Set(WORDS.map(([word]) => word))]

const FREE_ROWS: ReadonlyMap<string, readonly Row[]> = new Map(
  HEADS.map(({ name }) => [name, ROWS.filter(row => startsFree(row) && row.by?.includes(name))]),
)

/** So many words of ours are looked at in a line: `driver device: DMA-API: function: message` has three. */
const MOST_WORDS = 32
/** A message that leaves its format is taken for a part of it if what stands before the first value is this long. */
const LONG_ENOUGH = 12
const BLANK = 0x20

/** Finds the row of a line; null if it is none of ours. */
export function find({ text, from, to, first, last }: Place): Found | null {
  let at = pastBlanks(text, first)
  let words = 0
  let head: { entry: Head; at: number } | null = null
  let part: Found | null = null
  while (words < MOST_WORDS) {
    const slot = INDEX.of(text, at)
    for (let i = slot?.standing(text, at, 0) ?? -1; i !== -1; i = slot!.standing(text, at, i + 1)) {
      words++
      const { row, head: starts } = slot!.items[i]!
      if (starts !== null) {
        if (isHead(text, at + starts.name.length)) head = { entry: starts, at }
      } else if (row.by === null || saidBy(row.by, head?.entry ?? null, text, from, at)) {
        if (fits(row.compiled, text, at, to)) return { row, head: head?.entry ?? null, at: at - from }
        if (row.compiled.prefix.length >= LONG_ENOUGH)
          part ??= { row, head: head?.entry ?? null, at: at - from }
      }
    }
    if (at >= last) break
    const end = partEnd(text, at)
    if (end === -1) break
    at = pastBlanks(text, end + 2)
  }
  return part ?? (head === null ? null : behind(text.slice(from, to), head.entry, head.at - from))
}

/** What stands behind a head: one of its rows that start with a conversion, or something that no row knows. */
function behind(text: string, head: Head, from: number): Found | null {
  const end = partEnd(text, from + head.name.length)
  if (end === -1) return null
  const at = pastBlanks(text, end + 2)
  if (at >= text.length) return null
  for (const row of FREE_ROWS.get(head.name) ?? []) {
    if (text.startsWith(row.compiled.prefix, at) && fits(row.compiled, text, at, text.length))
      return { row, head, at }
  }
  return head.other === null ? null : { row: null, head, at }
}

/** Where the next `: ` is, -1 if there is none; V8 finds a single character several times as fast as two. */
function partEnd(text: string, from: number): number {
  let at = text.indexOf(':', from)
  while (at !== -1 && text.charCodeAt(at + 1) !== BLANK) at = text.indexOf(':', at + 1)
  return at
}

/** A head ends in a blank and a device's name, or in a colon. */
function isHead(text: string, end: number): boolean {
  const code = text.charCodeAt(end)
  return code === BLANK || (code === 0x3a && text.charCodeAt(end + 1) === BLANK)
}

/** Whether one of those that may say a message stands before it: mostly it is the line's head. */
function saidBy(
  names: readonly string[],
  head: Head | null,
  text: string,
  from: number,
  at: number,
): boolean {
  if (head !== null && names.includes(head.name)) return true
  const before = text.slice(from, at)
  return names.some(name => namedIn(before, name))
}

/** `arm-smmu-v3 arm-smmu-v3.0.auto: `: a device's name may start as its driver's. */
function namedIn(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const starts = at === 0 || text.charCodeAt(at - 1) === BLANK
    if (starts && isHead(text, at + name.length)) return true
  }
  return false
}
