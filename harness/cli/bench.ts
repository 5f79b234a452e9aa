import { Command } from 'commander'
import { cpus, release, totalmem } from 'node:os'
import { bisectStepRatio } from '../bench/bisect.ts'
import { harnessOverhead, oopsToVerdict, type Figure } from '../bench/harness.ts'
import { htmlReportTimes } from '../bench/html.ts'
import { matrixEfficiency } from '../bench/matrix.ts'
import { parserPeak, parserSpeed } from '../bench/parser.ts'
import { diskReads, readFigures } from '../bench/read.ts'
import { sshReady } from '../bench/ssh.ts'
import { watchOverMake } from '../bench/watch.ts'
import { CellError } from '../errors.ts'
import { needQemu } from '../images/index.ts'

/** Each benchmark and the figures it measures. A figure that can't be measured alone shares a row. */
const benchmarks: { figures: readonly string[]; run: () => Promise<Figure[]> }[] = [
  { figures: ['harness-overhead', 'cell-seconds', 'bare-seconds'], run: harnessOverhead },
  { figures: ['oops-to-verdict-ms'], run: oopsToVerdict },
  { figures: ['ssh-ready-seconds', 'session-seconds'], run: sshReady },
  {
    figures: ['matrix-efficiency', 'matrix-cpu-overhead', 'matrix-seconds', 'matrix-bare-cpu-seconds'],
    run: matrixEfficiency,
  },
  {
    figures: ['html-5000-cells-ms', 'html-key-ms', 'html-frame-ms'],
    run: htmlReportTimes,
  },
  {
    figures: [
      ...['parser-healthy-vs-reader', 'parser-healthy-vs-loop', 'parser-healthy-vs-grep'],
      ...['parser-oopses-vs-reader', 'parser-oopses-vs-grep'],
      ...['parser-healthy-mb-per-s', 'parser-oopses-mb-per-s'],
    ],
    run: parserSpeed,
  },
  { figures: ['parser-peak-mb'], run: parserPeak },
  { figures: readFigures, run: diskReads },
  {
    figures: ['bisect-step-ratio', 'bisect-step-seconds', 'bisect-bare-step-seconds'],
    run: bisectStepRatio,
  },
  {
    figures: ['watch-over-make-seconds', 'watch-seconds', 'watch-make-seconds'],
    run: () => watchOverMake(),
  },
]

/** The figures that can be measured. */
export const figureNames = () => benchmarks.flatMap(({ figures }) => figures)

const EXAMPLES = `
Examples:
  dmaspec bench
      all figures: some minutes, on a machine that does nothing else
  dmaspec bench cell-seconds

Exit status: 0 it was measured, 2 it could not be, 130 interrupted.`

/** `dmaspec bench [name]`: one `name: value` row a figure, last; the machine before them. */
export function benchCommand(): Command {
  const names = figureNames()
  return new Command('bench')
    .description('measure dmaspec on this machine, against bare QEMU in the same run')
    .argument('[name]', `one figure: ${names.join(', ')}`)
    .addHelpText('after', EXAMPLES)
    .action((name: string | undefined) => bench(name, names))
}

async function bench(name: string | undefined, names: readonly string[]): Promise<void> {
  if (name !== undefined && !names.includes(name)) {
    throw new CellError(`unknown figure '${name}'; there are: ${names.join(', ')}`)
  }
  const chosen = benchmarks.filter(({ figures }) => name === undefined || figures.includes(name))
  const rows: Figure[] = []
  for (const { figures, run } of chosen) {
    process.stderr.write(`measuring ${figures.join(', ')}\n`)
    rows.push(...(await run()).filter(([figure]) => name === undefined || figure === name))
  }
  process.stdout.write(`# ${await machine()}\n`)
  for (const [figure, value] of rows)
    process.stdout.write(`${figure}: ${value.toFixed(figure.endsWith('-ms') ? 0 : 3)}\n`)
}

async function machine(): Promise<string> {
  const [cpu] = cpus()
  const { version } = await needQemu()
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} × ${cpu?.model ?? 'unknown CPU'}, ${memory} GiB, Linux ${release()}, Node ${process.version}, QEMU ${version}`
}
