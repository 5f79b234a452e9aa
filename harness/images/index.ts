import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DEFAULTS } from '../cell/cell.ts'
import { unknown } from '../cell/suggest.ts'
import { CellError, ImageError } from '../errors.ts'
import type { InitramfsImage, KernelImage, KernelName, QemuImage, Series } from '../types.ts'
import { cacheRoot, currentEntry, sweep } from './cache.ts'
import { type BuildContext } from './context.ts'
import { diskFull, saysDiskFull } from './failure.ts'
import { flavours } from './flavours.ts'
import { givenKernelOf, givenKernels } from './given.ts'
import { needHostPackages } from './host.ts'
import { needImageKernel } from './image-given.ts'
import { buildInitramfs, initramfsSources } from './initramfs.ts'
import type { Inputs } from './inputs.ts'
import { kernelImage } from './kernel-image.ts'
import { splitName } from './kernel-name.ts'
import { buildKernels, kernelName, kernelSources } from './kernel.ts'
import { cacheInUse, canWrite } from './lock.ts'
import { type Progress, progressOn } from './progress.ts'
import { buildQemu, qemuBuilds, qemuSources, type QemuBuild } from './qemu.ts'
import { faultPairs, kernelRow, kernels, type SeriesRow } from './series.ts'
import { needTreeKernel } from './tree-kernel.ts'
import { isClone, projectRoot } from '../project.ts'

/** The series that can be built, as the table in series.ts has them. */
export function knownSeries(): Series[] {
  return kernels.map(({ series }) => series)
}

/** What a cell may name as its kernel: series, which may be in a flavour, and kernels that were given. */
export function knownKernels() {
  const given = givenKernels()
  return {
    kernels: [...knownSeries(), ...given.map(({ name }) => name)],
    flavours: flavours(),
    slower: (kernel: KernelName) => given.find(({ name }) => name === kernel)?.slower ?? 1,
  }
}

/**
 * The faults that can be compiled into a kernel: images/kernel/<series>/faults/*.patch. Of a given kernel nobody knows
 * before it is tried: all that any series has.
 */
export function knownFaults(kernel: KernelName): string[] {
  const series = givenKernelOf(kernel) ? knownSeries() : [splitName(kernel).series]
  const faults = series.flatMap(name => {
    const dir = join(projectRoot, 'images/kernel', name, 'faults')
    return existsSync(dir) ? readdirSync(dir).filter(file => file.endsWith('.patch')) : []
  })
  return [...new Set(faults.map(file => file.slice(0, -'.patch'.length)))].sort()
}

/** The fault sets that the specs boot: none, each alone, and the pairs that belong together. */
export function faultSets(kernel: KernelName): string[][] {
  const faults = knownFaults(kernel)
  const pairs = faultPairs.filter(pair => pair.every(fault => faults.includes(fault)))
  return [[], ...faults.map(fault => [fault]), ...pairs.map(pair => [...pair])]
}

/** What makes each build of the emulator: there is no make in the package. */
const makeQemu: Record<QemuBuild, string> = isClone
  ? { plain: 'make images', sanitized: 'make images SANITIZE=1' }
  : { plain: 'npx dmaspec images', sanitized: 'npx dmaspec images --sanitize' }

/** The emulator built from this clone's sources; an ImageError if there is none. */
export function needQemu(build: QemuBuild = 'plain'): Promise<QemuImage> {
  return attempt(() => {
    const { name, what } = qemuBuilds[build]
    const said = build === 'plain' ? 'the emulator (images/qemu)' : `the ${what} (images/qemu)`
    const { dir, manifest } = need(name, qemuSources(build), said, makeQemu[build])
    return { binary: join(dir, 'qemu-system-aarch64'), version: manifest.version }
  })
}

/** How a build that a boot waits for is shown and ended. */
export interface BuildOptions {
  progress?: Progress | undefined
  signal?: AbortSignal | undefined
}

/**
 * A kernel with these faults. One of a series must have been built from this clone's sources: an ImageError if it
 * wasn't. One of a given tree is built now unless the cache has it; an UnavailableError if it can't have such a fault.
 */
export async function needKernel(
  kernel: KernelName,
  faults: readonly string[] = [],
  { progress = progressOn(process.stderr), signal = new AbortController().signal }: BuildOptions = {},
): Promise<KernelImage> {
  const given = givenKernelOf(kernel)
  const context: BuildContext = { root: cacheRoot(), progress, signal, update: false }
  if (given) checkFaults(kernel, faults)
  if (given?.kind === 'tree') return needTreeKernel(context, given, faults)
  return attempt(() => {
    if (given) return needImageKernel(context.root, given, faults)
    const { row, flavour } = rowOf(kernel, faults)
    const what = `linux ${kernel}${faults.length > 0 ? ` with ${[...faults].sort().join(' and ')}` : ''}`
    const asked = flavour === null && faultSets(kernel).some(set => isSame(set, faults))
    const command = asked ? makeImages(kernel) : imagesCommandLine(kernel, faults)
    const sources = kernelSources(row, flavour, faults)
    return kernelImage(need(kernelName(kernel, faults), sources, what, command), basename(row.dtb))
  })
}

/** The initramfs made from this clone's sources; an ImageError if there is none. */
export function needInitramfs(): Promise<InitramfsImage> {
  return attempt(() => {
    const { dir } = need('initramfs', initramfsSources(), 'the initramfs', makeQemu.plain)
    return { cpio: join(dir, 'initramfs.cpio') }
  })
}

export interface BuildRequest {
  /** Which kernels, and which sets of faults of each. */
  kernels: { kernel: KernelName; faultSets: readonly (readonly string[])[] }[]
  progress: Progress
  signal: AbortSignal
  /** Ask the mirror for newer packages than the cache has. */
  update?: boolean
  /** Build the sanitized emulator too. */
  sanitize?: boolean
}

/** Builds all that is missing: host packages, emulator, initramfs, kernels. */
export async function buildImages({
  kernels,
  progress,
  signal,
  update = false,
  sanitize = false,
}: BuildRequest): Promise<void> {
  const readOnly = !update && !canWrite(cacheRoot())
  if (readOnly) return needAll({ kernels, progress, signal, sanitize })
  const context: BuildContext = { root: buildRoot(), progress, signal, update }
  const jobs = kernels.map(({ kernel, faultSets }) => ({ ...rowOf(kernel, faultSets.flat()), faultSets }))
  const running = await cacheInUse(context.root)
  try {
    await sweep(context.root)
    await needHostPackages(context, ['build', 'boot'])
    await buildQemu(context)
    if (sanitize) await buildQemu(context, 'sanitized')
    await buildInitramfs(context)
    for (const { row, flavour, faultSets } of jobs) await buildKernels(context, row, flavour, faultSets)
  } catch (error) {
    throw saysDiskFull(error) ? diskFull(context.root, error) : error
  } finally {
    running?.[Symbol.dispose]()
    progress.stop()
  }
}

/** All that was to be built is there, in a cache that is another user's; an ImageError says what isn't. */
async function needAll({ kernels, progress, signal, sanitize = false }: BuildRequest): Promise<void> {
  try {
    await needQemu()
    if (sanitize) await needQemu('sanitized')
    await needInitramfs()
    for (const { kernel, faultSets } of kernels)
      for (const faults of faultSets) await needKernel(kernel, faults, { progress, signal })
  } catch (error) {
    if (!(error instanceof ImageError)) throw error
    throw new ImageError(`${error.shortMessage} as a user who may write to ${cacheRoot()}`, { cause: error })
  } finally {
    progress.stop()
  }
}

/** The cache, if make can build in it. */
export function buildRoot(): string {
  const root = cacheRoot()
  if (!canWrite(root))
    throw new ImageError(`this user can't write to the cache ${root}: set DMASPEC_CACHE to one of your own`)
  if (/[\s:]/.test(root))
    throw new ImageError(`make can't build in '${root}': no blanks or colons in DMASPEC_CACHE`)
  return root
}

function need(name: string, sources: Inputs, what: string, command: string) {
  let why = 'is not built from these sources'
  const onDamage = (folder: string, damage: string) =>
    (why = `is damaged in the cache (${folder}: ${damage})`)
  const entry = currentEntry(cacheRoot(), name, sources, onDamage)
  if (!entry) throw new ImageError(`${what} ${why}: run ${command}`)
  return entry
}

const isSame = (a: readonly string[], b: readonly string[]) => [...a].sort().join() === [...b].sort().join()

const makeImages = (kernel: KernelName) => {
  if (kernel === DEFAULTS.kernel) return makeQemu.plain
  return isClone ? `make images KERNELS=${kernel}` : imagesCommandLine(kernel, [])
}

const imagesCommandLine = (kernel: KernelName, faults: readonly string[]) =>
  ['npx dmaspec images', `--kernel ${kernel}`, ...faults.map(fault => `--fault ${fault}`)].join(' ')

function rowOf(kernel: KernelName, faults: readonly string[]): { row: SeriesRow; flavour: string | null } {
  const { series, flavour } = splitName(kernel)
  const row = kernelRow(series)
  if (!row) throw new CellError(unknown('kernel', kernel, knownSeries()))
  const names = flavours().map(({ name }) => name)
  if (flavour !== null && !names.includes(flavour)) throw new CellError(unknown('flavour', flavour, names))
  checkFaults(kernel, faults)
  return { row, flavour }
}

function checkFaults(kernel: KernelName, faults: readonly string[]): void {
  const known = knownFaults(kernel)
  const wrong = faults.find(fault => !known.includes(fault))
  if (wrong !== undefined) throw new CellError(unknown(`fault of linux ${kernel}`, wrong, known))
}

/** A thrown error as a rejection: callers await what may one day have to wait. */
async function attempt<T>(look: () => T): Promise<T> {
  return Promise.resolve(look())
}
