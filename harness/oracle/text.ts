import { count } from '../text.ts'
import type { Disagreement, OracleReport, TimelineRow } from './oracle.ts'

/** How wide a side is: both fit into the 132 columns of a CI log. */
const WIDTH = 54

/** `12 mappings checked, 0 disagreements`. */
export function summary({ checked, disagreements, omitted, mappings }: OracleReport): string {
  const all = checked === mappings.length ? '' : ` of ${mappings.length}`
  return `${checked}${all} ${mappings.length === 1 ? 'mapping' : 'mappings'} checked, ${count(disagreements.length + omitted, 'disagreement')}`
}

/** So many mappings are shown to people; JSON has all. */
const SHOWN = 6

/** Disagreements for people: all that is wrong with a mapping, then its timeline; what is about none comes first. */
export function disagreementText({ disagreements }: OracleReport): string[] {
  const groups = new Map<string, Disagreement[]>()
  for (const found of disagreements) {
    const subject = found.mapping === null ? '' : `${found.device} ${found.mapping}`
    groups.set(subject, [...(groups.get(subject) ?? []), found])
  }
  const all = [...groups].sort(([a], [b]) => Number(a !== '') - Number(b !== '')).map(([, group]) => group)
  const more = all.slice(SHOWN).flat().length
  return [
    ...all.slice(0, SHOWN).flatMap(shown),
    ...(more > 0 ? [`… and ${count(more, 'disagreement')} more: --json has them`] : []),
  ]
}

function shown(group: readonly Disagreement[]): string[] {
  const said = group.slice(0, MOST_SAID).map(({ rule, message }) => `${rule}: ${message}`)
  const more = group.length - said.length
  const timeline = group.flatMap(({ timeline }) => timelineText(timeline))
  return [
    ...said,
    ...(more > 0 ? [`… and ${more} more like that`] : []),
    ...timeline.map(line => `  ${line}`),
  ]
}

const MOST_SAID = 10

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
