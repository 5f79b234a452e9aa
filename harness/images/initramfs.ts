import { mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { ImageError } from '../errors.ts'
import { fetchPackages, packageFiles, packageInputs } from './apt.ts'
import { type Entry, makeEntry, setCurrent } from './cache.ts'
import { type BuildContext, builtEntry, lockFor, needUnchanged } from './context.ts'
import { cpio, type Node } from './cpio.ts'
import { fileInputs, filesBelow, type Inputs } from './inputs.ts'
import { run, type RunOptions } from './run.ts'
import { userland } from './series.ts'
import { projectRoot } from '../project.ts'

/** Raised when a change of this file changes what is made from the same inputs. */
const recipe = '2'

const folders = [
  'bin',
  'dev',
  'etc',
  'lib',
  'lib/aarch64-linux-gnu',
  'mnt',
  'proc',
  'root',
  'run',
  'sys',
  'tmp',
  'var',
]

/** What of ours the initramfs is made from; needInitramfs() looks it up by this alone. */
export function initramfsSources(): Inputs {
  const root = join(projectRoot, 'images/initramfs')
  const programs = filesBelow(root).filter(isProgram)
  return {
    recipe,
    programs: programs.map(file => relative(root, file)).join(' '),
    ...fileInputs(projectRoot, ['images/initramfs']),
  }
}

/** Makes the initramfs unless the cache has it: busybox, dropbear, and all that is in images/initramfs. */
export async function buildInitramfs(context: BuildContext): Promise<Entry> {
  const packages = await fetchPackages(context, userland)
  using held = await lockFor(context, 'initramfs', 'makes the initramfs')
  const sources = initramfsSources()
  const inputs: Inputs = { ...packageInputs(packages), ...sources }
  let entry = builtEntry(context, 'initramfs', inputs)
  if (!entry) {
    const step = context.progress.step('making the initramfs')
    const unpacked = join(context.root, 'work/initramfs')
    const options = { cwd: unpacked, signal: context.signal, lock: held, what: 'initramfs' }
    rmSync(unpacked, { recursive: true, force: true })
    mkdirSync(unpacked, { recursive: true })
    for (const deb of packageFiles(packages, /\.deb$/))
      await run(['dpkg-deb', '--extract', deb, unpacked], options)
    const archive = cpio(await nodes(unpacked, options))
    needUnchanged(sources, initramfsSources(), 'initramfs')
    entry = await makeEntry(context.root, { name: 'initramfs', inputs, lockName: held.name }, dir => {
      writeFileSync(join(dir, 'initramfs.cpio'), archive)
      return Promise.resolve(packages.manifest.version)
    })
    step.done(`${(archive.length / 1e6).toFixed(1)} MB`)
  }
  setCurrent(context.root, 'initramfs', sources, entry)
  return entry
}

/** Everything in the archive. Programs are in /bin; libraries where the loader of Debian's arm64 looks. */
async function nodes(unpacked: string, options: RunOptions): Promise<Node[]> {
  const busybox = readFileSync(join(unpacked, 'bin/busybox'))
  const dropbear = ['usr/sbin/dropbear', 'usr/bin/dropbearkey'].map(path => join(unpacked, path))
  const program = (path: string): Node => ({
    path: `bin/${basename(path)}`,
    kind: 'file',
    mode: 0o755,
    content: readFileSync(path),
  })
  const libraries = await sharedLibraries(unpacked, dropbear, options)
  return [
    ...folders.map((path): Node => ({ path, kind: 'dir', ...(path === 'tmp' ? { mode: 0o1777 } : {}) })),
    { path: 'dev/console', kind: 'char', major: 5, minor: 1 },
    { path: 'dev/null', kind: 'char', mode: 0o666, major: 1, minor: 3 },
    program(join(unpacked, 'bin/busybox')),
    ...appletNames(busybox).map((name): Node => ({ path: `bin/${name}`, kind: 'link', to: 'busybox' })),
    ...dropbear.map(program),
    ...libraries,
    { path: 'lib/ld-linux-aarch64.so.1', kind: 'link', to: 'aarch64-linux-gnu/ld-linux-aarch64.so.1' },
    ...ownFiles(join(projectRoot, 'images/initramfs')),
  ]
}

function isProgram(file: string): boolean {
  return (statSync(file).mode & 0o100) !== 0
}

/** Our own files, at the path that they have in images/initramfs; scripts keep their executable bit. */
function ownFiles(root: string): Node[] {
  const known = new Set(folders)
  return filesBelow(root).flatMap(file => {
    const path = relative(root, file)
    const parents = path
      .split('/')
      .slice(0, -1)
      .map((_, i, parts) => parts.slice(0, i + 1).join('/'))
    const missing = parents.filter(dir => !known.has(dir))
    missing.forEach(dir => known.add(dir))
    const mode = isProgram(file) || path === 'init' ? 0o755 : 0o644
    return [
      ...missing.map((dir): Node => ({ path: dir, kind: 'dir' })),
      { path, kind: 'file', mode, content: readFileSync(file) } satisfies Node,
    ]
  })
}

/** The libraries that programs need, and that those need, as readelf says. */
async function sharedLibraries(unpacked: string, programs: string[], options: RunOptions): Promise<Node[]> {
  const dirs = ['lib/aarch64-linux-gnu', 'usr/lib/aarch64-linux-gnu'].map(dir => join(unpacked, dir))
  const found = new Map<string, string>()
  const queue = [...programs]
  for (let program = queue.pop(); program; program = queue.pop()) {
    for (const name of neededLibraries(await run(['readelf', '--dynamic', program], options))) {
      if (found.has(name)) continue
      const library = dirs.map(dir => join(dir, name)).find(path => statSync(path, { throwIfNoEntry: false }))
      if (!library)
        throw new ImageError(`initramfs: ${basename(program)} needs ${name}: add its package to series.ts`)
      found.set(name, realpathSync(library))
      queue.push(library)
    }
  }
  found.set(
    'ld-linux-aarch64.so.1',
    realpathSync(join(unpacked, 'lib/aarch64-linux-gnu/ld-linux-aarch64.so.1')),
  )
  return [...found].sort().map(([name, file]) => ({
    path: `lib/aarch64-linux-gnu/${name}`,
    kind: 'file',
    mode: 0o755,
    content: readFileSync(file),
  }))
}

/** ` 0x0000000000000001 (NEEDED)             Shared library: [libc.so.6]`. */
export function neededLibraries(readelf: readonly string[]): string[] {
  return readelf.flatMap(line => /\(NEEDED\).*\[(.+)\]/.exec(line)?.[1] ?? [])
}

/**
 * The commands that a busybox has, read from its binary, as it can't be run on the host: its applet table is one run of
 * sorted names, each ended by a zero byte, that starts with `[` and `[[`.
 */
export function appletNames(busybox: Buffer): string[] {
  const start = busybox.indexOf('\0[\0[[\0', 0, 'latin1') + 1
  const end = busybox.indexOf('\0\0', start, 'latin1')
  const names = start > 0 && end > 0 ? busybox.toString('latin1', start, end).split('\0') : []
  const isTable = names.includes('sh') && names.every((name, i) => i === 0 || (names[i - 1] ?? '') < name)
  if (!isTable) throw new ImageError('initramfs: no applet table in this busybox')
  return names.filter(name => name !== 'busybox')
}
