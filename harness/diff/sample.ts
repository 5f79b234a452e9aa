/** Boots and runs for tests, made of excerpts of real ones by the parsers that boots are made by. */
import { toJson } from '../report/json.ts'
import { parseConsole } from '../report/parse.ts'
import { FORMAT } from '../results/result.ts'
import { parseTrace } from '../trace/trace.ts'
import type { KeptBoot } from './boot.ts'
import type { Excerpt } from './excerpts.ts'
import type { BootRecord, CellResult, RunResult, TestResult } from '../results/result.ts'
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

export function recordOf(folder: string, over: Partial<BootRecord> = {}): BootRecord {
  const reason = 'the init printed the marker'
  return { folder, end: 'marker', reason, seconds: 1, memory: 2 ** 32, oopses: [], ...over }
}

export function testOf(over: Partial<TestResult> = {}): TestResult {
  return {
    path: ['it works'],
    verdict: 'passed',
    seconds: 1,
    reason: null,
    assertions: [],
    boots: [recordOf('boots/a')],
    ...over,
  }
}

export function cellOf(kernel: string, spec: string, over: Partial<CellResult> = {}): CellResult {
  return {
    id: `${kernel}/${spec}`,
    kernel: { name: kernel, version: `${kernel}.1`, sha256: 'ab' },
    spec,
    verdict: 'passed',
    seconds: 1,
    attempts: 1,
    reason: null,
    tests: [testOf()],
    ...over,
  }
}

export function runOf(cells: CellResult[]): RunResult {
  return {
    format: FORMAT,
    dmaspec: '0.1.0',
    machine: { cpu: 'test', cores: 2, memory: 2 ** 34, qemu: '10.0' },
    started: '2026-01-01T00:00:00Z',
    seconds: 1,
    shard: null,
    matrix: cells.map(({ id }) => id),
    cells,
  }
}
