import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { Command } from 'commander'
import { CellError } from '../errors.ts'
import { progressOn, type Progress } from '../images/progress.ts'
import { reportCells } from '../results/cases.ts'
import { findResults } from '../results/find.ts'
import { loadPart, type LoadedPart } from '../results/load.ts'
import { mergeResults } from '../results/merge.ts'
import { counted, exitStatus, isBad, problemsOf } from '../results/outcome.ts'
import { readResults } from '../results/read.ts'
import type { RunResult } from '../results/result.ts'
import { count, oneLine } from '../text.ts'
import { writeResults } from '../results/write.ts'
import { interruptible } from './interrupt.ts'

interface Options {
  out: string
  url?: string
  json?: boolean
}

const EXAMPLES = `
Writes results.json, junit.xml, results.ktap, kcidb.json, report.md and report.html for all parts together.
What is missing (a shard, a cell of the matrix), doubled or of different kernels is in each of them, and printed.

Examples:
  dmaspec merge out/shard-1 out/shard-2 out/shard-3
  dmaspec merge artifacts --out out/merged
      every results.json below artifacts/, such as a CI's download step leaves them
  dmaspec merge artifacts --out public --url https://ci.example/job/7/public
      with the addresses of consoles and traces in kcidb.json

Exit status: 0 all is here, and passed or was skipped; 1 something failed, was flaky, missing or doubled; 2 a cell could
not be run, or the parts not be merged; 130 interrupted.`

/** `dmaspec merge`: one report of any number of shards. */
export function mergeCommand(): Command {
  return new Command('merge')
    .description('make one report of the results of several runs or shards')
    .argument('<dir...>', 'folders of results, folders of such folders, or the files results.json themselves')
    .option('--out <dir>', 'folder for the reports', 'out/merged')
    .option('--url <url>', 'where that folder will be on the web (default: $DMASPEC_RESULTS_URL)')
    .option('--json', 'print the merged result as JSON, and nothing else')
    .addHelpText('after', EXAMPLES)
    .action((dirs: string[], options: Options) => interruptible(signal => merge(dirs, options, signal)))
}

async function merge(dirs: string[], options: Options, signal: AbortSignal): Promise<void> {
  checkUrl(options.url)
  const progress = progressOn(process.stderr)
  try {
    const out = resolve(options.out)
    const parts = await load(dirs, out, progress, signal)
    const result = mergeResults(parts, out)
    const { url } = options
    const step = progress.step('writing reports')
    const paths = await writeResults(out, result, {
      url,
      signal,
      junitOfParts: parts.map(({ junit }) => junit),
    })
    step.done(count(paths.length, 'file'))
    process.stdout.write(options.json ? JSON.stringify(result, null, 2) + '\n' : summary(result, paths))
    process.exitCode = exitStatus(result)
  } finally {
    progress.stop()
  }
}

async function load(
  dirs: string[],
  out: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<LoadedPart[]> {
  const { files, empty } = await findResults(dirs)
  const inputs = await withoutOut(files, out, progress)
  if (inputs.length === 0)
    throw new CellError(
      `there is nothing to merge: no results.json in ${dirs.map(dir => oneLine(dir)).join(', ')}; ` +
        `'dmaspec run --out DIR' writes one`,
    )
  for (const dir of empty) progress.note(`${oneLine(dir)} has no results.json: its cells will be missing`)
  const step = progress.step('reading results')
  const parts: LoadedPart[] = []
  for (const file of inputs) {
    signal.throwIfAborted()
    parts.push(await loadPart(file))
    step.update(parts.length / inputs.length, `${parts.length}/${inputs.length}`)
  }
  step.done(count(parts.length, 'part'))
  return parts
}

/** A merge neither takes its own result for a part, nor overwrites the results of a run. */
async function withoutOut(files: string[], out: string, progress: Progress): Promise<string[]> {
  const own = join(out, 'results.json')
  if (!existsSync(own)) return files
  const { merged } = await readResults(own)
  if (!merged)
    throw new CellError(`${out} has the results of a run, which this would overwrite: name another --out`)
  const path = realpathSync(own)
  if (files.includes(path))
    progress.note(`${oneLine(dirname(path))} is where the result goes: it is written anew, and is no part`)
  return files.filter(file => file !== path)
}

function checkUrl(url: string | undefined): void {
  if (url !== undefined && !(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)))
    throw new CellError(
      `--url '${oneLine(url)}' is no address of the web: write it like https://ci.example/job/7`,
    )
}

/** What a person wants to see first: the sums, what is wrong, and where to read on. */
export function summary(result: RunResult, paths: readonly string[]): string {
  const sums = counted(result).map(([outcome, n]) => `${n} ${outcome}`)
  const parts = count(result.merged?.parts.length ?? 1, 'part')
  const bad = reportCells(result)
    .filter(({ outcome, result }) => result && isBad(outcome))
    .flatMap(cell => cell.cases.filter(({ outcome }) => isBad(outcome)).map(one => ({ cell, one })))
    .map(({ cell, one }) => {
      const title = [cell.id, ...one.path].map(text => oneLine(text)).join(' › ')
      return `  ${one.outcome.padEnd(7)} ${title}: ${one.message}`
    })
  const problems = problemsOf(result).map(problem => `  ${oneLine(problem, 1000)}`)
  const where = paths.map(path => `  ${relative('', path)}`)
  return [
    `${parts}, ${count(result.cells.length, 'cell')}: ${sums.join(', ') || 'none'}`,
    ...bad,
    ...problems,
    'written:',
    ...where,
    '',
  ].join('\n')
}
