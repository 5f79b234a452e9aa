import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ImageError, UnavailableError } from '../errors.ts'
import type { KernelImage, NotObserved } from '../types.ts'
import { additions, whyNoRoom } from './additions.ts'
import { type Entry, makeEntry } from './cache.ts'
import { type BuildContext, builtEntry, freshLog, lockFor, needUnchanged } from './context.ts'
import type { GivenTree } from './given.ts'
import { fileInputs, type Inputs, sha256 } from './inputs.ts'
import { kernelImage, notObservedFile } from './kernel-image.ts'
import type { KernelPlan } from './kernel-plan.ts'
import { collectKernel, compileKernel, makeVariablesOf } from './kernel-tree.ts'
import { kernelFiles } from './kernel.ts'
import { joinName } from './kernel-name.ts'
import { mirrorHash, mirrorIn } from './mirror.ts'
import { mustHave, oldTreeRows } from './old-trees.ts'
import { isOriginal } from './patched.ts'
import { choosePatches, type PatchStep } from './patch-choice.ts'
import type { RunOptions } from './run.ts'
import { kernels } from './series.ts'
import { toolchain } from './toolchain.ts'
import { projectRoot } from '../project.ts'

/** Raised when a change of this file changes what is built from the same inputs. */
const recipe = '1'

const ours = (path: string) => join(projectRoot, path)

/**
 * The kernel of a user's tree with these faults, built now unless it is in the cache; of several who ask, one builds.
 * An UnavailableError if a fault can't be put into this tree.
 */
export async function needTreeKernel(
  context: BuildContext,
  given: GivenTree,
  faults: readonly string[],
): Promise<KernelImage> {
  const known = await findTreeKernel(context, given, faults)
  if (known.entry) return kernelImage(known.entry, basename(given.dtb))
  using held = await lockFor(context, lockOf(given.work), `builds ${given.name}`)
  const again = await findTreeKernel(context, given, faults)
  const options = { cwd: given.work, signal: context.signal, lock: held, what: what(given, faults) }
  const entry = again.entry ?? (await build(context, given, { faults, ...again }, options))
  return kernelImage(entry, basename(given.dtb))
}

/** The lock of a mirror, and of all that is built from it: cache-items.ts knows it by the folder's name. */
export function lockOf(work: string): string {
  return basename(work)
}

interface Wanted {
  faults: readonly string[]
  inputs: Inputs
  compiler: string
}

async function findTreeKernel(context: BuildContext, given: GivenTree, faults: readonly string[]) {
  const options = { cwd: '/', signal: context.signal, what: given.name }
  const compiler = await toolchain('aarch64-linux-gnu-', options)
  const inputs = { ...treeSources(given, faults), compiler }
  return { inputs, compiler, entry: builtEntry(context, entryName(given, faults), inputs) }
}

/** All that a tree's kernel is made from, but for the compiler. */
export function treeSources(given: GivenTree, faults: readonly string[]): Inputs {
  const texts = (kind: string, list: GivenTree['patches']) =>
    list.map(({ text }, i) => [`${kind} ${i}`, sha256(text)] as const)
  return {
    recipe,
    source: given.source,
    make: variablesOf(given).join(' '),
    dtb: given.dtb,
    config: sha256(fragmentOf(given)),
    ...Object.fromEntries(texts('patch', given.patches)),
    ...fileInputs(projectRoot, [
      ...portsOf(given, faults).flatMap(({ candidates }) => candidates),
      ...additions.map(({ from }) => from),
    ]),
  }
}

const what = ({ name }: GivenTree, faults: readonly string[]) =>
  faults.length > 0 ? `${name} with ${[...faults].sort().join(' and ')}` : name

const entryName = ({ name }: GivenTree, faults: readonly string[]) =>
  [`tree-${name}`, ...(faults.length > 0 ? [[...faults].sort().join('+')] : [])].join('-')

const variablesOf = (given: GivenTree) => [
  ...makeVariablesOf(fragmentOf(given)),
  ...oldTreeRows(given.version).flatMap(({ variables = [] }) => variables),
]

/** The series' fragments and the flavour's, what old trees need, and what the user asked for: the last one counts. */
function fragmentOf({ series, flavour, version, fragments }: GivenTree): string {
  const files = kernelFiles(joinName(series, flavour), []).fragments
  return [
    ...files.map(path => readFileSync(ours(path), 'utf8')),
    ...oldTreeRows(version).flatMap(({ fragment = [] }) => fragment),
    ...fragments.map(({ text }) => text),
  ].join('\n')
}

/** Our patches for a tree: of each, the ports to the series, the nearest one first. Paths from the project's root. */
export function portsOf({ series }: Pick<GivenTree, 'series'>, faults: readonly string[]): PatchStep[] {
  const at = kernels.findIndex(row => row.series === series)
  const near = [...kernels.keys()].sort((a, b) => Math.abs(a - at) - Math.abs(b - at) || b - a)
  const ports = (file: string) =>
    near.map(i => `images/kernel/${kernels[i]?.series}/${file}`).filter(path => existsSync(ours(path)))
  return [
    { what: 'observe.patch', candidates: ports('observe.patch') },
    ...[...faults].sort().map(fault => ({ what: fault, candidates: ports(`faults/${fault}.patch`) })),
  ]
}

/** How a tree's kernel is made: with the patches of ours that apply, and without what there is no room for. */
export interface TreePlan {
  plan: KernelPlan
  /** Ours that don't apply, and why. */
  refused: { what: string; why: string }[]
  /** Files of ours, and why there is no room for one; null if there is. */
  rooms: { addition: (typeof additions)[number]; why: string | null }[]
}

/**
 * Looks what of ours goes into the mirror of a tree. The caller has its lock.
 * @throws ImageError if the mirror has become another one's; UnavailableError if a fault doesn't apply
 */
export async function planTree(
  given: GivenTree,
  faults: readonly string[],
  options: RunOptions,
): Promise<TreePlan> {
  const { work, dtb, flavour, name } = given
  const mirror = mirrorIn(work)
  if (mirrorHash(mirror) !== given.source)
    throw new ImageError(`${given.from} changed while it was in use: run it again`)
  const { patches, refused } = await choosePatches(
    mirror,
    [
      ...userPatches(given).map(path => ({ what: path, candidates: [path] })),
      ...portsOf(given, faults).map(step => ({ ...step, candidates: step.candidates.map(ours) })),
    ],
    options,
  )
  for (const { what, why } of refused)
    if (faults.includes(what)) throw new UnavailableError(`${name} can't have the fault ${what}: ${why}`)
  const rooms = additions.map(addition => {
    const has = (path: string) => isOriginal(mirror, path)
    return { addition, why: whyNoRoom({ has }, addition) }
  })
  const plan: KernelPlan = {
    ...mirror,
    what: name,
    build: join(work, flavour === null ? 'build' : `build+${flavour}`),
    patches,
    additions: rooms.flatMap(({ addition, why }) => (why === null ? [addition] : [])),
    mayLeaveOut: true,
    fragment: fragmentOf(given),
    mustHave: needed(given.fragments),
    variables: variablesOf(given),
    dtb,
    steps: {
      all: kernels[0]?.steps ?? 0,
      file: join(work, `build${flavour === null ? '' : `+${flavour}`}.steps.json`),
    },
  }
  return { plan, refused, rooms }
}

/** A line in a fragment of the user's: Kconfig need not take anything. */
export const MAY_BE_DROPPED = '# dmaspec: all of it may be dropped'

/** Whether Kconfig must take a line, for a user who asks for these. */
function needed(fragments: GivenTree['fragments']): (line: string) => boolean {
  if (fragments.some(({ text }) => text.split('\n').includes(MAY_BE_DROPPED))) return () => false
  const asked = new Set(fragments.flatMap(({ text }) => text.match(/^CONFIG_\w+(?==)/gm) ?? []))
  return line => mustHave(line, asked)
}

async function build(
  context: BuildContext,
  given: GivenTree,
  { faults, inputs, compiler }: Wanted,
  options: RunOptions,
): Promise<Entry> {
  const log = freshLog(context, entryName(given, faults))
  const { plan, refused, rooms } = await planTree(given, faults, { ...options, log })
  const started = Date.now()
  const leftOut = await compileKernel(context, plan, compiler, { ...options, log })
  const notObserved: NotObserved[] = [
    ...refused
      .filter(({ what }) => what === 'observe.patch')
      .map(({ why }) => ({ fact: 'pageTables' as const, why: `images/kernel/*/observe.patch: ${why}` })),
    ...[...rooms, ...leftOut].flatMap(({ addition: { fact, from }, why }) =>
      why === null ? [] : [{ fact, why: `${from}: ${why}` }],
    ),
  ]
  const seconds = () => (Date.now() - started) / 1000
  const entry = { name: entryName(given, faults), inputs, lockName: lockOf(given.work), seconds }
  return makeEntry(context.root, entry, dir => {
    needUnchanged(inputs, { ...treeSources(given, faults), compiler }, options.what)
    collectKernel(plan, dir)
    if (notObserved.length > 0) writeFileSync(join(dir, notObservedFile), JSON.stringify(notObserved))
    return Promise.resolve(given.version)
  })
}

/** Writes the user's patches where patch(1) can read them, under names that an error can show. */
function userPatches({ work, patches }: GivenTree): string[] {
  return patches.map(({ name, text }, i) => {
    const file = join(work, 'patches', String(i), basename(name))
    mkdirSync(join(work, 'patches', String(i)), { recursive: true })
    writeFileSync(file, text)
    return file
  })
}
