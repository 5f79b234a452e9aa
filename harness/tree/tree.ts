import { readFile, rm, writeFile } from 'node:fs/promises'
import { CellError } from '../errors.ts'
import { explainRefusal } from './explain.ts'
import { ingredients, rememberedTree, rememberTree } from './memory.ts'
import { compileOverlay, type OverlayFolders, sourceOf } from './overlays.ts'
import { runTool } from './tool.ts'

export interface TreeRequest {
  /** The device tree that they are applied to (base.ts), with __symbols__ if they name labels. */
  base: Buffer
  /** Names of <folder>/*.dtso, applied in this order. */
  overlays: readonly string[]
  folders: OverlayFolders
  /** Folder for compiled overlays; they are removed again. */
  scratch: string
  /** The tree to boot with. */
  output: string
}

/** Makes the device tree of a boot: the base, and the overlays on it one after another. */
export async function makeTree({ base, overlays, folders, scratch, output }: TreeRequest): Promise<void> {
  const { root } = folders
  const key = await ingredients(base, overlays, folders)
  const known = rememberedTree(key)
  if (known) return writeFile(output, known)
  await writeFile(output, base)
  const sources = overlays.map(overlay => sourceOf(overlay, folders))
  const compiled = sources.map(source => compileOverlay(source, scratch, root))
  await Promise.allSettled(compiled)
  const blobs = await Promise.all(compiled)
  for (const [i, overlay] of overlays.entries()) {
    const source = sources[i] ?? ''
    const blob = blobs[i] ?? ''
    // fdtoverlay reads all of its input before it writes, so both can be the same file
    const { ok, stderr } = await runTool('fdtoverlay', ['-i', output, '-o', output, blob], root)
    if (ok) continue
    const places = await explainRefusal(source, output, root)
    throw new CellError(
      [`overlay '${overlay}' does not apply:`, ...places, `  ${source}: ${stderr}`].join('\n'),
    )
  }
  await Promise.all(blobs.map(blob => rm(blob, { force: true })))
  rememberTree(key, await readFile(output))
}
