import t from 'tap'
import type { CellResult, RunResult, TestResult } from '../results/result.ts'
import {
  cellLine,
  colourPaint,
  countVerdicts,
  failureLines,
  plainPaint,
  summaryLines,
  tally,
} from './lines.ts'

const test: TestResult = {
  path: ['a bus', 'refuses'],
  verdict: 'failed',
  seconds: 1,
  reason: null,
  assertions: [
    { ok: true, title: 'fine', diagnostics: null, directive: null },
    {
      ok: false,
      title: 'and not bounced',
      diagnostics:
        'compare: ===\ndiff: |\n  -1\n  +2\nat:\n  fileName: specs/a.spec.ts\n  lineNumber: 12\nsource: |\n  code',
      directive: null,
    },
    { ok: false, title: 'later', diagnostics: null, directive: '# TODO' },
  ],
  boots: [{ folder: 'boots/6.1/a/refuses', end: 'marker', reason: '', seconds: 1, memory: 0, oopses: [] }],
}
const cell: CellResult = {
  id: '6.1/a',
  kernel: { name: '6.1', version: '', sha256: '' },
  spec: 'a',
  verdict: 'failed',
  seconds: 4.23,
  attempts: 1,
  reason: null,
  tests: [{ ...test, path: ['works'], verdict: 'passed' }, test],
}

t.test('a cell is a line', async t => {
  t.equal(cellLine({ ...cell, verdict: 'passed' }, plainPaint), 'passed   6.1/a  4.2 s')
  const error = { ...cell, verdict: 'error' as const, reason: 'it died:\nso it did' }
  t.equal(cellLine(error, plainPaint), 'error    6.1/a  4.2 s: it died:')
})

t.test('a failure says what was expected and received, where, and where the console is', async t => {
  t.same(failureLines(cell, 'out/run', plainPaint), [
    '  a bus › refuses',
    '    ✗ and not bounced',
    '      compare: ===',
    '      diff: |',
    '        -1',
    '        +2',
    '      at specs/a.spec.ts:12',
    '    console: out/run/boots/6.1/a/refuses/console.log',
  ])
})

t.test('a broken test says why, once', async t => {
  const broken = { ...test, verdict: 'error' as const, reason: 'out of it', assertions: [] }
  t.match(failureLines({ ...cell, tests: [broken] }, 'o', plainPaint).slice(0, 2), [
    '  a bus › refuses (error)',
    '    out of it',
  ])
  const same = { ...broken, reason: 'and not bounced', assertions: test.assertions }
  t.equal(failureLines({ ...cell, tests: [same] }, 'o', plainPaint)[1], '    ✗ and not bounced')
})

t.test('no guest says anything to the terminal', async t => {
  const evil = '\x1b]0;owned\x07\x9b2J\r\u202egnp.exe'
  const assertions = [{ ok: false, title: evil, diagnostics: `found: ${evil}`, directive: null }]
  const hostile = { ...cell, reason: evil, tests: [{ ...test, path: [evil], assertions }] }
  const lines = [cellLine(hostile, plainPaint), ...failureLines(hostile, 'o', plainPaint)].join('\n')
  // eslint-disable-next-line no-control-regex
  t.notMatch(lines, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
  t.match(lines, /owned/)
})

t.test('colours are the reader’s choice', async t => {
  t.match(cellLine(cell, colourPaint), /^\x1b\[31mfailed /) // eslint-disable-line no-control-regex
  t.equal(tally(countVerdicts([cell, cell, { verdict: 'flaky' }]), plainPaint), '2 failed, 1 flaky')
  t.equal(tally(countVerdicts([]), plainPaint), 'nothing yet')
})

t.test('the summary counts cells, tests and boots, and says what is missing', async t => {
  const result = { cells: [cell], seconds: 61.04, shard: { index: 2, count: 3 } } as RunResult
  t.same(summaryLines(result, 3, plainPaint), [
    '',
    '1 cell of shard 2/3 in 61.0 s: 1 failed',
    '2 tests, 2 boots: 1 passed, 1 failed',
    '2 cells not run',
    '  failed   6.1/a  4.2 s',
  ])
})
