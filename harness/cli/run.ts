import { Command } from 'commander'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { DEFAULTS, kernelsAsked } from '../cell/cell.ts'
import { loadedConfig } from '../config/load.ts'
import { CellError } from '../errors.ts'
import { cacheRoot } from '../images/cache.ts'
import { cacheInUse } from '../images/lock.ts'
import { progressOn } from '../images/progress.ts'
import { runSpecs } from '../judge/run-specs.ts'
import { isClone, projectRoot } from '../project.ts'
import { exitStatus } from '../results/outcome.ts'
import { type Display, displayOn } from '../run/display.ts'
import { readDurations, recorded } from '../run/durations.ts'
import { chosenShard } from '../run/engines.ts'
import { plainPaint, summaryLines } from '../run/lines.ts'
import { asPlanned, planMatrix, type Cell } from '../run/plan.ts'
import { cellsOf } from '../run/run.ts'
import { findSpecs } from '../run/specs.ts'
import type { KernelName } from '../types.ts'
import { interruptible } from './interrupt.ts'
import { whole } from './numbers.ts'
import { jobsOption, specOption } from './spec-options.ts'
import { askForTarget, targetOption } from './target.ts'
import {
  checkKernelOptions,
  kernelOptions,
  kernelsOf,
  namesOf,
  type KernelOptions,
} from './kernel-options.ts'

/**
 * The tables that shards are balanced by, unless told otherwise: beside the configuration, or dmaspec's own. Each is in
 * somebody's repo, so the same for all shards.
 */
const OWN_DURATIONS = join(projectRoot, 'specs/durations.json')
const theirDurations = () => join(loadedConfig().folder, 'durations.json')

/** The table that --record writes. */
function recordFile(): string {
  if (loadedConfig().file !== null) return theirDurations()
  if (isClone) return OWN_DURATIONS
  throw new CellError('--record puts its table beside a dmaspec.config.ts, and there is none here or above')
}

export interface RunOptions extends KernelOptions {
  spec?: string[]
  jobs?: number
  retries: number
  shard?: string
  durations?: string
  record?: boolean
  out: string
  json?: boolean
  target?: string
}

const EXAMPLES = `
Examples:
  dmaspec run
      every spec on linux ${DEFAULTS.kernel}, or on those that $KERNELS names
  dmaspec run --kernel 5.10 --kernel 6.12 --spec 'sata-*' --jobs 2
  dmaspec run --spec ~/mine/quirk.spec.ts --retries 3
  dmaspec run --shard 2/5 --out out/shard-2
  dmaspec run --target desk --spec report
      on a board of yours, which dmaspec.config.ts calls desk (docs/board.md)

$DMASPEC_SHARD (2/5), or the variables of a GitLab parallel job, a Slurm array or a Kubernetes indexed job with
$DMASPEC_SHARDS, choose a shard where --shard doesn't.

Exit status: 0 all passed or were skipped, 1 something failed or was flaky, 2 something could not be done,
130 interrupted: what was finished by then is in the results.`

/** `dmaspec run`: specs on kernels, side by side. */
export function runCommand(): Command {
  return matrixOptions(new Command('run'))
    .description('run specs on kernels, building what is missing, and write the results')
    .addHelpText('after', EXAMPLES)
    .action((options: RunOptions) => run(options, kernelsAsked()))
}

/** The options of `run` and `matrix`. */
export function matrixOptions(command: Command): Command {
  return targetOption(kernelOptions(command))
    .addOption(specOption())
    .addOption(jobsOption())
    .option(
      '--retries <n>',
      'run a cell that did not pass again, up to n times: if it passes then, it is flaky',
      whole,
      0,
    )
    .option('--shard <i/n>', 'run the i-th of n parts of about the same length')
    .option(
      '--durations <path>',
      'balance shards by a former run, or by a table (default: durations.json beside the configuration, or in specs/)',
    )
    .option('--record', 'put the durations of this run into that table')
    .option('--out <dir>', 'folder for the results, console logs and traces', 'out/run')
    .option('--json', 'print the result as JSON, and nothing else')
}

/** Prints the whole matrix as JSON, and runs nothing. */
export function printMatrix(options: RunOptions, defaults: readonly KernelName[]): void {
  checkKernelOptions(options)
  const { matrix } = plan(options, namesOf(options, defaults))
  process.stdout.write(JSON.stringify(matrix.map(asPlanned), null, 2) + '\n')
}

export async function run(options: RunOptions, defaults: readonly KernelName[]): Promise<void> {
  // Nonsense is refused before anything is built.
  checkKernelOptions(options)
  if (options.record) recordFile()
  plan(options, namesOf(options, defaults))
  await interruptible(async signal => {
    // Nobody prunes what a run of hours still wants to boot.
    using held = await cacheInUse(cacheRoot())
    const progress = progressOn(process.stderr)
    await using target = await askForTarget(options.target)
    // A board that boots its own kernel needs none of ours.
    const kernels =
      target.boots === 'own'
        ? namesOf(options, defaults)
        : await kernelsOf(options, { progress, signal, defaults })
    const { matrix, shard, durations } = plan(options, kernels)
    const planned = cellsOf({ matrix, shard })
    const stream = options.json ? process.stderr : process.stdout
    const showing = { cells: planned, durationsKnown: durations.size > 0 }
    let display: Display | undefined
    // A board does one thing at a time.
    const jobs = options.jobs ?? (target.name === null ? undefined : 1)
    const { result, files } = await runSpecs({
      ...{ matrix, shard, out: options.out, jobs, retries: options.retries },
      ...{
        signal,
        progress,
        target: target.name,
        display: out => (display = displayOn(stream, { out, ...showing })),
      },
    })
    const paint = display?.paint ?? plainPaint
    for (const line of summaryLines(result, planned.length, paint)) stream.write(`${line}\n`)
    stream.write(`results: ${files.map(file => relative('', file)).join(' ')}\n`)
    if (options.json) process.stdout.write(JSON.stringify(result, null, 2) + '\n')
    if (options.record) await record(result.cells)
    signal.throwIfAborted()
    process.exitCode = exitStatus(result)
  })
}

function plan(options: RunOptions, kernels: readonly KernelName[]) {
  const shard = chosenShard(options.shard)
  const usual = existsSync(theirDurations()) ? theirDurations() : OWN_DURATIONS
  const durations = readDurations(options.durations ?? usual)
  const matrix: Cell[] = planMatrix(kernels, findSpecs(options.spec ?? []), durations, shard?.count ?? 1)
  return { matrix, shard, durations }
}

async function record(cells: Parameters<typeof recorded>[1]): Promise<void> {
  const file = recordFile()
  const table = recorded(existsSync(file) ? readDurations(file) : new Map<string, number>(), cells)
  await writeFile(file, JSON.stringify(table, null, 2) + '\n')
}
