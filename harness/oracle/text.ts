import { count } from '../text.ts'
import type { Disagreement, OracleReport, TimelineRow } from './oracle.ts'

/** How wide a side is: both fit into the 132 columns of a CI log. */
const WIDTH = 54

/** `12 mappings checked, 0 disagreements`. */
export function summary({ checked, disagreements, mappings }: OracleReport): string {
  const all = checked === mappings.length ? '' : ` of ${mappings.length}`
  return `${checked}${all} ${mappings.length === 1 ? 'mapping' : 'mappings'} checked, ${count(disagreements.length, 'disagreement')}`
}

/** A disagreement for people: rule and message, then both sides in order. */
export function disagreementText({ rule, message, timeline }: Disagreement): string[] {
  return [`${rule}: ${message}`, ...timelineText(timeline).map(line => `  ${line}`)]
}

/**
 * Two columns, the kernel's and the device's, in the order of the device's events. `seq` is the driver's mark, the time
 * is the guest's in seconds. Plain text: fit for a terminal and for a CI log.
 */
export function timelineText(rows: readonly TimelineRow[]): string[] {
  if (rows.length === 0) return []
  const head = row('seq', 'time', 'the kernel says', 'the device saw')
  return [head, ...rows.flatMap(lines)]
}

function lines({ seq, t, kernel, device }: TimelineRow): string[] {
  const left = wrapped(kernel ?? '')
  const right = wrapped(device ?? '')
  const time = t === null ? '' : (Number(t) / 1e9).toFixed(6)
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) =>
    i === 0 ? row(seq === null ? '' : `${seq}`, time, left[0], right[0]) : row('', '', left[i], right[i]),
  )
}

function row(seq: string, time: string, kernel = '', device = ''): string {
  return `${seq.padStart(5)}  ${time.padStart(10)}  ${kernel.padEnd(WIDTH)} | ${device}`.trimEnd()
}

/** By words; what is longer than a line stays whole, since half an address is none. */
function wrapped(text: string): string[] {
  const found: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      found.push(line)
      line = `    ${word}`
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...found, line]
}
