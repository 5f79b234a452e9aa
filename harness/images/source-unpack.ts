import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { ImageError } from '../errors.ts'
import { saysDiskFull, diskFull, firstErrors } from './failure.ts'
import { type RunOptions, start } from './run.ts'

/** Unpacks a tarball's one folder to `folder`, wholly or not at all; an ImageError if anything in it leads out of it. */
export async function unpackTarball(file: string, folder: string, options: RunOptions): Promise<void> {
  const partial = `${folder}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  try {
    const into = ['-C', partial, '--strip-components=1', '--no-same-owner', '--no-same-permissions']
    const { exitCode, lines } = await start(['tar', '-xf', file, ...into], options)
    if (lines.some(saysDiskFull)) throw diskFull(partial)
    const outside = lines.find(line => /Removing leading|contains '\.\.'/.test(line))
    if (outside !== undefined)
      throw new ImageError(`${options.what}: it has files outside of its own folder (${outside}): refused`)
    if (exitCode !== 0)
      throw new ImageError(`${options.what}: it can't be unpacked: ${firstErrors(lines, 1).join()}`)
    needHarmless(partial, options.what)
    renameSync(partial, folder)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

/** Throws an ImageError if a link leads out of the folder, or something is neither file, folder nor link. */
export function needHarmless(root: string, what: string, dir = root): void {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name)
    const name = relative(root, path)
    if (entry.isDirectory()) needHarmless(root, what, path)
    else if (entry.isSymbolicLink()) {
      const target = readlinkSync(path)
      const leads = relative(root, resolve(dirname(path), target))
      if (isAbsolute(target) || leads === '..' || leads.startsWith('../'))
        throw new ImageError(`${what}: the link ${name} leads out of the tree, to ${target}: refused`)
    } else if (!entry.isFile()) throw new ImageError(`${what}: ${name} is no file, folder or link: refused`)
  }
}

/** `6.9.0-rc1` of a kernel's tree; an ImageError if it is none for arm64. */
export function kernelVersion(folder: string, what: string): string {
  const missing = ['Makefile', 'Kconfig', 'arch/arm64'].find(path => !existsSync(join(folder, path)))
  if (missing !== undefined) throw new ImageError(`${what} is no kernel's source: it has no ${missing}`)
  const makefile = readFileSync(join(folder, 'Makefile'), 'utf8')
  const value = (name: string) => new RegExp(`^${name} *= *(\\S*)`, 'm').exec(makefile)?.[1] ?? ''
  const numbers = ['VERSION', 'PATCHLEVEL', 'SUBLEVEL'].map(value)
  if (!numbers.every(number => /^\d+$/.test(number)))
    throw new ImageError(
      `${what} is no kernel's source: its Makefile has no VERSION, PATCHLEVEL and SUBLEVEL`,
    )
  return `${numbers.join('.')}${value('EXTRAVERSION')}`
}
