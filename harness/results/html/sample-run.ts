/** A run for the tests of the page: its results, and the files of one boot that all its tests share. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FORMAT, type CellResult, type RunResult, type TestResult, type Verdict } from '../result.ts'

/** What a guest, or whoever writes a title, may try. */
export const HOSTILE = [
  '</script><script>window.pwned = 1</script>',
  '<!--<script>',
  '<img src=x onerror="window.pwned = 2">',
  '"\' onfocus=window.pwned=3 x=',
  'nul \u0000 escape \u001b[2J lone \ud800 line \u2028 bidi \u202e end',
  'https://example.invalid/evil.js',
].join(' ')

const symbol = (name: string) => ({ symbol: name, offset: '0x18', size: '0xc0' })

/** A report.json whose oops is at line 3, and whose page table is at line 2. */
export function sampleReport(message = 'Cannot accommodate DMA translation for IOMMU page tables') {
  return {
    cell: {
      ...{ kernel: '6.1', faults: [], overlays: ['sata-behind-ipmmu'], memory: '0x100000000' },
      ...{ cpus: 2, bootargs: '' },
    },
    kernel: { name: '6.1', version: '6.1.192-2', sha256: 'ab'.repeat(32) },
    notObserved: [],
    complete: false,
    report: {
      machine: 'Salvator',
      oopses: [
        {
          ...{ kind: 'null-deref', title: 'null-deref in ipmmu_domain_free', line: 3, address: '0x40' },
          ...{ pc: symbol('ipmmu_domain_free'), lr: symbol('iommu_group_release'), cpu: 1, pid: 8 },
          ...{ comm: 'kworker', tainted: 'Not tainted', hardware: null, workqueue: null, ended: true },
          callTrace: [symbol('ipmmu_domain_free'), symbol('kobject_put')],
        },
      ],
      iommu: { errors: [{ device: null, message, line: 1 }], groups: [], contexts: [], faults: [] },
      pageTables: [
        {
          ...{ device: 'e67b0000.iommu', dma: '0x7dfff000', phys: '0x500148000', size: '0x20' },
          ...{ bounced: true, line: 2 },
        },
      ],
      dma: [],
      disk: null,
    },
  }
}

/** Writes a boot's files to out/boots/one; `extra` stands in the console, and in what the report quotes of it. */
export function writeBoot(out: string, extra = '', folder = 'boots/one'): void {
  const path = join(out, folder)
  mkdirSync(path, { recursive: true })
  const lines = [
    `error ${extra}`,
    'page table',
    'Unable to handle',
    'Call trace:',
    '---[ end trace 0 ]---',
    'after',
  ]
  writeFileSync(join(path, 'console.log'), lines.map(line => `${line}\r\n`).join(''))
  writeFileSync(join(path, 'argv'), `qemu-system-aarch64 \\\n  -append '${extra}'\n`)
  writeFileSync(join(path, 'report.json'), JSON.stringify(sampleReport(extra || undefined)))
  const event = { event: 'utlb', t: 1, mmu: 'e6570000.iommu', utlb: 2, op: 'enable', context: 1 }
  writeFileSync(join(path, 'trace.jsonl'), JSON.stringify(event) + '\n')
}

/** One test, with the boot of writeBoot(). */
export function sampleTest(title: string, verdict: Verdict = 'passed', folder = 'boots/one'): TestResult {
  const ok = verdict === 'passed'
  return {
    path: [title],
    verdict,
    seconds: 1.5,
    reason: null,
    assertions: [{ ok, title: `holds: ${title}`, diagnostics: ok ? null : 'expected: 1', directive: null }],
    boots: [
      {
        ...{ folder, end: 'oops', reason: 'an oops was printed', seconds: 1.2 },
        ...{ memory: 2 ** 32, oopses: ['null-deref in ipmmu_domain_free'] },
      },
    ],
  }
}

/** One spec on one kernel. */
export function sampleCell(kernel: string, spec: string, tests: TestResult[], verdict?: Verdict): CellResult {
  const worst = tests.find(test => test.verdict !== 'passed')?.verdict ?? 'passed'
  return {
    id: `${kernel}/${spec}`,
    kernel: { name: kernel, version: `${kernel}.192-2`, sha256: 'ab'.repeat(32) },
    spec,
    verdict: verdict ?? worst,
    ...{ seconds: 3, attempts: 1, reason: null, tests },
  }
}

/** The cells as a run whose matrix they are. */
export function sampleRun(cells: CellResult[], changes: Partial<RunResult> = {}): RunResult {
  return {
    ...{ format: FORMAT, dmaspec: '0.1.0', started: '2026-01-31T23:59:59.000Z', seconds: 68, shard: null },
    machine: { cpu: 'a CPU', cores: 2, memory: 2 ** 33, qemu: '10.0.13' },
    matrix: [...new Set(cells.map(({ id }) => id))],
    cells,
    ...changes,
  }
}

/** kernels × specs × tests, one in a hundred failed. */
export function bigRun(kernels: number, specs: number, tests: number): RunResult {
  const numbers = (n: number) => Array.from({ length: n }, (_, i) => i)
  const verdict = (n: number) => (n % 100 === 3 ? 'failed' : 'passed')
  return sampleRun(
    numbers(kernels).flatMap(k =>
      numbers(specs).map(s => {
        const all = numbers(tests).map(i =>
          sampleTest(`test ${i} of what a bus of ${s} bits does`, verdict(k * 7 + s + i * 13)),
        )
        return sampleCell(`6.${k}`, `spec-${s}`, all)
      }),
    ),
  )
}
