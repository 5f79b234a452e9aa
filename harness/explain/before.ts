import { hex } from '../report/json.ts'
import type { IommuFault, Oops } from '../report/report.ts'
import { factLine, factMeans, type Fact } from './facts.ts'
import { groupBy } from './group.ts'
import { messageMeans } from './messages.ts'
import type { Item } from './page.ts'
import { say, type Say } from './say.ts'
import type { Scene } from './scene.ts'

/** The same words many times are one step; of different ones, so many are shown: the last before the crash. */
const MOST = 12

interface Entry {
  line: number
  quote: string
  means: Say | null
  /** Entries of the same key are the same complaint. */
  key: string
}

/** What DMA and IOMMUs complained of before a crash, in order; of a boot without one, all that they did. */
export function stepsBefore(scene: Scene, crash: Oops | null): Item[] {
  const until = crash?.line ?? Infinity
  const entries = [...scene.trouble.map(ofFact), ...scene.faults.map(ofFault)]
    // A mail may have it all in one line.
    .filter(({ line }) => line <= until)
    .sort((a, b) => a.line - b.line)
  const groups = groupBy(entries, ({ key }) => key)
  const left = groups.length - MOST
  // What the crash says of itself is not said again.
  const meant = new Set(crash ? [JSON.stringify(messageMeans(crash))] : [])
  const steps = groups.slice(-MOST).map(group => step(group, meant))
  const above: Item[] =
    left > 0 ? [{ is: 'text', text: say`${left} other complaints come before these.` }] : []
  return [...above, ...steps]
}

/** Whose sense was explained once is not explained again. */
function step(group: readonly [Entry, ...Entry[]], meant: Set<string>): Item {
  const [{ line, quote, means }] = group
  const words = means === null ? '' : JSON.stringify(means)
  const isNew = !meant.has(words)
  meant.add(words)
  const last = group.at(-1)?.line ?? line
  const at = group.length === 1 ? `line ${line}` : `lines ${line} to ${last}, ${group.length} times`
  return { is: 'step', at, quote, means: isNew ? means : null }
}

function ofFact(fact: Fact): Entry {
  const quote = factLine(fact)
  return { line: fact.line, quote, means: factMeans(fact), key: alike(quote) }
}

function ofFault({ device, status, iova, access, reason, line, context }: IommuFault): Entry {
  const parts = [
    ...(iova === null ? [] : [`iova ${hex(iova)}`]),
    ...(access === null ? [] : [access]),
    reason ?? (status === null ? 'no reason given' : `status ${hex(status)}`),
    ...(context === null ? [] : [`context ${context}`]),
  ]
  return {
    line,
    quote: `${device}: fault, ${parts.join(', ')}`,
    means: null,
    key: `fault ${device} ${reason} ${access}`,
  }
}

/** A message without its numbers: what is left is what it complains of. */
function alike(message: string): string {
  return message.slice(0, 300).replace(/0x[0-9a-f]{1,16}|\b\d{1,20}\b|\b[0-9a-f]{8,16}\b/gi, '#')
}
