import { read, type Printed } from './format.ts'
import type { Row } from './row.ts'
import { HEADS, ROWS, SHORTEST, startsFree, type Head } from './table.ts'

/** A line that is one of ours. */
export interface Found {
  /** Null: a driver of ours said it, and no row knows it. */
  row: Row | null
  head: Head | null
  /** Where the message starts. */
  at: number
  printed: readonly Printed[]
}

interface Entry {
  prefix: string
  row: Row | null
  head: Head | null
}

/**
 * All rows of all families by the first three characters of what they start with. A line costs one look for each of
 * its `: `-separated segments, however many rows there are: a message stands at the line's start, or behind what
 * dev_printk() or pr_fmt() put there.
 */
const SLOTS = 1 << 13
const INDEX: readonly (readonly Entry[] | undefined)[] = index()
/** One bit a slot, as INDEX is sparse: most looks end here. */
const TAKEN = Uint8Array.from({ length: SLOTS }, (_, slot) => (INDEX[slot] === undefined ? 0 : 1))
const FREE_ROWS: ReadonlyMap<string, readonly Row[]> = new Map(
  HEADS.map(({ name }) => [name, ROWS.filter(row => startsFree(row) && row.by?.includes(name))]),
)

/** Segments of a line that are looked at: `driver device: DMA-API: function: message` are four. */
const SEGMENTS = 8
/** A message that leaves its format is taken for a part of it if what stands before the first value is this long. */
const LONG_ENOUGH = 12
const BLANK = 0x20
const TAB = 0x09

/** Finds the row of a line; null if it is none of ours. */
export function find(text: string): Found | null {
  let at = text.charCodeAt(0) === BLANK || text.charCodeAt(0) === TAB ? skipBlanks(text, 1) : 0
  let head: { entry: Head; at: number } | null = null
  let part: Found | null = null
  for (let segment = 0; segment < SEGMENTS; segment++) {
    const slot = slotOf(text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2))
    if (TAKEN[slot] === 1) {
      const entries = INDEX[slot] ?? []
      for (let i = 0; i < entries.length; i++) {
        const entry = entries[i]
        if (entry === undefined || !text.startsWith(entry.prefix, at)) continue
        if (entry.head !== null) {
          if (isHead(text, at + entry.prefix.length)) head = { entry: entry.head, at }
          continue
        }
        const row = entry.row
        if (row === null || !saidBy(row, text, at)) continue
        const { printed, whole } = read(row.compiled, text, at)
        if (whole) return { row, head: head?.entry ?? null, at, printed }
        if (row.compiled.prefix.length >= LONG_ENOUGH)
          part ??= { row, head: head?.entry ?? null, at, printed }
      }
    }
    const end = text.indexOf(': ', at)
    if (end === -1) break
    at = skipBlanks(text, end + 2)
  }
  return part ?? (head === null ? null : behind(text, head.entry, head.at))
}

/** What stands behind a head: one of its rows that start with a conversion, or something that no row knows. */
function behind(text: string, head: Head, from: number): Found | null {
  const end = text.indexOf(': ', from + head.name.length)
  if (end === -1) return null
  const at = skipBlanks(text, end + 2)
  if (at >= text.length) return null
  for (const row of FREE_ROWS.get(head.name) ?? []) {
    if (!text.startsWith(row.compiled.prefix, at)) continue
    const { printed, whole } = read(row.compiled, text, at)
    if (whole) return { row, head, at, printed }
  }
  return head.other === null ? null : { row: null, head, at, printed: [] }
}

function skipBlanks(text: string, from: number): number {
  let at = from
  for (let code = text.charCodeAt(at); code === BLANK || code === TAB; code = text.charCodeAt(at)) at++
  return at
}

/** A head ends in a blank and a device's name, or in a colon. */
function isHead(text: string, end: number): boolean {
  const code = text.charCodeAt(end)
  return code === BLANK || (code === 0x3a && text.charCodeAt(end + 1) === BLANK)
}

/** Whether one of those that may say it stands before `at`. */
function saidBy({ by }: Row, text: string, at: number): boolean {
  return (
    by === null ||
    by.some(name => {
      const found = text.lastIndexOf(name, at - 1)
      return (
        found !== -1 &&
        found + name.length < at &&
        (found === 0 || text.charCodeAt(found - 1) === BLANK) &&
        isHead(text, found + name.length)
      )
    })
  )
}

function slotOf(a: number, b: number, c: number): number {
  return ((a * 31 + b) * 67 + c) & (SLOTS - 1)
}

function index(): (Entry[] | undefined)[] {
  const slots: (Entry[] | undefined)[] = new Array<Entry[] | undefined>(SLOTS).fill(undefined)
  const put = (entry: Entry) => {
    const { prefix } = entry
    const slot = slotOf(prefix.charCodeAt(0), prefix.charCodeAt(1), prefix.charCodeAt(2))
    ;(slots[slot] ??= []).push(entry)
  }
  for (const row of ROWS)
    if (!startsFree(row) && row.compiled.prefix.length >= SHORTEST)
      put({ prefix: row.compiled.prefix, row, head: null })
  for (const head of HEADS) put({ prefix: head.name, row: null, head })
  return slots
}
