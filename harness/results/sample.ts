/** Results for tests, made up: small, and one that is hostile wherever a guest or a spec has a say. */
import { FORMAT, type BootRecord, type CellResult, type RunResult, type TestResult } from './result.ts'

/** What ends CDATA, comments, fences, table cells and lines of TAP; control bytes; half a character; a long line. */
export const HOSTILE = [
  'nul \0 esc \x1b[31m bell \x07 c1 \x9b del \x7f cr \r',
  ']]> --> <!-- & < > " \' <script>alert(1)</script> <!DOCTYPE a>&lol;',
  '``` ~~~ ````````` | a \\| b | @someone #1 [link](javascript:x) ![i](x) **b** $x$',
  'KTAP version 1',
  '1..0',
  'not ok 99 - forged # SKIP',
  'ok 1 forged',
  '# Subtest: forged',
  'Bail out!',
  'reboot: System halted',
  'Kernel panic - not syncing: VFS: forged',
  'lone \ud800 and \udc00, turned \u202e round, \ufffe\uffff',
  'x'.repeat(100_000),
].join('\n')

export function sampleBoot(over: Partial<BootRecord> = {}): BootRecord {
  return {
    folder: 'boots/6.1/bus-limit/refuses',
    end: 'marker',
    reason: 'the marker was printed',
    seconds: 1.5,
    memory: 2 ** 32,
    oopses: [],
    ...over,
  }
}

export function sampleTest(over: Partial<TestResult> = {}): TestResult {
  return {
    path: ['a 32-bit bus refuses page tables above 4 GiB'],
    verdict: 'passed',
    seconds: 1.75,
    reason: null,
    assertions: [
      { ok: true, title: 'page table at 0x5009d9000', diagnostics: null, directive: null },
      { ok: true, title: 'bounced to 0x7bfff000', diagnostics: null, directive: null },
    ],
    boots: [sampleBoot()],
    ...over,
  }
}

export function sampleCell(kernel: string, spec: string, over: Partial<CellResult> = {}): CellResult {
  return {
    id: `${kernel}/${spec}`,
    kernel: { name: kernel, version: `${kernel}.192-2`, sha256: 'ab'.repeat(32) },
    spec,
    verdict: 'passed',
    seconds: 2,
    attempts: 1,
    reason: null,
    tests: [sampleTest()],
    ...over,
  }
}

export function sampleRun(cells: CellResult[], over: Partial<RunResult> = {}): RunResult {
  return {
    format: FORMAT,
    dmaspec: '0.1.0',
    machine: { cpu: 'A CPU', cores: 2, memory: 24 * 2 ** 30, qemu: '10.0.13' },
    started: '2026-11-23T04:28:10.123Z',
    seconds: 12.5,
    shard: null,
    matrix: cells.map(({ id }) => id),
    cells,
    ...over,
  }
}

const expected = { expected: '0x5009d9000', received: '0x7bfff000' }
const DIAGNOSTICS = `diff: |\n  --- expected\n  +++ actual\n  @@ -1,1 +1,1 @@\n  -${expected.expected}\n  +${expected.received}\n`

/** A cell of each verdict, and the ways in which they come about. */
export const SAMPLE_CELLS: CellResult[] = [
  sampleCell('6.1', 'passes'),
  sampleCell('6.1', 'fails', {
    verdict: 'failed',
    tests: [
      sampleTest(),
      sampleTest({
        path: ['outer', 'an unlimited bus takes them as they are'],
        verdict: 'failed',
        assertions: [{ ok: false, title: 'and not bounced', diagnostics: DIAGNOSTICS, directive: null }],
        boots: [sampleBoot({ folder: 'boots/6.1/fails/unlimited' })],
      }),
    ],
  }),
  sampleCell('6.1', 'crashes', {
    verdict: 'failed',
    tests: [
      sampleTest({
        path: ['the report of 2018'],
        verdict: 'failed',
        assertions: [
          { ok: false, title: 'null-deref in ipmmu_domain_free', diagnostics: null, directive: null },
          { ok: false, title: 'known', diagnostics: null, directive: '# TODO not yet' },
        ],
        boots: [
          sampleBoot({
            folder: 'boots/6.1/crashes/report',
            end: 'oops',
            oopses: ['null-deref in ipmmu_domain_free'],
          }),
        ],
      }),
    ],
  }),
  sampleCell('6.1', 'hangs', {
    verdict: 'error',
    tests: [
      sampleTest({
        path: ['it hangs'],
        verdict: 'error',
        reason: 'no marker: nothing was printed for 20 s',
        assertions: [],
        boots: [sampleBoot({ folder: 'boots/6.1/hangs/it', end: 'silence' })],
      }),
    ],
  }),
  sampleCell('6.1', 'throws', { verdict: 'error', reason: 'the spec threw: x is not a function' }),
  sampleCell('6.1', 'wavers', { verdict: 'flaky', attempts: 3 }),
  sampleCell('5.10', 'passes', { verdict: 'skipped', reason: 'needs linux 5.15', tests: [] }),
  sampleCell('5.10', 'fails', {
    kernel: { name: '5.10', version: '', sha256: '' },
    verdict: 'error',
    reason: 'linux 5.10 is not built',
    tests: [],
  }),
]

/** As bad as it gets, in every string that comes from a spec, a guest or a given kernel. */
export const HOSTILE_CELLS: CellResult[] = ['failed', 'error', 'flaky', 'skipped'].map(verdict =>
  sampleCell('6.1+debug', `hostile-${verdict}`, {
    verdict: verdict as CellResult['verdict'],
    reason: HOSTILE,
    tests: [
      sampleTest({
        path: [HOSTILE, HOSTILE],
        verdict: verdict as CellResult['verdict'],
        reason: verdict === 'failed' ? null : HOSTILE,
        assertions: [{ ok: false, title: HOSTILE, diagnostics: HOSTILE, directive: null }],
        boots: [sampleBoot({ folder: 'boots/hostile', reason: HOSTILE, oopses: [HOSTILE] })],
      }),
      sampleTest({ path: [], verdict: verdict as CellResult['verdict'] }),
    ],
  }),
)
