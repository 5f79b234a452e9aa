import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { additions } from './additions.ts'
import { fetchPackages, packageInputs } from './apt.ts'
import { type Entry, makeEntry, setCurrent } from './cache.ts'
import { type BuildContext, builtEntry, freshLog, lockFor, needUnchanged } from './context.ts'
import { fileInputs, type Inputs } from './inputs.ts'
import { joinName, splitName } from './kernel-name.ts'
import type { KernelPlan } from './kernel-plan.ts'
import { collectKernel, compileKernel, makeVariablesOf, unpackKernel } from './kernel-tree.ts'
import { flavourFragments } from './flavours.ts'
import type { RunOptions } from './run.ts'
import type { SeriesRow } from './series.ts'
import { toolchain } from './toolchain.ts'
import type { KernelName } from '../types.ts'
import { projectRoot } from '../project.ts'

/** Raised when a change of this file changes what is built from the same inputs. */
const recipe = '1'

/** `linux-6.1`, `linux-6.1+debug`, `linux-6.1-bus-mask-always-set+domain-free-unguarded`. */
export function kernelName(name: KernelName, faults: readonly string[]): string {
  return [`linux-${name}`, ...(faults.length > 0 ? [[...faults].sort().join('+')] : [])].join('-')
}

/** Our files that a kernel is made from, in the order in which they apply. */
export function kernelFiles(name: KernelName, faults: readonly string[], root = projectRoot) {
  const { series, flavour } = splitName(name)
  const own = `images/kernel/${series}`
  const optional = (path: string) => (existsSync(join(root, path)) ? [path] : [])
  return {
    patches: [
      ...optional(`${own}/observe.patch`),
      ...[...faults].sort().map(name => `${own}/faults/${name}.patch`),
    ],
    fragments: [
      'images/kernel/config.fragment',
      ...optional(`${own}/config.fragment`),
      ...flavourFragments(series, flavour, root),
    ],
  }
}

/** What of ours a kernel is made from; needKernel() looks it up by this alone. */
export function kernelSources(row: SeriesRow, flavour: string | null, faults: readonly string[]): Inputs {
  const { patches, fragments } = kernelFiles(joinName(row.series, flavour), faults)
  const make = makeVariablesOf(fragmentOf(fragments)).join(' ')
  const added = additions.map(({ from }) => from)
  return { recipe, make, dtb: row.dtb, ...fileInputs(projectRoot, [...patches, ...fragments, ...added]) }
}

/**
 * Builds one kernel per set of faults that the cache lacks, all in one tree: the first one compiles everything, the
 * others what their patches touch. Each flavour has a build folder of its own.
 */
export async function buildKernels(
  context: BuildContext,
  row: SeriesRow,
  flavour: string | null,
  faultSets: readonly (readonly string[])[],
): Promise<void> {
  const deb = await fetchPackages(context, row)
  using held = await lockFor(context, `linux-${row.series}`, `builds linux ${row.series}`)
  const what = `linux ${deb.manifest.version}`
  const options = { cwd: '/', signal: context.signal, lock: held, what }
  const compiler = await toolchain('aarch64-linux-gnu-', options)
  for (const faults of faultSets) {
    const name = kernelName(joinName(row.series, flavour), faults)
    const sources = kernelSources(row, flavour, faults)
    const inputs: Inputs = { ...packageInputs(deb), ...sources, compiler }
    const found = builtEntry(context, name, inputs)
    const job = { row, flavour, faults, name, sources, inputs, deb, compiler }
    setCurrent(context.root, name, sources, found ?? (await build(context, job, options)))
  }
}

interface Job {
  row: SeriesRow
  flavour: string | null
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
  const plan = planOf(job, tree, context.root)
  const what = `${plan.what} with ${faults.length > 0 ? faults.join(' and ') : 'no fault'}`
  await compileKernel(context, plan, compiler, { ...options, cwd: tree, what, log })
  const seconds = () => (Date.now() - started) / 1000
  return makeEntry(context.root, { name, inputs, lockName: `linux-${row.series}`, seconds }, dir => {
    needUnchanged(sources, kernelSources(row, job.flavour, faults), what)
    collectKernel(plan, dir)
    return Promise.resolve(deb.manifest.version)
  })
}

function planOf({ row, flavour, faults }: Job, tree: string, root: string): KernelPlan {
  const kernel = joinName(row.series, flavour)
  const { patches, fragments } = kernelFiles(kernel, faults)
  const ours = (path: string) => join(projectRoot, path)
  return {
    what: `linux ${kernel}`,
    source: join(tree, 'source'),
    originals: join(tree, 'originals'),
    build: join(tree, flavour === null ? 'build' : `build+${flavour}`),
    patches: patches.map(ours),
    additions,
    fragment: fragmentOf(fragments),
    variables: makeVariablesOf(fragmentOf(fragments)),
    dtb: row.dtb,
    steps: { all: row.steps, file: join(root, 'logs', `linux-${kernel}.steps.json`) },
  }
}

const fragmentOf = (paths: readonly string[]) =>
  paths.map(path => readFileSync(join(projectRoot, path), 'utf8')).join('\n')
