/** Lines that were joined to one: where the next one starts. */
import { isDigit } from '../text.ts'
import { stampAt, type Stamp } from './line.ts'
import { matchesAt, type Prefix } from './prefix.ts'

/** How the line before another one in the same physical line may differ from it in time, in seconds. */
const EARLIER = 10

/** The next printk's stamp; `[1.2]` is none, since printk prints six digits. */
export function firstStamp(text: string, from: number, to = text.length): Stamp | null {
  for (let at = text.indexOf('[', from); at !== -1 && at < to; at = text.indexOf('[', at + 1)) {
    let next = at + 1
    while (next < to && text.charCodeAt(next) === 0x20) next++
    const found = next < to && isDigit(text, next) ? stampAt(text, at) : null
    if (found) return found
  }
  return null
}

/** Where what stood in front of the line stands again. */
export function repeatsOf(text: string, { row, end }: Prefix): number[] {
  const cuts: number[] = []
  for (let stamp = firstStamp(text, end); stamp; stamp = firstStamp(text, stamp.end))
    cuts.push(cutBack(text, stamp.at))
  if (cuts.length > 0 || row === null || row.place !== 'outer') return cuts
  for (let blank = text.indexOf(' ', end); blank !== -1; blank = text.indexOf(' ', blank + 1)) {
    if (row.first.includes(text.charAt(blank + 1)) && matchesAt(row, text, blank + 1)) cuts.push(blank + 1)
  }
  return cuts
}

/** A level stands before the time stamp: `<6>[    1.2]`. */
export function cutBack(text: string, at: number): number {
  if (text.charCodeAt(at - 1) !== 0x3e) return at
  const open = text.lastIndexOf('<', at)
  return open !== -1 && at - open <= 5 && LEVEL.test(text.slice(open, at)) ? open : at
}

const LEVEL = /^<\d{1,3}>$/

/** Where the text before `cut` ends, without the next line's quote marks. */
export function unmarked(text: string, from: number, cut: number): number {
  let end = cut
  while (end > from && text.startsWith('> ', end - 2) && (end - 2 === from || text.charAt(end - 3) === ' '))
    end -= 2
  return end
}

/** A time in the middle that is long before the line's own is what the message is about. */
export function isLater(line: Prefix, next: Prefix): boolean {
  return line.time === null || next.time === null || next.time > line.time - EARLIER
}
