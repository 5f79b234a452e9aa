/** What the page needs of a boot's report.json (types.ts: BootResult); another machine may have written it. */
import { z } from 'zod'

const address = z.string().regex(/^0x[0-9a-f]{1,32}$/)
const text = z.string()
const line = z.int().min(1)
const symbol = z.object({ symbol: text, offset: address, size: address })

const oops = z.object({
  kind: text,
  title: text,
  line,
  address: address.nullable(),
  pc: symbol.nullable(),
  lr: symbol.nullable(),
  cpu: z.number().nullable(),
  pid: z.number().nullable(),
  comm: text.nullable(),
  tainted: text.nullable(),
  hardware: text.nullable(),
  workqueue: text.nullable(),
  callTrace: z.array(symbol),
  ended: z.boolean(),
})

const pageTable = z.object({
  device: text,
  dma: address,
  phys: address,
  size: address,
  bounced: z.boolean(),
  line,
})

const bootFile = z.object({
  cell: z.object({
    kernel: text,
    faults: z.array(text),
    overlays: z.array(text),
    memory: address,
    cpus: z.number(),
    bootargs: text,
  }),
  kernel: z.object({ name: text, version: text, sha256: text }),
  notObserved: z.array(z.object({ fact: text, why: text })),
  complete: z.boolean(),
  report: z.object({
    machine: text.nullable(),
    oopses: z.array(oops),
    iommu: z.object({
      errors: z.array(z.object({ device: text.nullable(), message: text, line })),
      groups: z.array(z.object({ device: text, group: z.number(), line })),
      contexts: z.array(z.object({ device: text, context: z.number(), line })),
      faults: z.array(z.object({ device: text, status: address.nullable(), iova: address.nullable(), line })),
    }),
    pageTables: z.array(pageTable),
    dma: z.array(
      z
        .object({ kind: text, error: z.boolean().optional(), device: text.nullable(), message: text, line })
        // Reports of before there was `error` hold nothing else that is none.
        .transform(fact => ({ ...fact, error: fact.error ?? fact.kind !== 'swiotlb-mapped' })),
    ),
    disk: z.object({ ok: z.boolean(), device: text.nullable(), written: z.boolean().nullable() }).nullable(),
  }),
})

/** A boot's report.json without its trace; what the page doesn't show is dropped. */
export type BootFacts = z.infer<typeof bootFile>

/** Reads report.json; throws an Error that says in a line what is wrong with it. */
export function parseReportFile(json: string): BootFacts {
  const result = bootFile.safeParse(JSON.parse(json))
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new Error(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a report'}`)
}
