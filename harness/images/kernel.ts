import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fetchPackages, packageInputs } from './apt.ts'
import { type Entry, makeEntry, setCurrent } from './cache.ts'
import { type BuildContext, builtEntry, freshLog, lockFor, needUnchanged } from './context.ts'
import { fileInputs, type Inputs } from './inputs.ts'
import { collectKernel, compileKernel, makeVariables, unpackKernel } from './kernel-tree.ts'
import type { RunOptions } from './run.ts'
import type { SeriesRow } from './series.ts'
import { toolchain } from './toolchain.ts'
import { projectRoot } from '../project.ts'

/** Raised when a change of this file changes what is built from the same inputs. */
const recipe = '1'

/** `linux-6.1`, `linux-6.1-bus-mask-always-set+domain-free-unguarded`. */
export function kernelName(series: string, faults: readonly string[]): string {
  return [`linux-${series}`, ...(faults.length > 0 ? [[...faults].sort().join('+')] : [])].join('-')
}

/** Our files that a kernel is made from, in the order in which they apply. */
export function kernelFiles(series: string, faults: readonly string[], root = projectRoot) {
  const own = `images/kernel/${series}`
  const optional = (path: string) => (existsSync(join(root, path)) ? [path] : [])
  return {
    patches: [
      ...optional(`${own}/observe.patch`),
      ...[...faults].sort().map(name => `${own}/faults/${name}.patch`),
    ],
    fragments: ['images/kernel/config.fragment', ...optional(`${own}/config.fragment`)],
  }
}

/** What of ours a kernel is made from; needKernel() looks it up by this alone. */
export function kernelSources(row: SeriesRow, faults: readonly string[]): Inputs {
  const { patches, fragments } = kernelFiles(row.series, faults)
  const make = makeVariables.map(({ set }) => set).join(' ')
  return { recipe, make, dtb: row.dtb, ...fileInputs(projectRoot, [...patches, ...fragments]) }
}

/**
 * Builds one kernel per set of faults that the cache lacks, all in one tree: the first one compiles everything, the
 * others what their patches touch.
 */
export async function buildKernels(
  context: BuildContext,
  row: SeriesRow,
  faultSets: readonly (readonly string[])[],
): Promise<void> {
  const deb = await fetchPackages(context, row)
  using held = await lockFor(context, `linux-${row.series}`, `builds linux ${row.series}`)
  const what = `linux ${deb.manifest.version}`
  const options = { cwd: '/', signal: context.signal, lock: held, what }
  const compiler = await toolchain('aarch64-linux-gnu-', options)
  for (const faults of faultSets) {
    const name = kernelName(row.series, faults)
    const sources = kernelSources(row, faults)
    const inputs: Inputs = { ...packageInputs(deb), ...sources, compiler }
    const found = builtEntry(context, name, inputs)
    const entry =
      found ?? (await build(context, { row, faults, name, sources, inputs, deb, compiler }, options))
    setCurrent(context.root, name, sources, entry)
  }
}

interface Job {
  row: SeriesRow
  faults: readonly string[]
  name: string
  sources: Inputs
  inputs: Inputs
  deb: Entry
  compiler: string
}

async function build(context: BuildContext, job: Job, options: RunOptions): Promise<Entry> {
  const { row, faults, name, sources, inputs, deb, compiler } = job
  const tree = join(context.root, 'work', `linux-${row.series}`, deb.manifest.version)
  const log = freshLog(context, name)
  await unpackKernel(context, deb, tree, { ...options, log })
  const started = Date.now()
  const what = `linux ${row.series} with ${faults.length > 0 ? faults.join(' and ') : 'no fault'}`
  const inTree = { ...options, cwd: tree, what, log }
  await compileKernel(context, row, { tree, compiler }, kernelFiles(row.series, faults), inTree)
  const seconds = () => (Date.now() - started) / 1000
  return makeEntry(context.root, { name, inputs, lockName: `linux-${row.series}`, seconds }, dir => {
    needUnchanged(sources, kernelSources(row, faults), what)
    collectKernel(tree, row, dir)
    return Promise.resolve(deb.manifest.version)
  })
}
