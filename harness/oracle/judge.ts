import type { TraceEvent } from '../trace/events.ts'
import type { ConsoleLine } from '../types.ts'
import { probeLines } from './lines.ts'
import { readTold } from './mappings.ts'
import type { Disagreement, Mapping, OracleReport, RuleName, TimelineRow } from './oracle.ts'
import type { Found } from './rule.ts'
import { rules } from './rules.ts'
import { Scene, type Setting } from './scene.ts'
import { timelineOf } from './timeline.ts'

/** So many mappings have a timeline, each with its first disagreement: the rest is in the mappings themselves. */
const TIMELINES = 20

/** So many disagreements are kept: a log may have a million forged lines. */
const MOST_KEPT = 1000

/** Holds the two sides of a boot against each other. Pure: the console's lines and the device's events in, verdicts out. */
export function judge(
  console: Iterable<ConsoleLine | string>,
  events: readonly TraceEvent[],
  setting: Setting,
): OracleReport {
  const told = readTold(probeLines(console))
  const scene = new Scene(told, events, setting)
  const compared: OracleReport['compared'] = {}
  const disagreements: Disagreement[] = []
  const shown = new Set<Mapping>()
  let omitted = 0
  for (const rule of rules) {
    let count = 0
    for (const found of rule.check(scene)) {
      count++
      if (!found) continue
      if (disagreements.length === MOST_KEPT) {
        omitted++
        continue
      }
      const { mapping } = found
      const isFirst = mapping !== null && !shown.has(mapping) && shown.size < TIMELINES
      if (isFirst) shown.add(mapping)
      const timeline = isFirst ? timelineOf(mapping, scene) : []
      disagreements.push(disagreement(rule.name, found, timeline))
    }
    compared[rule.name] = count
  }
  const { mappings, failures, remarks } = told
  const checked = mappings.filter(
    ({ device, parts }) => scene.order.mark(device, parts[0]?.seq ?? null) !== undefined,
  )
  return {
    mappings,
    failures,
    checked: checked.length,
    compared,
    disagreements,
    omitted,
    unmatched: unmatched(scene),
    remarks: remarks.map(({ device, line, text }) => ({ device, line, text })),
  }
}

function disagreement(rule: RuleName, found: Found, timeline: TimelineRow[]): Disagreement {
  const { why, kernel, saw, device, mapping, line } = found
  const subject = mapping ? `mapping ${mapping.id} of ${device} (${mapping.api}, ${mapping.dir}): ` : ''
  const who = device === null || mapping !== null ? '' : `${device}: `
  return {
    rule,
    message: `${subject}${who}${why}; kernel: ${kernel}; device: ${saw}`,
    device,
    mapping: mapping?.id ?? null,
    kernel,
    saw,
    line,
    timeline,
  }
}

function unmatched({ told, order, loose }: Scene): OracleReport['unmatched'] {
  const devices = new Set(told.marked.map(({ device }) => device))
  let marks = 0
  for (const device of devices) {
    const said = new Set(told.marked.filter(each => each.device === device).map(({ seq }) => seq))
    marks += [...order.marks(device).keys()].filter(mark => !said.has(mark)).length
  }
  return { marks, transfers: loose.unprinted.length }
}
