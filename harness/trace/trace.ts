import { InfraError } from '../errors.ts'
import type { DeviceTrace, TraceEvent } from '../types.ts'

interface Fields {
  wide: string[]
  plain: string[]
  /** Wide ones that may be null. */
  nullable?: string[]
  /** Plain ones that may be left out. */
  optional?: string[]
  /** Wide ones that may be left out. */
  optionalWide?: string[]
}

/** Which fields of each event are addresses, sizes or times, and which are plain numbers or text. */
const FIELDS: Record<TraceEvent['event'], Fields> = {
  context: {
    wide: ['t', 'ttbr', 'ttbcr', 'mair'],
    plain: ['mmu', 'context', 'op'],
    optionalWide: ['iova'],
  },
  utlb: { wide: ['t'], plain: ['mmu', 'utlb', 'op', 'context'] },
  walk: { wide: ['t', 'iova', 'phys', 'tables', 'size'], plain: ['mmu', 'utlb', 'context'] },
  'walk-fault': {
    wide: ['t', 'iova', 'tables'],
    plain: ['mmu', 'utlb', 'context', 'access', 'reason', 'level'],
  },
  transfer: {
    wide: ['t', 'iova', 'phys', 'length'],
    plain: ['master', 'mmu', 'utlb', 'context', 'access', 'what', 'ok'],
    optional: ['cause', 'job'],
  },
  job: { wide: ['t', 'sum'], plain: ['master', 'job', 'op', 'state', 'cause'], nullable: ['address'] },
  mark: { wide: ['t'], plain: ['master', 'mark'] },
}

/**
 * Reads the device trace. QEMU writes whole lines, but may be killed in the middle of one: a last line without its
 * end is left out. Any other damage is an InfraError: a trace that can't be trusted proves nothing.
 */
export function parseTrace(text: string, file = 'trace.jsonl'): DeviceTrace {
  return traceOf(parseEvents(text, file))
}

/** The same as one list, in the order in which it happened. */
export function parseEvents(text: string, file = 'trace.jsonl'): TraceEvent[] {
  const lines = text.split('\n')
  lines.pop()
  return lines.map((line, i) => {
    try {
      return parseEvent(line)
    } catch (error) {
      throw new InfraError(`${file}:${i + 1}: ${(error as Error).message}: ${line.slice(0, 200)}`, {
        cause: error,
      })
    }
  })
}

/** Events by kind. */
export function traceOf(events: readonly TraceEvent[]): DeviceTrace {
  const trace: DeviceTrace = {
    contexts: [],
    utlbs: [],
    walks: [],
    walkFaults: [],
    transfers: [],
    jobs: [],
    marks: [],
  }
  for (const event of events) add(trace, event)
  return trace
}

function add(trace: DeviceTrace, event: TraceEvent): void {
  switch (event.event) {
    case 'context':
      return void trace.contexts.push(event)
    case 'utlb':
      return void trace.utlbs.push(event)
    case 'walk':
      return void trace.walks.push(event)
    case 'walk-fault':
      return void trace.walkFaults.push(event)
    case 'transfer':
      return void trace.transfers.push(event)
    case 'job':
      return void trace.jobs.push(event)
    case 'mark':
      return void trace.marks.push(event)
  }
}

/** One line of the device trace; throws an Error that says what is wrong with it. */
export function parseEvent(line: string): TraceEvent {
  const raw = JSON.parse(line) as Record<string, unknown>
  const kind = raw?.['event'] as TraceEvent['event']
  if (typeof kind !== 'string' || !Object.hasOwn(FIELDS, kind)) throw new Error('unknown event')
  const { wide, plain, nullable = [], optional = [], optionalWide = [] } = FIELDS[kind]
  const event: Record<string, unknown> = { event: kind }
  for (const name of plain) event[name] = present(raw, name)
  for (const name of optional) if (Object.hasOwn(raw, name)) event[name] = raw[name]
  for (const name of optionalWide) if (Object.hasOwn(raw, name)) event[name] = toBigInt(raw[name], name)
  for (const name of wide) event[name] = toBigInt(present(raw, name), name)
  for (const name of nullable) {
    const value = present(raw, name)
    event[name] = value === null ? null : toBigInt(value, name)
  }
  return event as unknown as TraceEvent
}

function present(raw: Record<string, unknown>, name: string): unknown {
  if (!Object.hasOwn(raw, name)) throw new Error(`no '${name}'`)
  return raw[name]
}

function toBigInt(value: unknown, name: string): bigint | bigint[] {
  if (Array.isArray(value)) return value.map(item => toBigInt(item, name) as bigint)
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  if (typeof value === 'string' && /^0x[0-9a-f]{1,16}$/i.test(value)) return BigInt(value)
  throw new Error(`'${name}' is no number`)
}
