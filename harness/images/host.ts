import { readdirSync, statSync } from 'node:fs'
import { ImageError } from '../errors.ts'
import { type BuildContext, lockFor } from './context.ts'
import { firstErrors } from './failure.ts'
import { start } from './run.ts'

/** What a Debian package of the host is needed for. `lint` is asked for by `make lint`, `test` by `make test`. */
export interface HostPackage {
  name: string
  why: string
  group: 'build' | 'boot' | 'test' | 'lint'
}

export const hostPackages: readonly HostPackage[] = [
  { name: 'bc', why: 'the kernel computes timeconst.h with it', group: 'build' },
  { name: 'binutils', why: 'readelf finds the libraries that dropbear needs', group: 'build' },
  { name: 'bison', why: 'parsers of kconfig and dtc', group: 'build' },
  { name: 'cpio', why: 'a unit test reads our initramfs with it', group: 'build' },
  { name: 'curl', why: "downloads a kernel's source (--source)", group: 'build' },
  { name: 'debian-archive-keyring', why: 'the keys that Debian signs its suites with', group: 'build' },
  { name: 'flex', why: 'scanners of kconfig and dtc', group: 'build' },
  { name: 'gcc', why: 'QEMU, and the programs that the kernel builds with', group: 'build' },
  { name: 'gcc-aarch64-linux-gnu', why: 'the kernel', group: 'build' },
  { name: 'git', why: "fetches a kernel's source (--source 'git …')", group: 'build' },
  { name: 'gpgv', why: 'checks the signature of a source', group: 'build' },
  { name: 'libc6-dev', why: 'headers for gcc', group: 'build' },
  { name: 'libfdt-dev', why: "QEMU's device trees", group: 'build' },
  { name: 'libglib2.0-dev', why: 'QEMU', group: 'build' },
  { name: 'libpixman-1-dev', why: 'QEMU', group: 'build' },
  { name: 'libslirp-dev', why: "QEMU's user network, for ssh into a guest", group: 'build' },
  { name: 'libssl-dev', why: "the kernel's scripts/", group: 'build' },
  { name: 'make', why: 'the kernel', group: 'build' },
  { name: 'ninja-build', why: 'QEMU', group: 'build' },
  { name: 'patch', why: 'applies our patches', group: 'build' },
  { name: 'perl', why: "the kernel's scripts/", group: 'build' },
  { name: 'pkg-config', why: 'QEMU finds its libraries with it', group: 'build' },
  { name: 'python3', why: "QEMU's configure, meson and code generators", group: 'build' },
  { name: 'python3-venv', why: "QEMU's configure makes itself a venv", group: 'build' },
  { name: 'xz-utils', why: 'unpacks the sources', group: 'build' },
  { name: 'zlib1g-dev', why: 'QEMU', group: 'build' },
  { name: 'device-tree-compiler', why: 'dtc and fdtoverlay make the tree of each boot', group: 'boot' },
  { name: 'chromium', why: 'the HTML report is tested in it', group: 'test' },
  { name: 'fonts-dejavu-core', why: 'and has no text without a font', group: 'test' },
  { name: 'fish', why: 'completion is tested in it', group: 'test' },
  { name: 'munge', why: 'who may ask the Slurm of a test', group: 'test' },
  { name: 'slurm-client', why: 'sbatch, for examples/slurm', group: 'test' },
  { name: 'slurmctld', why: 'the controller of the Slurm of a test', group: 'test' },
  { name: 'slurmd', why: 'its node', group: 'test' },
  { name: 'zsh', why: 'completion is tested in it', group: 'test' },
  { name: 'clang-format', why: 'the style of the C models', group: 'lint' },
  { name: 'shellcheck', why: 'the init, and the scripts that CI services and Slurm run', group: 'lint' },
]

/** Makes sure that the host has these packages: as root they are installed, else the command to do so is the error. */
export async function needHostPackages(
  context: BuildContext,
  groups: readonly HostPackage['group'][],
): Promise<void> {
  const wanted = hostPackages.filter(({ group }) => groups.includes(group)).map(({ name }) => name)
  const options = { cwd: '/', signal: context.signal, what: 'dpkg' }
  const query = await start(
    ['dpkg-query', '--show', '--showformat', '${db:Status-Status} ${Package}\n', ...wanted],
    options,
  )
  const missing = missingPackages(wanted, query.lines)
  if (missing.length === 0) return
  const command = `apt-get install ${missing.join(' ')}`
  if (process.getuid?.() !== 0) throw new ImageError(`missing on this machine: sudo ${command}`)
  await install(context, missing)
}

/** Of the wanted packages, those that dpkg-query doesn't call installed. */
export function missingPackages(wanted: readonly string[], query: readonly string[]): string[] {
  const installed = new Set(
    query.filter(line => line.startsWith('installed ')).map(line => line.split(' ')[1]),
  )
  return wanted.filter(name => !installed.has(name))
}

async function install(context: BuildContext, missing: string[]): Promise<void> {
  using held = await lockFor(context, 'host-packages', 'installs Debian packages')
  context.progress.note(`apt-get install ${missing.join(' ')}`)
  const step = context.progress.step(`installing ${missing.length} Debian packages`)
  const variables = { DEBIAN_FRONTEND: 'noninteractive' }
  const options = { cwd: '/', signal: context.signal, lock: held, what: 'apt-get', variables }
  // Another dmaspec, or unattended-upgrades, may hold dpkg's lock.
  const apt = ['apt-get', '-q', '-y', '-o', 'DPkg::Lock::Timeout=600']
  const updated = stalePackageLists() ? await start([...apt, 'update'], options) : undefined
  const argv = [...apt, 'install', '--no-install-recommends', ...missing]
  let result = await start(argv, options)
  if (result.exitCode !== 0 && !updated) {
    await start([...apt, 'update'], options)
    result = await start(argv, options)
  }
  if (result.exitCode !== 0) {
    const words = firstErrors([...(updated?.lines ?? []), ...result.lines]).map(line => `  ${line}`)
    throw new ImageError([`could not install ${missing.join(' ')}:`, ...words].join('\n'))
  }
  step.done()
}

/** Whether the machine's package lists are missing or older than a day. */
function stalePackageLists(dir = '/var/lib/apt/lists'): boolean {
  const lists = readdirSync(dir).filter(name => /InRelease$|_Release$/.test(name))
  const newest = Math.max(0, ...lists.map(name => statSync(`${dir}/${name}`).mtimeMs))
  return Date.now() - newest > 24 * 3600 * 1000
}
