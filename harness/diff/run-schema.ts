import { z } from 'zod'
import { FORMAT } from '../results/result.ts'

/** What a diff reads of results.json (results/result.ts); a file that knows more is as good. */
const text = z.string()
const verdict = z.enum(['passed', 'failed', 'error', 'flaky', 'skipped'])

export const runSchema = z.object({
  format: z.literal(FORMAT),
  started: text,
  cells: z.array(
    z.object({
      id: text,
      kernel: z.object({ name: text, version: text }),
      spec: text,
      verdict,
      reason: text.nullable(),
      tests: z.array(
        z.object({
          path: z.array(text),
          verdict,
          reason: text.nullable(),
          assertions: z.array(z.object({ ok: z.boolean(), title: text, directive: text.nullable() })),
          boots: z.array(z.object({ folder: text, end: text, reason: text, oopses: z.array(text) })),
        }),
      ),
    }),
  ),
})

export type Run = z.infer<typeof runSchema>
export type RunCell = Run['cells'][number]
export type RunTest = RunCell['tests'][number]
export type RunBoot = RunTest['boots'][number]
