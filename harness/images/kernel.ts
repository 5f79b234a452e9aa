import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { InfraError } from '../errors.ts'
import { fetchPackages, packageFiles, packageInputs } from './apt.ts'
import { type Entry, findEntry, makeEntry, setCurrent } from './cache.ts'
import { type BuildContext, freshLog, lockFor, projectRoot } from './context.ts'
import { fileInputs, type Inputs, keyOf, sha256 } from './inputs.ts'
import { applyPatches } from './patched.ts'
import { isKbuildStep, type Step } from './progress.ts'
import { run, type RunOptions } from './run.ts'
import type { SeriesRow } from './series.ts'

/** Raised when a change of this file changes what is built from the same inputs. */
const recipe = '1'

/** Variables of make; all fixed, so that the same sources give the same Image. */
const makeVariables: readonly { set: string; why: string }[] = [
  { set: 'ARCH=arm64', why: 'the board' },
  { set: 'CROSS_COMPILE=aarch64-linux-gnu-', why: "Debian's cross compiler" },
  { set: 'DTC_FLAGS=-@', why: 'labels in __symbols__, for overlays' },
  { set: 'KBUILD_BUILD_TIMESTAMP=Thu Jan  1 00:00:00 UTC 1970', why: 'reproducible' },
  { set: 'KBUILD_BUILD_USER=dmaspec', why: 'reproducible' },
  { set: 'KBUILD_BUILD_HOST=dmaspec', why: 'reproducible' },
  { set: 'KBUILD_BUILD_VERSION=1', why: 'reproducible' },
  { set: 'LOCALVERSION=', why: 'no + from a git repository above the tree' },
]

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

/** Hash of our sources of a kernel: what needKernel() looks it up by. */
export function kernelSources(row: SeriesRow, faults: readonly string[]): string {
  const { patches, fragments } = kernelFiles(row.series, faults)
  return keyOf({ recipe, dtb: row.dtb, ...fileInputs(projectRoot, [...patches, ...fragments]) })
}

/**
 * Builds one kernel per set of faults that the cache lacks, all in one tree: the first one compiles everything, the
 * others what their patches touch.
 */
export async function buildKernels(
  context: BuildContext,
  row: SeriesRow,
  faultSets: readonly (readonly string[])[],
): Promise<Entry[]> {
  const deb = await fetchPackages(context, row)
  using held = await lockFor(context, `linux-${row.series}`, `builds linux ${row.series}`)
  const what = `linux ${row.series}`
  const probe = { cwd: '/', signal: context.signal, what }
  const [compiler = ''] = await run(['aarch64-linux-gnu-gcc', '--version'], probe)
  const entries: Entry[] = []
  for (const faults of faultSets) {
    const name = kernelName(row.series, faults)
    const sources = kernelSources(row, faults)
    const inputs: Inputs = { ...packageInputs(deb), sources, compiler }
    let entry = findEntry(context.root, name, inputs)
    if (!entry) {
      const tree = join(context.root, 'work', `linux-${row.series}`, deb.manifest.version)
      const options: RunOptions = {
        cwd: tree,
        signal: context.signal,
        lock: held,
        what,
        log: freshLog(context, name),
      }
      await unpack(context, deb, tree, { ...options, cwd: '/' })
      const started = Date.now()
      await compile(context, row, faults, tree, options, compiler)
      const seconds = () => (Date.now() - started) / 1000
      entry = await makeEntry(context.root, { name, inputs, lockName: held.name, seconds }, dir => {
        collect(tree, row, dir)
        return Promise.resolve(deb.manifest.version)
      })
    }
    setCurrent(context.root, name, sources, entry)
    entries.push(entry)
  }
  return entries
}

/** Unpacks the source into <tree>/source, wholly or not at all. */
async function unpack(context: BuildContext, deb: Entry, tree: string, options: RunOptions): Promise<void> {
  const source = join(tree, 'source')
  if (existsSync(source)) return
  const step = context.progress.step(`unpacking linux ${deb.manifest.version}`)
  const partial = join(tree, 'partial')
  rmSync(dirname(tree), { recursive: true, force: true }) // an older version's tree too
  mkdirSync(partial, { recursive: true })
  const [file = ''] = packageFiles(deb, /^linux-source.*\.deb$/)
  await run(['dpkg-deb', '--extract', file, partial], options)
  const [tarball = ''] = readdirSync(join(partial, 'usr/src')).filter(name =>
    /^linux-source.*\.tar\.xz$/.test(name),
  )
  await run(
    [
      'tar',
      '-xf',
      join(partial, 'usr/src', tarball),
      '-C',
      partial,
      '--no-same-owner',
      '--one-top-level=tree',
      '--strip-components=1',
    ],
    options,
  )
  renameSync(join(partial, 'tree'), source)
  rmSync(partial, { recursive: true, force: true })
  step.done()
}

async function compile(
  context: BuildContext,
  row: SeriesRow,
  faults: readonly string[],
  tree: string,
  options: RunOptions,
  compiler: string,
): Promise<void> {
  const title = `linux ${row.series} with ${faults.length > 0 ? faults.join(' and ') : 'no fault'}`
  const { patches, fragments } = kernelFiles(row.series, faults)
  const absolute = patches.map(path => join(projectRoot, path))
  await applyPatches({ source: join(tree, 'source'), originals: join(tree, 'originals') }, absolute, options)
  const make = [
    'make',
    '-C',
    join(tree, 'source'),
    `O=${join(tree, 'build')}`,
    ...makeVariables.map(({ set }) => set),
  ]
  const fragment = fragments.map(path => readFileSync(join(projectRoot, path), 'utf8')).join('\n')
  await configure(make, tree, fragment, sha256(fragment + compiler), options)
  const step = context.progress.step(`compiling ${title}`)
  const count = countSteps(
    step,
    join(tree, 'steps.json'),
    existsSync(join(tree, 'build/vmlinux')) ? 'again' : 'whole',
    row,
  )
  await run([...make, `-j${availableParallelism()}`, 'Image', row.dtb], { ...options, onLine: count.line })
  count.save()
  step.done(`${count.steps()} steps`)
}

/** allnoconfig plus our fragment; what Kconfig dropped of it is an error. Done again only if something changed. */
async function configure(
  make: string[],
  tree: string,
  fragment: string,
  stamp: string,
  options: RunOptions,
): Promise<void> {
  const stampFile = join(tree, 'config.stamp')
  const done = existsSync(join(tree, 'build/.config')) && existsSync(stampFile)
  if (done && readFileSync(stampFile, 'utf8') === stamp) return
  writeFileSync(join(tree, 'config.fragment'), fragment)
  const variables = { KCONFIG_ALLCONFIG: join(tree, 'config.fragment') }
  await run([...make, 'allnoconfig'], { ...options, variables })
  const dropped = droppedOptions(fragment, readFileSync(join(tree, 'build/.config'), 'utf8'))
  if (dropped.length > 0) {
    throw new InfraError(
      `${options.what}: Kconfig did not take ${dropped.join(', ')}; is something that they need missing?`,
    )
  }
  writeFileSync(stampFile, stamp)
}

/** Lines of the fragment that the configuration doesn't have. `=n` asks for an option to be off or unknown. */
export function droppedOptions(fragment: string, config: string): string[] {
  const has = new Set(config.split('\n'))
  const asked = fragment
    .split('\n')
    .map(line => line.trim())
    .filter(line => line.startsWith('CONFIG_'))
  return asked.filter(line => {
    const [option, value] = [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]
    return value === 'n' ? has.has(`${option}=y`) : !has.has(line)
  })
}

/** Counts make's steps against the count of the last build of this kind. */
function countSteps(step: Step, file: string, kind: 'whole' | 'again', row: SeriesRow) {
  const last = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>) : {}
  const all = last[kind] ?? (kind === 'whole' ? row.objects : undefined)
  let steps = 0
  return {
    steps: () => steps,
    line: (line: string) => {
      if (!isKbuildStep(line)) return
      steps += 1
      step.update(all && Math.min(steps / all, 0.99), all ? `${steps}/${Math.max(all, steps)}` : `${steps}`)
    },
    save: () => writeFileSync(file, JSON.stringify({ ...last, [kind]: steps })),
  }
}

/** Copies what a boot needs out of the build tree. */
function collect(tree: string, row: SeriesRow, dir: string): void {
  const from = (path: string) => join(tree, 'build', path)
  cpSync(from('arch/arm64/boot/Image'), join(dir, 'Image'))
  cpSync(from(`arch/arm64/boot/dts/${row.dtb}`), join(dir, basename(row.dtb)))
  cpSync(from('vmlinux'), join(dir, 'vmlinux'))
  cpSync(from('.config'), join(dir, 'config'))
  cpSync(from('System.map'), join(dir, 'System.map'))
}
