import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { CellError, InfraError } from '../errors.ts'
import { runTool } from './tool.ts'
import { projectRoot } from '../project.ts'

/** The overlays that a cell may name: <folder>/*.dtso. */
export function knownOverlays(folder = 'dts', root: string = projectRoot): string[] {
  const path = join(root, folder)
  if (!existsSync(path)) return []
  return readdirSync(path)
    .filter(file => file.endsWith('.dtso'))
    .map(file => file.slice(0, -'.dtso'.length))
    .sort()
}

/** An overlay's source, relative to the project's root. */
export function sourceOf(overlay: string, folder = 'dts'): string {
  return join(folder, `${overlay}.dtso`)
}

/** dtc's arguments for an overlay's source and the file to write. */
export function compileArgs(source: string, output: string): string[] {
  return [
    // Keep labels as symbols, so that a later overlay can refer to what this one adds.
    '-@',
    // dtc looks at the overlay alone; these two are inherited from what it is applied to.
    ...['-Wno-interrupts_property', '-Wno-avoid_unnecessary_addr_size'],
    ...['-I', 'dts', '-O', 'dtb', '-o', output, source],
  ]
}

/** Compiles an overlay, dts/x.dtso, into a folder; returns the file. What dtc has against it is a CellError. */
export async function compileOverlay(
  source: string,
  into: string,
  root: string = projectRoot,
): Promise<string> {
  const overlay = basename(source, '.dtso')
  const output = join(into, `${overlay}.dtbo`)
  const { ok, stderr } = await runTool('dtc', compileArgs(source, output), root)
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
