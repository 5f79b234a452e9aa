import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { CellError } from '../errors.ts'
import { explainRefusal } from './explain.ts'
import { ingredients, rememberedTree, rememberTree } from './memory.ts'
import { compileOverlay, sourceOf } from './overlays.ts'
import { runTool } from './tool.ts'
import { projectRoot } from '../project.ts'

export interface TreeRequest {
  /** The kernel's own device tree, with __symbols__. */
  base: string
  /** Names of dts/*.dtso, applied in this order. */
  overlays: readonly string[]
  /** Folder for compiled overlays; they are removed again. */
  scratch: string
  /** The tree to boot with. */
  output: string
  root?: string
}

/** Makes the device tree of a boot: the kernel's own, and the overlays on it one after another. */
export async function makeTree({
  base,
  overlays,
  scratch,
  output,
  root = projectRoot,
}: TreeRequest): Promise<void> {
  const key = await ingredients(base, overlays, root)
  const known = rememberedTree(key)
  if (known) return writeFile(output, known)
  await copyFile(base, output)
  const compiled = overlays.map(overlay => compileOverlay(overlay, scratch, root))
  await Promise.allSettled(compiled)
  const blobs = await Promise.all(compiled)
  for (const [i, overlay] of overlays.entries()) {
    const blob = blobs[i] ?? ''
    // fdtoverlay reads all of its input before it writes, so both can be the same file
    const { ok, stderr } = await runTool('fdtoverlay', ['-i', output, '-o', output, blob], root)
    if (ok) continue
    const places = await explainRefusal(overlay, output, root)
    throw new CellError(
      [`overlay '${overlay}' does not apply:`, ...places, `  ${sourceOf(overlay)}: ${stderr}`].join('\n'),
    )
  }
  await Promise.all(blobs.map(blob => rm(blob, { force: true })))
  rememberTree(key, await readFile(output))
}
