import { Command } from 'commander'
import { knownSeries } from '../images/index.ts'
import { matrixOptions, printMatrix, run, type RunOptions } from './run.ts'

const EXAMPLES = `
Examples:
  dmaspec matrix
      every spec on every series, building what is missing
  dmaspec matrix --json | jq -r '.[].kernel' | sort -u
  dmaspec matrix --shard 2/5 --out out/shard-2
  dmaspec matrix --json --shard 1/5 | jq -r '.[] | select(.shard == 2).id'

Exit status: 0 all passed or were skipped, 1 something failed or was flaky, 2 something could not be done,
130 interrupted: what was finished by then is in the results.`

/** `dmaspec matrix`: every spec on every series; with --json, which cells that is. */
export function matrixCommand(): Command {
  return matrixOptions(new Command('matrix'))
    .description('run the specs on all kernel series; with --json, say which cells that is, and run nothing')
    .addHelpText('after', EXAMPLES)
    .action((options: RunOptions) => {
      if (options.json) return printMatrix(options, knownSeries())
      return run(options, knownSeries())
    })
}
