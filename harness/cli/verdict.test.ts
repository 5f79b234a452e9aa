import t from 'tap'
import { parseConsole } from '../report/parse.ts'
import type { BootResult } from '../types.ts'
import { judge } from '../oracle/judge.ts'
import { verdict } from './verdict.ts'

t.test('a verdict says which kernel it is of, for good', async t => {
  const result = {
    cell: {
      kernel: '6.1',
      platform: 'salvator-xs',
      faults: [],
      overlays: [],
      memory: 1n << 32n,
      cpus: 2,
      bootargs: '',
      timeout: 60,
    },
    kernel: { name: '6.1', version: '6.1.192-2', sha256: '4c64789abdb4874f' },
    complete: true,
    end: 'marker',
    reason: 'the marker was printed',
    notObserved: [],
    seconds: { boot: 1.5, total: 2 },
    report: parseConsole([], { nonce: '' }),
    trace: { contexts: [], utlbs: [], walks: [], walkFaults: [], transfers: [], jobs: [], marks: [] },
    oracle: judge([], [], { report: parseConsole([]), notObserved: [], complete: true, asked: false }),
    artifacts: {
      console: 'out/console.log',
      argv: 'out/argv',
      dtb: 'out/board.dtb',
      trace: 'out/trace.jsonl',
    },
  } satisfies BootResult
  t.match(verdict(result), /\n {2}kernel {7}6\.1\.192-2\n {15}Image 4c64789abdb4874f\n/)
})
