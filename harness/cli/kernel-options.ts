import type { Command } from 'commander'
import { resolveKernel } from '../cell/cell.ts'
import { CellError } from '../errors.ts'
import { giveImage } from '../images/image-given.ts'
import { flavours } from '../images/flavours.ts'
import { type GivenKernel, giveKernels, givenName } from '../images/given.ts'
import { buildImages, buildRoot, faultSets, knownKernels, knownSeries, needKernel } from '../images/index.ts'
import { joinName } from '../images/kernel-name.ts'
import type { Progress } from '../images/progress.ts'
import { fetchSource } from '../images/source.ts'
import { giveTree } from '../images/tree-given.ts'
import type { KernelName } from '../types.ts'
import { collect } from './collect.ts'
import { sourceOf, type SourceOptions, sourceOptions } from './source-options.ts'

/** What kernelOptions() adds to a command. */
export interface KernelOptions extends SourceOptions {
  kernel?: string[]
  flavour?: string
  tree?: string
  ref?: string
  fragment?: string[]
  patch?: string[]
  image?: string
  dtb?: string
}

/** The options that say which kernels: of a series, in a flavour, or anyone's own. */
export function kernelOptions(command: Command): Command {
  const names = flavours().map(({ name, title }) => `${name} (${title})`)
  return sourceOptions(
    command
      .option('--kernel <name>', `kernel series (repeatable): ${knownSeries().join(', ')}`, collect)
      .option('--flavour <name>', `how it is configured: ${names.join(', ')}`)
      .option('--tree <dir>', 'build this Linux tree, 4.19 or later, and leave it untouched')
      .option('--ref <commit>', 'that commit of --tree, rather than what is on disk')
      .option('--fragment <file>', 'append these lines to the configuration of --tree (repeatable)', collect)
      .option('--patch <file>', 'apply this to --tree (repeatable, in order)', collect)
      .option('--image <file>', 'boot this arm64 Image, with --dtb')
      .option('--dtb <file>', 'the device tree of --image, made with DTC_FLAGS=-@'),
  )
}

/** Options that make sense only with another one. */
const needs: readonly [keyof KernelOptions, keyof KernelOptions, (keyof KernelOptions)?][] = [
  ['ref', 'tree'],
  ['fragment', 'tree', 'source'],
  ['patch', 'tree', 'source'],
  ['image', 'dtb'],
  ['dtb', 'image'],
]
/** Each of them says which kernel it is to be. */
const sources = ['kernel', 'tree', 'image', 'source'] as const

/** A CellError if the options contradict each other, or name what there isn't. Starts nothing. */
export function checkKernelOptions(options: KernelOptions): void {
  for (const [option, ...others] of needs) {
    if (options[option] === undefined || others.some(other => options[other ?? option] !== undefined))
      continue
    throw new CellError(`--${option} needs --${others.join(' or --')}`)
  }
  sourceOf(options)
  const [first, second] = sources.filter(option => options[option] !== undefined)
  if (first !== undefined && second !== undefined)
    throw new CellError(`--${first} and --${second} both say which kernel: leave one out`)
  if (options.image !== undefined && options.flavour !== undefined)
    throw new CellError('--flavour is how a kernel is built, and --image is built already')
  // Any series will do to check the flavour by.
  const known = { ...knownKernels(), kernels: knownSeries() }
  for (const kernel of options.kernel ?? knownSeries().slice(0, 1))
    resolveKernel(joinName(kernel, options.flavour), known)
}

/** Whether the options bring a kernel of the user's. */
export function isGiven({ tree, image, source }: KernelOptions): boolean {
  return tree !== undefined || image !== undefined || source !== undefined
}

/** The names of the kernels that the options mean, of series that is; nothing is built. */
export function namesOf(options: KernelOptions, defaults: readonly KernelName[]): KernelName[] {
  return (options.kernel ?? defaults).map(kernel => joinName(kernel, options.flavour))
}

export interface KernelsOfOptions {
  progress: Progress
  signal: AbortSignal
  /** If the options name none. */
  defaults: readonly KernelName[]
}

/**
 * Builds what the options mean and the cache lacks, emulator and initramfs as well, and returns the kernels' names. A
 * given kernel is made known to this process and those that it starts; its faults are built when a boot asks for them.
 */
export async function kernelsOf(
  options: KernelOptions,
  { progress, signal, defaults }: KernelsOfOptions,
): Promise<KernelName[]> {
  checkKernelOptions(options)
  if (!isGiven(options)) {
    const names = namesOf(options, defaults)
    const kernels = names.map(kernel => ({ kernel, faultSets: faultSets(kernel) }))
    await buildImages({ kernels, progress, signal })
    return names
  }
  try {
    // First what takes seconds: whether it is a kernel at all.
    const given = await give(options, progress, signal)
    giveKernels(buildRoot(), [given])
    await buildImages({ kernels: [], progress, signal })
    await needKernel(given.name, [], { progress, signal })
    return [given.name]
  } finally {
    progress.stop()
  }
}

async function give(options: KernelOptions, progress: Progress, signal: AbortSignal): Promise<GivenKernel> {
  const { tree, ref, fragment: fragments = [], patch: patches = [], image, dtb, flavour = null } = options
  const context = { root: buildRoot(), progress, signal, update: false }
  if (image !== undefined && dtb !== undefined) return giveImage(context, { image, dtb })
  if (tree !== undefined) return giveTree(context, { tree, ref, fragments, patches, flavour })
  const spec = sourceOf(options)
  if (!spec) throw new CellError('no kernel was given')
  const { folder, name, version } = await fetchSource(context, spec)
  return giveTree(context, { tree: folder, name: givenName(name), version, fragments, patches, flavour })
}
