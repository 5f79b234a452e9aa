import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fetchPackages, packageFiles, packageInputs } from './apt.ts'
import { type Entry, makeEntry, setCurrent } from './cache.ts'
import { type BuildContext, builtEntry, freshLog, lockFor, needUnchanged } from './context.ts'
import { fileInputs, filesBelow, type Inputs, keyOf } from './inputs.ts'
import { applyPatches, bring } from './patched.ts'
import { ninjaCount } from './progress.ts'
import { run, type RunOptions, start } from './run.ts'
import { meson, qemuSource } from './series.ts'
import { libraries, toolchain } from './toolchain.ts'
import { projectRoot } from '../project.ts'

/** Raised when a change of this file changes what is built from the same inputs. */
const recipe = '1'

const binary = 'qemu-system-aarch64'

/** What QEMU's configure is told; all that is not needed to boot our board is off, for the sake of build time. */
const configureFlags: readonly { flag: string; why: string }[] = [
  { flag: '--python=/usr/bin/python3', why: "Debian's, that python3-venv belongs to; PATH may have another" },
  { flag: '--target-list=aarch64-softmmu', why: 'one guest architecture' },
  { flag: '--without-default-features', why: 'no display, sound, migration formats, …' },
  { flag: '--without-default-devices', why: 'only the devices that devices.mak names' },
  { flag: '--with-devices-aarch64=dmaspec', why: 'images/qemu/devices.mak' },
  { flag: '--enable-tcg', why: 'the only accelerator: arm64 on whatever host' },
  { flag: '--enable-slirp', why: 'ssh into a guest without privileges' },
  { flag: '--enable-fdt=system', why: "Debian's libfdt, or configure would fetch one" },
  { flag: '--disable-install-blobs', why: "Debian's source lacks the firmware; -kernel needs none" },
  { flag: '--disable-docs', why: 'sphinx is not on every host' },
  { flag: '--disable-debug-info', why: 'compiles faster, and the binary has a third of the size' },
]

/** Which QEMU: as boots use it, or one that watches itself while `dmaspec attack` is at it. */
export type QemuBuild = 'plain' | 'sanitized'

/** Each build has a cache entry, a work tree and a lock of its own, all of this name. */
export const qemuBuilds: Record<QemuBuild, { name: string; what: string; flags: typeof configureFlags }> = {
  plain: { name: 'qemu', what: 'qemu', flags: configureFlags },
  sanitized: {
    name: 'qemu-sanitized',
    what: 'sanitized qemu',
    flags: [
      ...configureFlags,
      { flag: '--enable-asan', why: 'memory that is not theirs ends the models' },
      { flag: '--enable-ubsan', why: 'so do shifts, overflows and indices that C leaves undefined' },
    ],
  },
}

/** What of ours QEMU is made from; needQemu() looks it up by this alone. */
export function qemuSources(build: QemuBuild = 'plain'): Inputs {
  const configure = configureArguments(build).join(' ')
  return { recipe, configure, ...fileInputs(projectRoot, ['images/qemu']) }
}

function configureArguments(build: QemuBuild): string[] {
  return qemuBuilds[build].flags.map(({ flag }) => flag)
}

/** Builds the emulator unless the cache has it; a changed device model recompiles only what depends on it. */
export async function buildQemu(context: BuildContext, build: QemuBuild = 'plain'): Promise<Entry> {
  const source = await fetchPackages(context, qemuSource)
  const { version } = source.manifest
  const { name, what: whatOf } = qemuBuilds[build]
  using held = await lockFor(context, name, 'builds QEMU')
  const what = `${whatOf} ${version}`
  const probe = { cwd: '/', signal: context.signal, what }
  const host = {
    compiler: await toolchain('', probe),
    libraries: await libraries(['glib-2.0', 'pixman-1', 'slirp'], probe),
  }
  const sources = qemuSources(build)
  const inputs: Inputs = { ...packageInputs(source), ...sources, ...host }
  let entry = builtEntry(context, name, inputs)
  if (!entry) {
    const treeKey = keyOf({ recipe, configure: sources['configure'] ?? '', ...host }).slice(0, 8)
    const tree = join(context.root, 'work', name, `${version}-${treeKey}`)
    const options = { cwd: tree, signal: context.signal, lock: held, what, log: freshLog(context, name) }
    const started = Date.now()
    const variables = await unpack(context, source, tree, options)
    await compile(context, tree, configureArguments(build), { ...options, variables })
    const seconds = () => (Date.now() - started) / 1000
    entry = await makeEntry(context.root, { name, inputs, lockName: held.name, seconds }, dir => {
      needUnchanged(sources, qemuSources(build), what)
      cpSync(join(tree, 'build', binary), join(dir, binary))
      return Promise.resolve(version)
    })
  }
  setCurrent(context.root, name, sources, entry)
  return entry
}

/** Unpacks QEMU and, where the host's is too old, meson; returns the variables that make python find meson. */
async function unpack(
  context: BuildContext,
  source: Entry,
  tree: string,
  options: RunOptions,
): Promise<Record<string, string>> {
  if (!existsSync(join(tree, 'source'))) {
    const step = context.progress.step(`unpacking ${options.what}`)
    rmSync(dirname(tree), { recursive: true, force: true }) // an older version's tree too
    const partial = join(tree, 'partial')
    mkdirSync(partial, { recursive: true })
    try {
      const [tarball = ''] = packageFiles(source, /\.orig\.tar\.\w+$/)
      const strip = ['--strip-components=1', '--no-same-owner']
      await run(['tar', '-xf', tarball, ...strip], { ...options, cwd: partial })
      for (const blob of missingBlobs(readFileSync(join(partial, 'pc-bios/meson.build'), 'utf8'))) {
        writeFileSync(join(partial, 'pc-bios', blob), '', { flag: 'a' })
      }
      renameSync(partial, join(tree, 'source'))
    } finally {
      rmSync(partial, { recursive: true, force: true })
    }
    step.done()
  }
  const { lines } = await start(['meson', '--version'], options)
  if (atLeast(lines[0] ?? '', [1, 5])) return {}
  const unpacked = join(tree, 'meson')
  const [deb = ''] = packageFiles(await fetchPackages(context, meson), /\.deb$/)
  await run(['dpkg-deb', '--extract', deb, unpacked], options)
  const path = `${join(unpacked, 'usr/bin')}:/usr/sbin:/usr/bin:/sbin:/bin`
  return { PATH: path, PYTHONPATH: join(unpacked, 'usr/lib/python3/dist-packages') }
}

async function compile(
  context: BuildContext,
  tree: string,
  flags: readonly string[],
  options: RunOptions,
): Promise<void> {
  const source = join(tree, 'source')
  const build = join(tree, 'build')
  const wiring = [join(projectRoot, 'images/qemu/wiring.patch')]
  await applyPatches({ source, originals: join(tree, 'originals') }, wiring, options)
  bringFolder(join(projectRoot, 'images/qemu/hw'), join(source, 'hw/arm/dmaspec'))
  bring(
    join(projectRoot, 'images/qemu/devices.mak'),
    join(source, 'configs/devices/aarch64-softmmu/dmaspec.mak'),
  )
  // Of ninja, a kill is forgiven: it rebuilds what its log doesn't have as newer than all that it was made from.
  const stamp = join(tree, 'configuring')
  if (!existsSync(join(build, 'build.ninja')) || existsSync(stamp)) {
    const step = context.progress.step(`configuring ${options.what}`)
    rmSync(build, { recursive: true, force: true })
    mkdirSync(build)
    await run([join(source, 'configure'), ...flags], {
      ...options,
      cwd: build,
      stamp,
    })
    step.done()
  }
  const step = context.progress.step(`compiling ${options.what}`)
  const onLine = (line: string) => {
    const count = ninjaCount(line)
    if (count) step.update(buildShare(count), `${count.done}/${count.all}`)
  }
  await run(['ninja', binary], { ...options, cwd: build, onLine })
  step.done()
}

/** Share of QEMU's steps done, and of its time: the last few are target/arm's big files. Measured on two cores. */
const pace: readonly (readonly [number, number])[] = [
  [0, 0],
  [0.3, 0.05],
  [0.6, 0.17],
  [0.75, 0.34],
  [0.85, 0.48],
  [0.94, 0.58],
  [0.96, 0.75],
  [0.98, 0.88],
  [1, 1],
]

/** The share of the time that a build has taken at this count; one that compiles little goes step by step. */
export function buildShare({ done, all }: { done: number; all: number }): number {
  const share = done / all
  const next = pace.findIndex(([steps]) => steps >= share)
  if (all < 1000 || next < 1) return share
  const [[x0, y0], [x1, y1]] = [pace[next - 1] ?? [0, 0], pace[next] ?? [1, 1]]
  return y0 + ((share - x0) / (x1 - x0)) * (y1 - y0)
}

/** The firmware that Debian's tarball lacks; meson.build only wants the files to be there. */
export function missingBlobs(mesonBuild: string): string[] {
  return [...mesonBuild.matchAll(/'(edk2-[\w-]+\.fd)'/g)].map(([, name]) => `${name}.bz2`)
}

/** Whether a version such as `1.7.0` is at least that. */
export function atLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [, a = '0', b = '0'] = /^(\d+)\.(\d+)/.exec(version) ?? []
  return Number(a) > major || (Number(a) === major && Number(b) >= minor)
}

/** Makes a folder the same as ours; files that are the same keep their time. */
function bringFolder(from: string, to: string): void {
  const ours = filesBelow(from).map(file => relative(from, file))
  const theirs = filesBelow(to).map(file => relative(to, file))
  for (const path of new Set([...ours, ...theirs])) bring(join(from, path), join(to, path))
}
