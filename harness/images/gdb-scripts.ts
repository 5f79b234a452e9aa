import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The kernel's own commands for gdb (scripts/gdb, CONFIG_GDB_SCRIPTS): gdb loads `vmlinux-gdb.py` with the vmlinux that it
 * stands beside, and that takes the rest from scripts/gdb beside itself. They want every type of the kernel's.
 */
const LOADER = 'vmlinux-gdb.py'
const FOLDER = 'scripts/gdb'

/** Whether a configuration has them: of two lines the later one counts, as for Kconfig. */
export function hasGdbScripts(config: string): boolean {
  return (
    config
      .match(/^CONFIG_GDB_SCRIPTS=.*$|^# CONFIG_GDB_SCRIPTS is not set$/gm)
      ?.at(-1)
      ?.endsWith('=y') ?? false
  )
}

/** make's target for them: it generates constants.py. */
export const gdbTarget = 'scripts_gdb'

/** Copies them out of a build, where they are links into the source, to beside the vmlinux in `dir`. */
export function collectGdbScripts(build: string, dir: string): void {
  for (const path of [LOADER, FOLDER]) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    const isWanted = (from: string) => !/Makefile|\.cmd$|__pycache__/.test(from.slice(build.length))
    cpSync(join(build, path), join(dir, path), { recursive: true, dereference: true, filter: isWanted })
  }
}

/** The loader beside a vmlinux; null if the kernel was built without. */
export function gdbLoaderOf(vmlinux: string): string | null {
  const loader = join(dirname(vmlinux), LOADER)
  return existsSync(loader) ? loader : null
}
