/** Boots and runs for tests, made of excerpts of real ones by the parsers that boots are made by. */
import { toJson } from '../report/json.ts'
import { parseConsole } from '../report/parse.ts'
import { FORMAT } from '../results/result.ts'
import { parseTrace } from '../trace/trace.ts'
import type { KeptBoot } from './boot.ts'
import type { Excerpt } from './excerpts.ts'
import type { Run, RunCell, RunTest } from './run-schema.ts'
import { bootSchema } from './schema.ts'

/** report.json as `dmaspec boot` writes it. */
export function reportJson({ console, trace }: Excerpt, over: Record<string, unknown> = {}): string {
  const lines = console.trim().split('\n')
  const nonce = /dmaspec\.nonce=([0-9a-f]{32})/.exec(console)?.[1] ?? ''
  const report = parseConsole(lines, { nonce })
  const complete = lines.at(-1)?.endsWith(`dmaspec: ${nonce} done`) ?? false
  return toJson({
    cell: { kernel: '6.1', faults: [], overlays: [], memory: 1n << 32n, cpus: 2, bootargs: '', timeout: 60 },
    kernel: { name: '6.1', version: '6.1.192-2', sha256: 'ab' },
    notObserved: [],
    complete,
    end: complete ? 'marker' : 'oops',
    reason: complete ? 'the init printed the marker' : 'an oops was printed to its end',
    report,
    trace: parseTrace(trace.trimStart()),
    ...over,
  })
}

export function bootOf(excerpt: Excerpt, over: Record<string, unknown> = {}): KeptBoot {
  const boot = bootSchema.parse(JSON.parse(reportJson(excerpt, over)))
  return { ...boot, console: excerpt.console.trim().split('\n') }
}

export function testOf(over: Partial<RunTest> = {}): RunTest {
  const boots = [{ folder: 'boots/a', end: 'marker', reason: 'the init printed the marker', oopses: [] }]
  return { path: ['it works'], verdict: 'passed', reason: null, assertions: [], boots, ...over }
}

export function cellOf(kernel: string, spec: string, over: Partial<RunCell> = {}): RunCell {
  return {
    id: `${kernel}/${spec}`,
    kernel: { name: kernel, version: `${kernel}.1` },
    spec,
    verdict: 'passed',
    reason: null,
    tests: [testOf()],
    ...over,
  }
}

export function runOf(cells: RunCell[]): Run {
  return { format: FORMAT, started: '2026-01-01T00:00:00Z', cells }
}
