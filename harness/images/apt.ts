import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ImageError } from '../errors.ts'
import {
  allSuitesEqual,
  aptConf,
  findMirror,
  givenMirror,
  type Mirror,
  parseIndexTargets,
  sourcesList,
  targetFormat,
} from './apt-lists.ts'
import { currentEntry, type Entry, makeEntry, setCurrent, temporaryFolder } from './cache.ts'
import { type BuildContext, lockFor, sayDamage } from './context.ts'
import { diskFull, firstErrors, saysDiskFull } from './failure.ts'
import type { Lock } from './lock.ts'
import { aptShare } from './progress.ts'
import { type RunOptions, start } from './run.ts'
import type { PackageRow } from './series.ts'

/**
 * Packages of a row, as files in a cache entry: fetched once, through a private apt root, and kept until `update` asks
 * for newer ones. apt has checked the archive's signature and the files' hashes.
 */
export async function fetchPackages(context: BuildContext, row: PackageRow): Promise<Entry> {
  const { name, asked } = packageEntry(row)
  using held = await lockFor(context, name, `fetches ${row.packages[0]}`)
  const known = context.update ? undefined : currentEntry(context.root, name, asked, sayDamage(context))
  if (known) return known
  const entry = await fetchNewest(context, row, name, held)
  setCurrent(context.root, name, asked, entry)
  return entry
}

/** What the entry of a row's packages is called, and what its current/ file is looked up by. */
export function packageEntry({ packages, suites, architecture }: PackageRow) {
  const asked = { packages: packages.join(' '), suites: suites.join(' '), architecture }
  return { name: `package-${packages[0]}`, asked }
}

async function fetchNewest(context: BuildContext, row: PackageRow, name: string, held: Lock): Promise<Entry> {
  const step = context.progress.step(`fetching ${row.packages.join(', ')} (${row.suites.join(', ')})`)
  const dir = temporaryFolder(context.root, name)
  try {
    const options = {
      cwd: dir,
      signal: context.signal,
      lock: held,
      what: `apt for ${row.packages.join(', ')}`,
    }
    await writeRoot(dir, row, options)
    const onStatus = (line: string) => step.update(aptShare(line))
    const apt = ['apt-get', '-q', '-c', join(dir, 'apt.conf'), '-o', 'APT::Status-Fd=4']
    await ask([...apt, 'update'], { ...options, onStatus })
    const verb = row.architecture === 'source' ? ['source', '--download-only', '--only-source'] : ['download']
    const versions = await candidates(row, dir, options)
    const entry = await makeEntry(context.root, { name, inputs: versions, lockName: name }, async target => {
      await ask([...apt, ...verb, ...row.packages], { ...options, cwd: target, onStatus })
      return versions[row.packages[0] ?? ''] ?? ''
    })
    step.done(entry.manifest.version)
    return entry
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Writes the files of a private root; apt makes the rest. */
async function writeRoot(dir: string, row: PackageRow, options: RunOptions): Promise<void> {
  for (const folder of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(join(dir, folder), { recursive: true })
  const host = await start(['dpkg', '--print-architecture'], options)
  const architecture = row.architecture === 'arm64' ? 'arm64' : (host.lines[0] ?? '')
  writeFileSync(join(dir, 'state/status'), '')
  writeFileSync(join(dir, 'preferences'), allSuitesEqual)
  writeFileSync(join(dir, 'sources.list'), sourcesList(row, await debianMirror(options)))
  writeFileSync(join(dir, 'apt.conf'), aptConf(dir, architecture))
}

/** $DMASPEC_MIRROR, or the machine's own Debian mirror; without package lists apt still says what sources.list names. */
async function debianMirror(options: RunOptions): Promise<Mirror> {
  const given = givenMirror()
  if (given) return given
  const list = ['apt-get', 'indextargets', '--format', targetFormat]
  for (const argv of [list, [...list, '-o', 'APT::Get::IndexTargets::ReleaseInfo=false']]) {
    const mirror = findMirror(parseIndexTargets((await start(argv, options)).lines.join('\n')))
    if (mirror) return mirror
  }
  throw new ImageError(
    'apt names no Debian mirror: add one to /etc/apt/sources.list (deb <mirror> bookworm main), or on a machine ' +
      "that isn't Debian set DMASPEC_MIRROR to the URL of one",
  )
}

/** The version of each package that apt would take. */
async function candidates(
  row: PackageRow,
  dir: string,
  options: RunOptions,
): Promise<Record<string, string>> {
  const conf = ['-c', join(dir, 'apt.conf')]
  const source = row.architecture === 'source'
  const versions: Record<string, string> = {}
  for (const name of row.packages) {
    const shown = source
      ? await start(['apt-get', ...conf, 'source', '--print-uris', '--only-source', '-q', name], options)
      : await start(['apt-cache', ...conf, 'policy', name], options)
    const version = source ? sourceVersion(shown.lines, name) : policyCandidate(shown.lines)
    if (version === undefined)
      throw new ImageError(
        `no ${name} in ${row.suites.join(', ')} on ${givenMirror() ? 'the mirror in DMASPEC_MIRROR' : "this machine's mirror"}`,
      )
    versions[name] = version
  }
  return versions
}

/** `  Candidate: 6.1.192-2`. */
export function policyCandidate(lines: readonly string[]): string | undefined {
  const version = lines.find(line => /^ +Candidate: /.test(line))?.replace(/^ +Candidate: /, '')
  return version === '(none)' ? undefined : version
}

/** `'http://…/qemu_10.0.13+ds-0+deb13u1.dsc' qemu_10.0.13+ds-0+deb13u1.dsc 12462 SHA256:…`. */
export function sourceVersion(lines: readonly string[], name: string): string | undefined {
  const dsc = lines
    .map(line => line.split(' ')[1] ?? '')
    .find(file => file.startsWith(`${name}_`) && file.endsWith('.dsc'))
  return dsc?.slice(name.length + 1, -'.dsc'.length)
}

/** Runs apt; what it could not do is an ImageError with its words. */
async function ask(argv: string[], options: RunOptions): Promise<void> {
  const { exitCode, lines } = await start(argv, options)
  if (exitCode === 0) return
  if (lines.some(saysDiskFull)) throw diskFull(options.cwd)
  const words = firstErrors(lines).map(line => `  ${line}`)
  const source = givenMirror() ? 'DMASPEC_MIRROR' : '/etc/apt/sources.list'
  const advice = `  check the network, ${source} and the proxy in /etc/apt/apt.conf.d, and run it again`
  throw new ImageError(
    [`${options.what} failed: the mirror may be out of reach`, ...words, advice].join('\n'),
  )
}

/** The files of a package entry whose name matches, by path. */
export function packageFiles(entry: Entry, name: RegExp): string[] {
  return readdirSync(entry.dir)
    .filter(file => name.test(file))
    .map(file => join(entry.dir, file))
}

/** What a package adds to the inputs of a build: its version and the hash of each file. */
export function packageInputs(entry: Entry): Record<string, string> {
  const files = Object.entries(entry.manifest.outputs).map(([file, { sha256 }]) => [
    `package/${file}`,
    sha256,
  ])
  return Object.fromEntries(files) as Record<string, string>
}
