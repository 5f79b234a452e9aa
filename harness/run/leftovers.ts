import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** What a boot removes itself, if it lives to its end (boot/folder.ts, tree/overlays.ts). */
const PASSING = /^(disk\.img|\.in-use|.*\.dtbo)$/

/** Removes from a cell's boots what a killed one could not; its console and the rest stay. */
export async function tidyBoots(out: string, kernel: string, spec: string): Promise<void> {
  const folder = join(out, 'boots', kernel, spec)
  if (!existsSync(folder)) return
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const passing = entries.filter(entry => entry.isFile() && PASSING.test(entry.name))
  await Promise.all(passing.map(entry => rm(join(entry.parentPath, entry.name), { force: true })))
}

/** Removes all boots of a cell that was never finished, of all attempts. */
export async function discardBoots(out: string, kernel: string, spec: string): Promise<void> {
  const folder = join(out, 'boots', kernel)
  if (!existsSync(folder)) return
  const names = (await readdir(folder)).filter(name => name === spec || name.startsWith(`${spec}~`))
  await Promise.all(names.map(name => rm(join(folder, name), { recursive: true, force: true })))
}
