import { readFileSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { ImageError } from '../errors.ts'

/** Lines that say why a build failed, the most telling kind first. */
const kinds: readonly { by: string; line: RegExp }[] = [
  { by: 'gcc, Kconfig, bison', line: /^[^\s:]+:\d+(:\d+)?: (fatal )?error: / },
  { by: 'the linker', line: /undefined reference to|multiple definition of|ld: (cannot|.*error)/ },
  {
    by: 'patch',
    line: /^Hunk #\d+ FAILED|^can't find file to patch|malformed patch|^Reversed \(or previously applied\)/,
  },
  { by: 'dtc', line: /^(Error|FATAL ERROR): / },
  { by: 'meson, QEMU configure', line: /ERROR: / },
  { by: 'apt', line: /^E: / },
  { by: 'the shell', line: /: (command )?not found$|: Permission denied$|failed to execute/ },
  { by: 'make', line: /^make(\[\d+\])?: \*\*\* / },
  { by: 'ninja', line: /^FAILED: / },
]

/** The first few lines of a build's output that say why it failed; its last lines if none is known. */
export function firstErrors(lines: readonly string[], count = 3): string[] {
  for (const { line } of kinds) {
    const found = lines.filter(text => line.test(text))
    if (found.length > 0) return found.slice(0, count)
  }
  return lines.filter(text => text.trim() !== '').slice(-count)
}

/** Lines by which a build says that it failed on the host, not on what it builds. */
const hostsFault: readonly { by: string; line: RegExp }[] = [
  { by: 'the shell', line: /: (command )?not found$/ },
  { by: 'setpriv', line: /^setpriv: failed to execute/ },
  {
    by: 'make, of a program',
    line: /^make(\[\d+\])?: [\w./-]+: (No such file or directory|Permission denied)$/,
  },
  { by: 'gcc, of its own parts', line: /cannot execute ['‘]|fatal error: Killed signal|: Killed$/ },
  {
    by: 'make and gcc, without memory',
    line: /Cannot allocate memory|virtual memory exhausted|out of memory/,
  },
  { by: 'the file system', line: /: (Read-only file system|Input\/output error|Too many open files)/ },
  { by: 'fork', line: /Resource temporarily unavailable/ },
]

/** Whether a build's output says that its host failed it: a compiler that is missing, or was killed for its memory. */
export function isHostsFault(lines: readonly string[]): boolean {
  return lines.some(text => saysDiskFull(text) || hostsFault.some(({ line }) => line.test(text)))
}

/** Whether a program, or Node itself, said that the disk or the quota is full. */
export function saysDiskFull(what: unknown): boolean {
  if (typeof what === 'string')
    return /No space left on device|Disk quota exceeded|enough free space/i.test(what)
  const code = (what as { code?: unknown } | null)?.code
  return code === 'ENOSPC' || code === 'EDQUOT'
}

/** The error for a full disk: the file system and the folder by name. */
export function diskFull(dir: string, cause?: unknown): ImageError {
  const { device, mount } = fileSystem(dir)
  return new ImageError(
    `no space left on ${mount} (${device}) for ${dir}: free 5 GB, or set DMASPEC_CACHE to a folder on another disk`,
    { cause },
  )
}

/** The mounted file system that holds a path, from /proc/self/mounts. */
export function fileSystem(
  path: string,
  mounts: string = readFileSync('/proc/self/mounts', 'utf8'),
): { device: string; mount: string } {
  const real = existing(path)
  let best = { device: '?', mount: '/' }
  for (const row of mounts.split('\n')) {
    const [device, mount] = row.split(' ').map(field => field.replace(/\\040/g, ' '))
    if (!device || !mount) continue
    const inside = real === mount || real.startsWith(mount === '/' ? '/' : `${mount}/`)
    if (inside && mount.length >= best.mount.length) best = { device, mount }
  }
  return best
}

function existing(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path === dirname(path) ? path : existing(dirname(path))
  }
}
