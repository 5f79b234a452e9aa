import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CellError, InfraError } from '../errors.ts'
import { runTool } from './tool.ts'
import { projectRoot } from '../project.ts'

/** The overlays that a cell may name: dts/*.dtso. */
export function knownOverlays(root: string = projectRoot): string[] {
  const folder = join(root, 'dts')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter(file => file.endsWith('.dtso'))
    .map(file => file.slice(0, -'.dtso'.length))
    .sort()
}

/** An overlay's source, relative to the project's root. */
export function sourceOf(overlay: string): string {
  return join('dts', `${overlay}.dtso`)
}

/** Compiles dts/<overlay>.dtso into a folder; returns the file. What dtc has against it is a CellError. */
export async function compileOverlay(
  overlay: string,
  into: string,
  root: string = projectRoot,
): Promise<string> {
  const output = join(into, `${overlay}.dtbo`)
  // -@: keep labels as symbols, so that a later overlay can refer to what this one adds
  const { ok, stderr } = await runTool(
    'dtc',
    ['-@', '-I', 'dts', '-O', 'dtb', '-o', output, sourceOf(overlay)],
    root,
  )
  if (!ok) throw new CellError(`overlay '${overlay}' does not compile:\n${stderr}`)
  await checkWhole(output)
  return output
}

/** dtc 1.6 does not notice that the disk is full: compare the file with the size in its header. */
async function checkWhole(blob: string): Promise<void> {
  const bytes = await readFile(blob)
  const whole = bytes.length >= 8 ? bytes.readUInt32BE(4) : Infinity
  if (bytes.length < whole)
    throw new InfraError(`dtc wrote only ${bytes.length} bytes of ${blob}: is the disk full?`)
}
