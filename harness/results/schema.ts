import { z } from 'zod'
import { FORMAT, type RunResult } from './result.ts'

/**
 * The rules of results.json, as result.ts has them in types. What they don't name is let through: a file may know more
 * than this dmaspec does, and a merge must not lose it.
 */
const text = z.string()
const seconds = z.number().nonnegative()
const count = z.int().nonnegative()
const verdict = z.enum(['passed', 'failed', 'error', 'flaky', 'skipped'])
const time = text.refine(value => !Number.isNaN(Date.parse(value)), 'is no ISO 8601 time')
/** Each that is missing has a line. */
const SHARDS = 10_000
const shard = z
  .looseObject({ index: z.int().positive(), count: z.int().positive().max(SHARDS) })
  .refine(({ index, count }) => index <= count, 'is a shard beyond the last')
const machine = z.looseObject({ cpu: text, cores: count, memory: z.number().nonnegative(), qemu: text })
const id = text.regex(/.\/[^/]+$/s, 'is no cell: <kernel>/<spec>')

const boot = z.looseObject({
  // Not absolute: folders move with the file that names them.
  folder: text.regex(/^[^/\0][^\0]*$/, 'is no relative folder'),
  end: z.enum(['marker', 'oops', 'panic', 'exit', 'disk', 'silence', 'timeout']),
  reason: text,
  seconds,
  memory: z.number().nonnegative(),
  oopses: z.array(text),
})

const test = z.looseObject({
  path: z.array(text),
  verdict,
  seconds,
  reason: text.nullable(),
  assertions: z.array(
    z.looseObject({ ok: z.boolean(), title: text, diagnostics: text.nullable(), directive: text.nullable() }),
  ),
  boots: z.array(boot),
})

const cell = z
  .looseObject({
    id,
    kernel: z.looseObject({ name: text, version: text, sha256: text }),
    spec: text.min(1),
    verdict,
    seconds,
    attempts: count,
    started: time.exactOptional(),
    reason: text.nullable(),
    tests: z.array(test),
  })
  .refine(cell => cell.id === `${cell.kernel.name}/${cell.spec}`, {
    message: "is not '<kernel.name>/<spec>'",
    path: ['id'],
  })

const merged = z.looseObject({
  parts: z.array(
    z.looseObject({
      dmaspec: text,
      machine,
      started: time,
      seconds,
      shard: shard.nullable(),
      matrix: z.looseObject({ cells: count, sha256: text }),
      cells: count,
    }),
  ),
  doubled: z.array(z.looseObject({ id, verdicts: z.array(verdict) })),
  problems: z.array(text),
})

export const runResult: z.ZodType<RunResult> = z
  .looseObject({
    format: z.literal(FORMAT),
    dmaspec: text,
    machine,
    started: time,
    seconds,
    shard: shard.nullable(),
    matrix: z.array(id),
    cells: z.array(cell),
    merged: merged.exactOptional(),
  })
  .superRefine(({ cells, matrix }, context) => {
    const known = new Set(matrix)
    const seen = new Set<string>()
    for (const [i, { id }] of cells.entries()) {
      const wrong = seen.has(id) ? 'is there twice' : known.has(id) ? null : "is not in 'matrix'"
      if (wrong !== null) context.addIssue({ code: 'custom', path: ['cells', i, 'id'], message: wrong })
      seen.add(id)
    }
  })
