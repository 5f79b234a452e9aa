import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CellError } from '../errors.ts'
import { explainRefusal } from './explain.ts'
import { ingredients, rememberedTree, rememberTree } from './memory.ts'
import { compileOverlay, sourceOf } from './overlays.ts'
import { runTool } from './tool.ts'
import { projectRoot } from '../project.ts'

export interface TreeRequest {
  /** The device tree that they are applied to (base.ts), with __symbols__ if they name labels. */
  base: Buffer
  /** Names of <folder>/*.dtso, applied in this order. */
  overlays: readonly string[]
  /** Where they are, relative to the root: dts/ if not given. */
  folder?: string
  /** Folder for compiled overlays; they are removed again. */
  scratch: string
  /** The tree to boot with. */
  output: string
  root?: string
}

/** Makes the device tree of a boot: the base, and the overlays on it one after another. */
export async function makeTree({
  base,
  overlays,
  folder = 'dts',
  scratch,
  output,
  root = projectRoot,
}: TreeRequest): Promise<void> {
  const key = await ingredients(base, overlays, join(root, folder))
  const known = rememberedTree(key)
  if (known) return writeFile(output, known)
  await writeFile(output, base)
  const compiled = overlays.map(overlay => compileOverlay(sourceOf(overlay, folder), scratch, root))
  await Promise.allSettled(compiled)
  const blobs = await Promise.all(compiled)
  for (const [i, overlay] of overlays.entries()) {
    const source = sourceOf(overlay, folder)
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
