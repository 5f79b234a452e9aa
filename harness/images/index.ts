import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DEFAULTS } from '../cell/cell.ts'
import { CellError, ImageError } from '../errors.ts'
import type { InitramfsImage, KernelImage, QemuImage, Series } from '../types.ts'
import { cacheRoot, currentEntry, sweep } from './cache.ts'
import { type BuildContext } from './context.ts'
import { diskFull, saysDiskFull } from './failure.ts'
import { needHostPackages } from './host.ts'
import { buildInitramfs, initramfsSources } from './initramfs.ts'
import type { Inputs } from './inputs.ts'
import { buildKernels, kernelName, kernelSources } from './kernel.ts'
import { cacheInUse } from './lock.ts'
import type { Progress } from './progress.ts'
import { buildQemu, qemuSources } from './qemu.ts'
import { faultPairs, kernelRow, kernels, type SeriesRow } from './series.ts'
import { projectRoot } from '../project.ts'

/** The series that can be built, as the table in series.ts has them. */
export function knownSeries(): Series[] {
  return kernels.map(({ series }) => series)
}

/** The faults that can be compiled into a series: images/kernel/<series>/faults/*.patch. */
export function knownFaults(series: Series): string[] {
  const dir = join(projectRoot, 'images/kernel', series, 'faults')
  if (!existsSync(dir)) return []
  return readdirSync(dir)
    .filter(file => file.endsWith('.patch'))
    .map(file => file.slice(0, -'.patch'.length))
    .sort()
}

/** The fault sets that the specs boot: none, each alone, and the pairs that belong together. */
export function faultSets(series: Series): string[][] {
  const faults = knownFaults(series)
  const pairs = faultPairs.filter(pair => pair.every(fault => faults.includes(fault)))
  return [[], ...faults.map(fault => [fault]), ...pairs.map(pair => [...pair])]
}

/** The emulator built from this clone's sources; an ImageError if there is none. */
export function needQemu(): Promise<QemuImage> {
  return attempt(() => {
    const { dir, manifest } = need('qemu', qemuSources(), 'the emulator (images/qemu)', 'make images')
    return { binary: join(dir, 'qemu-system-aarch64'), version: manifest.version }
  })
}

/** The kernel of a series with these faults, built from this clone's sources; an ImageError if there is none. */
export function needKernel(series: Series, faults: readonly string[] = []): Promise<KernelImage> {
  return attempt(() => {
    const row = rowOf(series, faults)
    const what = `linux ${series}${faults.length > 0 ? ` with ${[...faults].sort().join(' and ')}` : ''}`
    const asked = faultSets(series).some(set => isSame(set, faults))
    const command = asked ? makeImages(series) : imagesCommandLine(series, faults)
    const { dir, manifest } = need(kernelName(series, faults), kernelSources(row, faults), what, command)
    return {
      image: join(dir, 'Image'),
      dtb: join(dir, basename(row.dtb)),
      vmlinux: join(dir, 'vmlinux'),
      config: join(dir, 'config'),
      version: manifest.version,
      sha256: manifest.outputs['Image']?.sha256 ?? '',
      notObserved: [],
    }
  })
}

/** The initramfs made from this clone's sources; an ImageError if there is none. */
export function needInitramfs(): Promise<InitramfsImage> {
  return attempt(() => {
    const { dir } = need('initramfs', initramfsSources(), 'the initramfs', 'make images')
    return { cpio: join(dir, 'initramfs.cpio') }
  })
}

export interface BuildRequest {
  /** Which kernels, and which sets of faults of each. */
  kernels: { series: Series; faultSets: readonly (readonly string[])[] }[]
  progress: Progress
  signal: AbortSignal
  /** Ask the mirror for newer packages than the cache has. */
  update?: boolean
}

/** Builds all that is missing: host packages, emulator, initramfs, kernels. */
export async function buildImages({
  kernels,
  progress,
  signal,
  update = false,
}: BuildRequest): Promise<void> {
  const root = cacheRoot()
  if (/[\s:]/.test(root))
    throw new ImageError(`make can't build in '${root}': no blanks or colons in DMASPEC_CACHE`)
  const context: BuildContext = { root, progress, signal, update }
  const rows = kernels.map(({ series, faultSets }) => [rowOf(series, faultSets.flat()), faultSets] as const)
  const running = await cacheInUse(root)
  try {
    await sweep(root)
    await needHostPackages(context, ['build', 'boot'])
    await buildQemu(context)
    await buildInitramfs(context)
    for (const [row, sets] of rows) await buildKernels(context, row, sets)
  } catch (error) {
    throw saysDiskFull(error) ? diskFull(root, error) : error
  } finally {
    running?.[Symbol.dispose]()
    progress.stop()
  }
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

const makeImages = (series: Series) =>
  series === DEFAULTS.kernel ? 'make images' : `make images KERNELS=${series}`

const imagesCommandLine = (series: Series, faults: readonly string[]) =>
  ['npx dmaspec images', `--kernel ${series}`, ...faults.map(fault => `--fault ${fault}`)].join(' ')

function rowOf(series: Series, faults: readonly string[]): SeriesRow {
  const row = kernelRow(series)
  if (!row) throw new CellError(`unknown kernel '${series}'; there are: ${knownSeries().join(', ')}`)
  const known = knownFaults(series)
  const unknown = faults.find(fault => !known.includes(fault))
  if (unknown)
    throw new CellError(`unknown fault '${unknown}' of linux ${series}; there are: ${known.join(', ')}`)
  return row
}

/** A thrown error as a rejection: callers await what may one day have to wait. */
async function attempt<T>(look: () => T): Promise<T> {
  return Promise.resolve(look())
}
