import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { BuildContext } from './context.ts'

/**
 * Makes a build folder fit for make again after a run in it was killed; does nothing if none was.
 *
 * A compiler that SIGKILL ends leaves half an object. It is newer than its source, and the command that is on record in
 * its .cmd file, from the build before, is the same: all that kbuild's if_changed looks at, so make would link it. What
 * was being written is not known, so what is newer than the stamp goes, whole or not: make remakes what is missing.
 * But for a run that configured: Kconfig remembers by the times of empty files what is to be remade, so all of it goes.
 */
export function mendBuild(context: BuildContext, build: string, { stamp }: { stamp: string }): void {
  const since = lstatSync(stamp, { throwIfNoEntry: false })?.mtimeMs
  if (since === undefined) return
  const isNewer = (file: string) => (lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= since
  const configured = ['.config', 'include/config/auto.conf'].some(file => isNewer(join(build, file)))
  const newer = ownFiles(build).filter(isNewer)
  if (configured) rmSync(build, { recursive: true, force: true })
  else for (const file of newer) rmSync(file)
  const what = configured ? 'all of it' : `${newer.length} files`
  context.progress.note(`the last build in ${dirname(build)} was killed: making ${what} again`)
  rmSync(stamp)
}

/** The files in a folder at any depth; where a link leads is not ours: build/source is the user's tree. */
function ownFiles(dir: string): string[] {
  if (!existsSync(dir)) return []
  return readdirSync(dir, { withFileTypes: true }).flatMap(entry => {
    const path = join(dir, entry.name)
    return entry.isDirectory() ? ownFiles(path) : [path]
  })
}
