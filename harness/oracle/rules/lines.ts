import { oneLine } from '../../text.ts'
import type { Rule } from '../rule.ts'

/** Rules on the drivers' lines themselves: all that is concluded rests on them. */
export const lineRules: Rule[] = [
  {
    name: 'line',
    claims: "every line of a driver's can be read, and fits the lines before it",
    *check({ told }) {
      for (const { device, line, text, why } of told.bad) {
        yield {
          why: `a line can't be understood: ${oneLine(why, 200)}`,
          kernel: `printed '${oneLine(text, 200)}'`,
          saw: 'nothing that it could be held against',
          ...{ device, mapping: null, line },
        }
      }
      yield* told.marked.map(() => null)
    },
  },

  {
    name: 'marked',
    claims: 'every line has its mark in the device trace, once, and in the same order',
    *check({ told, order }) {
      const last = new Map<string, { seq: number; place: number }>()
      const seen = new Set<string>()
      for (const { device, seq, line, what } of told.marked) {
        const place = order.mark(device, seq)
        const before = last.get(device)
        const twice = seen.has(`${device} ${seq}`)
        seen.add(`${device} ${seq}`)
        const found = (why: string, saw: string) => ({
          why,
          kernel: `printed '${what} seq=${seq}'`,
          saw,
          ...{ device, mapping: null, line },
        })
        if (place === undefined) {
          const highest = order.lastMark(device)
          const saw =
            highest === undefined ? 'saw no mark at all' : `saw no mark ${seq}; its last is ${highest}`
          yield found('a line has no mark: a process may have printed it', saw)
        } else if (twice) yield found('two lines have the same mark', `saw mark ${seq} once`)
        else if (before && before.seq < seq !== before.place < place)
          yield found('the marks came in another order', `saw mark ${before.seq} after mark ${seq}`)
        else yield null
        if (place !== undefined) last.set(device, { seq, place })
      }
    },
  },

  {
    name: 'plan-whole',
    claims: 'a plan that was asked for began, came to its end, and printed as many mappings as it counts',
    *check({ told, setting }) {
      for (const { device, line, why } of told.refusals) {
        const kernel = `refused the plan: ${oneLine(why, 200)}`
        yield { why: 'a plan was refused', kernel, saw: 'was not used', device, mapping: null, line }
      }
      if (setting.asked && setting.complete && told.plans.length + told.refusals.length === 0) {
        yield {
          why: 'a plan was asked for, and none began',
          kernel: 'has no device to run it, or no driver',
          saw: 'was not used',
          ...{ device: null, mapping: null, line: null },
        }
      }
      for (const { device, n, line, end, quiet, text } of told.plans) {
        const isOf = (other: { device: string; plan: number | null; use: string | null }) =>
          other.device === device && other.plan === n && other.use !== 'table'
        const printed = told.mappings.filter(isOf).length
        const failed = told.failures.filter(isOf).length
        const began = `began plan ${n}, '${oneLine(text, 200)}'`
        const found = { device, mapping: null }
        if (end === null) {
          yield setting.complete
            ? { why: 'a plan never ended', kernel: began, saw: `made ${printed} mappings`, ...found, line }
            : null
        } else {
          yield quiet || end.mappings === printed + failed
            ? null
            : {
                why: 'lines of a plan are missing',
                kernel: `counts ${end.mappings} mappings in plan ${n}`,
                saw: `${printed} mappings, and ${failed} that failed, were printed`,
                ...found,
                line: end.line,
              }
        }
      }
    },
  },

  {
    name: 'job-said',
    claims: 'the device did no job that no line tells of',
    *check({ told, loose }) {
      yield* told.mappings.flatMap(({ jobs }) => jobs.map(() => null))
      const quiet = new Set(told.plans.filter(plan => plan.quiet).map(({ device }) => device))
      for (const { master, job, op, state } of loose.jobs) {
        if (quiet.has(master)) continue
        yield {
          why: 'the device did a job that no line tells of',
          kernel: 'says nothing of it',
          saw: `${state} of ${op}, job ${job}`,
          ...{ device: master, mapping: null, line: null },
        }
      }
    },
  },
]
