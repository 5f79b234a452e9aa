import { BadLine, Fields } from './fields.ts'
import type { ProbeLine } from './lines.ts'
import type { DomainType, When } from './oracle.ts'

/** One line of the driver's, as the table below reads it. */
export type Said = { device: string; line: number } & SaidWhat

type SaidWhat =
  | { kind: 'plan-begin'; n: number; text: string; quiet: boolean }
  | { kind: 'plan-refused'; why: string }
  | { kind: 'quiet' }
  | { kind: 'plan-end'; n: number; mappings: number; failed: number }
  | {
      kind: 'map'
      seq: number
      id: number
      part: { index: number; count: number }
      api: string
      dir: string
      place: string | null
      phys: bigint
      dma: bigint
      target: bigint
      size: bigint
      mask: bigint
      limit: bigint | null
      bounced: boolean
      domain: DomainType
      use: string | null
    }
  | {
      kind: 'map-failed' | 'no-buffer'
      seq: number
      id: number
      api: string
      use: string | null
      error: number
    }
  | { kind: 'sync'; seq: number; id: number; for: 'device' | 'cpu' }
  | {
      kind: 'job'
      seq: number
      id: number
      job: number
      op: string
      result: string
      address: bigint
      want: bigint | null
      got: bigint | null
      when: When
    }
  | {
      kind: 'mismatch'
      seq: number
      id: number
      job: number | null
      want: bigint
      got: bigint
      result: string | null
    }
  | { kind: 'guard'; seq: number; id: number; phys: bigint }
  | { kind: 'data'; seq: number; id: number; want: bigint; got: bigint; when: When }
  | { kind: 'unmap-begin'; seq: number; id: number | null }
  | { kind: 'unmap'; seq: number; id: number; dma: bigint; size: bigint }

/** A line that says it is of the contract, and can't be read. */
export interface Unread extends ProbeLine {
  why: string
}

const DOMAINS = ['DMA', 'DMA-FQ', 'identity', 'unmanaged', 'blocked', 'other', 'none'] as const
const WHENS = ['mapped', 'synced', 'unmapped', 'late'] as const

/** What each verb's fields are; the driver is images/kernel/dmaprobe/dmaprobe.c, its lines are in docs/dmaprobe.md. */
const VERBS: Record<SaidWhat['kind'], (fields: Fields) => SaidWhat> = {
  'plan-begin': fields => ({
    kind: 'plan-begin',
    n: fields.number('n'),
    text: fields.text('text'),
    quiet: /(?:^|[ ;])quiet=0*[1-9]/.test(fields.text('text')),
  }),
  'plan-refused': fields => ({ kind: 'plan-refused', why: fields.text('why') }),
  // Below a step that printed only some of its mappings.
  quiet: () => ({ kind: 'quiet' }),
  'plan-end': fields => ({
    kind: 'plan-end',
    n: fields.number('n'),
    mappings: fields.number('mappings'),
    failed: fields.number('failed'),
  }),
  map: fields => ({
    kind: 'map',
    ...ids(fields),
    part: fields.has('part') ? partOf(fields.text('part')) : { index: 0, count: 1 },
    api: fields.text('api'),
    dir: fields.text('dir'),
    place: fields.has('place') ? fields.text('place') : null,
    phys: fields.hex('phys'),
    dma: fields.hex('dma'),
    target: fields.hex('target'),
    size: fields.hex('size'),
    mask: fields.hex('mask'),
    // 0 is the kernel's word for none (struct device).
    limit: fields.hex('limit') || null,
    bounced: fields.oneOf('bounced', ['0', '1']) === '1',
    domain: fields.oneOf('domain', DOMAINS),
    use: fields.has('use') ? fields.text('use') : null,
  }),
  'map-failed': fields => ({ kind: 'map-failed', ...failure(fields) }),
  'no-buffer': fields => ({ kind: 'no-buffer', ...failure(fields) }),
  mismatch: fields => ({
    kind: 'mismatch',
    ...ids(fields),
    job: fields.has('job') ? fields.number('job') : null,
    result: fields.has('result') ? fields.text('result') : null,
    want: fields.hex('want'),
    got: fields.hex('got'),
  }),
  guard: fields => ({ kind: 'guard', ...ids(fields), phys: fields.hex('phys') }),
  sync: fields => ({ kind: 'sync', ...ids(fields), for: fields.oneOf('for', ['device', 'cpu']) }),
  job: fields => ({
    kind: 'job',
    ...ids(fields),
    job: fields.number('job'),
    op: fields.text('op'),
    result: fields.text('result'),
    address: fields.hex('address'),
    want: fields.has('want') ? fields.hex('want') : null,
    got: fields.has('got') ? fields.hex('got') : null,
    when: fields.oneOf('when', WHENS),
  }),
  data: fields => ({
    kind: 'data',
    ...ids(fields),
    want: fields.hex('want'),
    got: fields.hex('got'),
    when: fields.oneOf('when', WHENS),
  }),
  'unmap-begin': fields => ({
    kind: 'unmap-begin',
    seq: fields.number('seq'),
    id: fields.has('id') ? fields.number('id') : null,
  }),
  unmap: fields => ({ kind: 'unmap', ...ids(fields), dma: fields.hex('dma'), size: fields.hex('size') }),
}

function ids(fields: Fields): { seq: number; id: number } {
  return { seq: fields.number('seq'), id: fields.number('id') }
}

function failure(fields: Fields) {
  const use = fields.has('use') ? fields.text('use') : null
  return { ...ids(fields), api: fields.text('api'), use, error: fields.errno('error') }
}

function partOf(text: string): { index: number; count: number } {
  const [, index, count] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? []
  if (index === undefined || count === undefined || Number(index) >= Number(count))
    throw new BadLine(`'part' is '${text}', not like 0/1`)
  return { index: Number(index), count: Number(count) }
}

/**
 * What a line says; `Unread` if it has a verb of the driver's, or a seq, and can't be read; null if it is something else
 * that was printed under the device's name, as the IOMMU core's lines are.
 */
export function readSaid({ device, line, text }: ProbeLine): Said | Unread | null {
  const [verb = '', rest] = verbOf(text)
  const read = Object.hasOwn(VERBS, verb) ? VERBS[verb as SaidWhat['kind']] : undefined
  if (!read)
    return /\bseq=\d/.test(text) ? { device, line, text, why: `no line starts with '${verb}'` } : null
  try {
    return { device, line, ...read(new Fields(rest)) }
  } catch (error) {
    if (!(error instanceof BadLine)) throw error
    return { device, line, text, why: error.message }
  }
}

/** `plan begin n=1` → plan-begin; of all others the first word. */
function verbOf(text: string): [string, string] {
  const [, verb = '', rest = ''] = /^(plan (?:begin|end|refused)|\S{1,32})(?: (.*))?$/s.exec(text) ?? []
  return [verb.replace(' ', '-'), rest]
}

/** Whether a line could not be read. */
export function isUnread(said: Said | Unread): said is Unread {
  return !('kind' in said)
}
