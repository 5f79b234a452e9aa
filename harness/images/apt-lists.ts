import { ImageError } from '../errors.ts'
import type { PackageRow } from './series.ts'

/** One row of `apt-get indextargets`: a suite that the machine's own configuration names. */
export interface IndexTarget {
  uri: string
  component: string
  /** The suite as sources.list has it: `bookworm`. */
  release: string
  /** From the suite's Release file; empty as long as the machine has no package lists. */
  origin: string
  label: string
}

/** Fields apt doesn't know come back as they were asked for. */
export const targetFormat = ['REPO_URI', 'COMPONENT', 'RELEASE', 'ORIGIN', 'LABEL']
  .map(f => `$(${f})`)
  .join('|')

/** Reads what `apt-get indextargets --format <targetFormat>` prints. */
export function parseIndexTargets(text: string): IndexTarget[] {
  const rows = text.split('\n').filter(line => line.includes('|'))
  return rows.map(row => {
    const [uri = '', component = '', release = '', origin = '', label = ''] = row
      .split('|')
      .map(field => (field.startsWith('$(') ? '' : field))
    return { uri, component, release, origin, label }
  })
}

/** The URIs of the machine's mirror of Debian, and of its security suites. */
export interface Mirror {
  main: string
  security: string | undefined
}

const suiteNames =
  /^(old)*stable$|^testing$|^unstable$|^(bullseye|bookworm|trixie|forky|sid)$|^experimental$|^rc-buggy$/

/** Picks Debian's mirror from the machine's sources: by the signed Release file, else by the suite's name. */
export function findMirror(targets: readonly IndexTarget[]): Mirror | undefined {
  const debian = targets.filter(
    ({ component, origin, release, uri }) =>
      component === 'main' &&
      !uri.startsWith('cdrom:') &&
      (origin
        ? origin === 'Debian'
        : suiteNames.test(release.replace(/-(updates|security|backports)$|\/updates$/, ''))),
  )
  const isSecurity = ({ label, release }: IndexTarget) =>
    label ? label === 'Debian-Security' : /-security$|\/updates$/.test(release)
  const main = debian.find(target => !isSecurity(target))
  return main && { main: main.uri, security: debian.find(isSecurity)?.uri }
}

/**
 * The mirror that $DMASPEC_MIRROR names, for machines that aren't Debian: `http://mirror.lan/debian`, the folder that
 * has dists/ in it. The security suites are at the same URL with -security added, or at a second one after a blank.
 */
export function givenMirror(environment: NodeJS.ProcessEnv = process.env): Mirror | undefined {
  const given = environment['DMASPEC_MIRROR']?.trim()
  if (!given) return undefined
  const [main = '', security, ...more] = given.split(/\s+/).map(archiveRoot)
  if (more.length > 0) throw new ImageError(`DMASPEC_MIRROR has more than two URLs: '${given}'`)
  return { main, security: security ?? main.replace(/\/$/, '-security/') }
}

function archiveRoot(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isArchive = url && ['http:', 'https:', 'file:'].includes(url.protocol) && !url.search && !url.hash
  // it becomes a word in a line of sources.list
  if (!isArchive || /[\s[\]"'#]/.test(text))
    throw new ImageError(
      `DMASPEC_MIRROR: '${text}' is no URL of a Debian archive: write http://<host>/debian, the folder that has dists/`,
    )
  if (/\/dists(\/|$)/.test(url.pathname))
    throw new ImageError(`DMASPEC_MIRROR: '${text}' is too deep: name the folder that has dists/ in it`)
  return `${text.replace(/\/+$/, '')}/`
}

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** sources.list of a private apt root: the row's suites on the machine's mirror, checked with Debian's own keys. */
export function sourcesList(row: PackageRow, mirror: Mirror): string {
  const source = row.architecture === 'source'
  const options = [`target=${source ? 'Sources' : 'Packages'}`, `signed-by=${keyring}`].join(' ')
  const lines = row.suites.flatMap(suite => {
    const uri = suite.endsWith('-security') ? mirror.security : mirror.main
    return uri ? [`${source ? 'deb-src' : 'deb'} [${options}] ${uri} ${suite} main`] : []
  })
  return `${lines.join('\n')}\n`
}

/**
 * apt.conf of a private root, read after the machine's own files: its proxies and credentials stay, its lists, pins,
 * hooks and dpkg status don't.
 */
export function aptConf(dir: string, architecture: string): string {
  const settings: [string, string][] = [
    ['Dir::State', `${dir}/state`],
    ['Dir::State::lists', `${dir}/state/lists`],
    ['Dir::State::status', `${dir}/state/status`],
    ['Dir::Cache', `${dir}/cache`],
    ['Dir::Cache::archives', `${dir}/cache/archives`],
    ['Dir::Etc::sourcelist', `${dir}/sources.list`],
    ['Dir::Etc::sourceparts', '/dev/null'],
    ['Dir::Etc::preferences', `${dir}/preferences`],
    ['Dir::Etc::preferencesparts', '/dev/null'],
    ['APT::Architecture', architecture],
    ['APT::Architectures', architecture],
    ['APT::Default-Release', ''],
    ['APT::Sandbox::User', 'root'], // _apt can't write to a cache below /root
    ['Acquire::Languages', 'none'],
    ['Acquire::Retries', '3'],
    ['Acquire::http::Timeout', '30'],
    ['Acquire::https::Timeout', '30'],
    ['APT::Update::Error-Mode', 'any'], // or a mirror that is down is only a warning
  ]
  const cleared = ['APT::Architectures', 'APT::Update', 'DPkg::Pre-Invoke', 'DPkg::Post-Invoke']
  return [
    ...cleared.map(name => `#clear ${name};`),
    ...settings.map(([name, value]) => `${name} "${value}";`),
    '',
  ].join('\n')
}

/** preferences of a private root: the newest version wins, backports and experimental included. */
export const allSuitesEqual = 'Package: *\nPin: release *\nPin-Priority: 500\n'
