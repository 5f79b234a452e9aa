import type { BuildContext } from '../images/context.ts'
import { giveKernels, givenKernelOf } from '../images/given.ts'
import { buildImages, buildRoot, faultSets, needKernel } from '../images/index.ts'
import type { Progress } from '../images/progress.ts'
import { giveTree, type TreeRequest } from '../images/tree-given.ts'
import type { KernelName } from '../types.ts'

/** A kernel to be judged: a tree of the user's, or one that has a name already. */
export type KernelRequest = TreeRequest | { kernel: KernelName }

export interface BuildOptions {
  signal: AbortSignal
  progress: Progress
}

/**
 * Builds a kernel, emulator and initramfs, as far as the cache lacks them. One of a tree is made known to this process
 * and those that it starts, in place of the one that was before.
 * @returns its name, which cells are asked for by
 * @throws UnbuildableError if its sources are to blame
 */
export async function buildKernel(
  request: KernelRequest,
  { signal, progress }: BuildOptions,
): Promise<KernelName> {
  try {
    if ('kernel' in request) return await needNamed(request.kernel, { signal, progress })
    const context: BuildContext = { root: buildRoot(), progress, signal, update: false }
    // First what takes seconds: whether it is a kernel at all.
    const given = await giveTree(context, request)
    giveKernels(context.root, [given])
    await buildImages({ kernels: [], progress, signal })
    await needKernel(given.name, [], { progress, signal })
    return given.name
  } finally {
    progress.stop()
  }
}

async function needNamed(kernel: KernelName, { signal, progress }: BuildOptions): Promise<KernelName> {
  const isGiven = givenKernelOf(kernel) !== undefined
  await buildImages({
    kernels: isGiven ? [] : [{ kernel, faultSets: faultSets(kernel) }],
    progress,
    signal,
  })
  if (isGiven) await needKernel(kernel, [], { progress, signal })
  return kernel
}
