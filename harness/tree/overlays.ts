import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { CellError, InfraError } from '../errors.ts'
import { runTool } from './tool.ts'
import { projectRoot } from '../project.ts'

/** Where overlays are. */
export interface OverlayFolders {
  /** Of dmaspec's own, relative to the root: `dts`, or a folder in it for the overlays of another board. */
  folder: string
  root: string
  /** The folder that stands for `dts` in the user's own repo, absolute; null if there is none. */
  theirs: string | null
}

/** The folders of overlays for a board's tree, whose own are in that folder: dmaspec's, and the user's. */
export function overlayFolders({
  folder = 'dts',
  root = projectRoot,
  theirs = null,
}: Partial<OverlayFolders>): OverlayFolders {
  return { folder, root, theirs: theirs === null ? null : join(theirs, relative('dts', folder)) }
}

/** The overlays that a cell may name: *.dtso of these folders. */
export function knownOverlays({ folder, root, theirs }: OverlayFolders): string[] {
  const names = [...overlaysIn(join(root, folder)), ...(theirs === null ? [] : overlaysIn(theirs))]
  return [...new Set(names)].sort()
}

function overlaysIn(path: string): string[] {
  if (!existsSync(path)) return []
  return readdirSync(path)
    .filter(file => file.endsWith('.dtso'))
    .map(file => file.slice(0, -'.dtso'.length))
}

/**
 * An overlay's source: relative to the root if it is dmaspec's own, absolute if it is the user's. One of each is a
 * CellError: which of them a spec means would depend on where it is run.
 */
export function sourceOf(overlay: string, { folder, root, theirs }: OverlayFolders): string {
  const own = join(folder, `${overlay}.dtso`)
  const other = theirs === null ? null : join(theirs, `${overlay}.dtso`)
  if (other === null || !existsSync(other)) return own
  if (existsSync(join(root, own)))
    throw new CellError(`dmaspec has an overlay '${overlay}' of its own: give ${other} another name`)
  return other
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

/** Compiles an overlay (sourceOf()) into a folder; returns the file. What dtc has against it is a CellError. */
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
