import { z } from 'zod'

/**
 * What a diff reads of a boot's report.json (BootResult in types.ts), and no more: a report that knows more than this is
 * as good. Addresses and sizes are "0x…" strings there (report/json.ts).
 */
const wide = z
  .string()
  .regex(/^0x[0-9a-f]{1,32}$/i, 'is no address: "0x…"')
  .transform(BigInt)
const text = z.string()
const number = z.number()
const frame = z.object({ symbol: text })

const oops = z.object({
  kind: text,
  title: text,
  line: number,
  address: wide.nullable(),
  callTrace: z.array(frame),
})

const report = z.object({
  kernel: text.nullable(),
  oopses: z.array(oops),
  iommu: z.object({
    errors: z.array(z.object({ device: text.nullable(), message: text })),
    groups: z.array(z.object({ device: text, group: number })),
    contexts: z.array(z.object({ device: text, context: number })),
    faults: z.array(z.object({ device: text, status: wide.nullable(), iova: wide.nullable() })),
  }),
  pageTables: z.array(z.object({ device: text, dma: wide, phys: wide, bounced: z.boolean() })),
  dma: z.array(
    z.object({
      kind: text,
      /** Not in reports of before there were facts that are no complaints. */
      error: z.boolean().optional(),
      device: text.nullable(),
      addresses: z.array(wide),
      size: wide.nullable(),
      message: text,
    }),
  ),
  disk: z
    .object({ device: text.nullable(), steps: z.record(text, text), written: z.boolean().nullable() })
    .nullable(),
})

const trace = z.object({
  walkFaults: z.array(z.object({ mmu: text, access: text, reason: text, iova: wide })),
  transfers: z.array(
    z.object({
      master: text,
      mmu: text.nullable(),
      utlb: number.nullable(),
      iova: wide,
      phys: wide,
      access: text,
      what: text,
      ok: z.boolean(),
    }),
  ),
})

export const bootSchema = z.object({
  cell: z.object({
    kernel: text,
    // Reports of before there were others have none.
    platform: text.default('salvator-xs'),
    faults: z.array(text),
    overlays: z.array(text),
    memory: wide,
    cpus: number,
    bootargs: text,
  }),
  kernel: z.object({ name: text, version: text, sha256: text }).optional(),
  notObserved: z.array(z.object({ fact: text, why: text })).optional(),
  complete: z.boolean(),
  end: text,
  reason: text,
  report,
  trace,
})

/** What a boot left behind, as far as a diff looks at it. */
export type Boot = z.infer<typeof bootSchema>
export type BootReport = Boot['report']
export type Transfer = Boot['trace']['transfers'][number]
