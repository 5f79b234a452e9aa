import { packageEntry } from './apt.ts'
import { currentFolder } from './cache.ts'
import { flavours } from './flavours.ts'
import { faultSets } from './index.ts'
import { initramfsSources } from './initramfs.ts'
import type { Inputs } from './inputs.ts'
import { joinName } from './kernel-name.ts'
import { kernelName, kernelSources } from './kernel.ts'
import { qemuBuilds, qemuSources, type QemuBuild } from './qemu.ts'
import { kernels, meson, qemuSource, userland } from './series.ts'

/** All that `make matrix` and `make attack` need, in any flavour: what it is called, and what of this clone it is made from. */
export function presentImages(): { name: string; sources: Inputs }[] {
  const packages = [qemuSource, meson, userland, ...kernels].map(packageEntry)
  return [
    ...(Object.keys(qemuBuilds) as QemuBuild[]).map(build => ({
      name: qemuBuilds[build].name,
      sources: qemuSources(build),
    })),
    { name: 'initramfs', sources: initramfsSources() },
    ...packages.map(({ name, asked }) => ({ name, sources: asked })),
    ...kernels.flatMap(row =>
      [null, ...flavours().map(({ name }) => name)].flatMap(flavour =>
        faultSets(row.series).map(faults => ({
          name: kernelName(joinName(row.series, flavour), faults),
          sources: kernelSources(row, flavour, faults),
        })),
      ),
    ),
  ]
}

/** The folders of entries/ that this clone's sources lead to. */
export function presentFolders(root: string): Set<string> {
  return new Set(presentImages().flatMap(({ name, sources }) => currentFolder(root, name, sources) ?? []))
}
