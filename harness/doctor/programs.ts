/** What dmaspec runs on, and with. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import semver from 'semver'
import { type HostPackage, hostPackages, missingPackages } from '../images/host.ts'
import { count } from '../text.ts'
import { type Check, type Finding, type Host, ok, wrong } from './finding.ts'

interface Package {
  engines: { node: string }
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
}

export const programs: readonly Check[] = [
  {
    name: 'Node',
    look: ({ nodeVersion, project }) => {
      const wanted = read<Package>(join(project, 'package.json'))?.engines.node ?? '*'
      if (semver.satisfies(nodeVersion, wanted)) return ok(nodeVersion)
      return wrong(`${nodeVersion}, and it wants ${wanted}`, `install Node ${wanted}`)
    },
  },
  { name: 'npm packages', look: npmPackages },
  debian('build'),
  debian('boot'),
  debian('test'),
  debian('lint'),
  version('compiler', ['gcc', '--version'], 'QEMU is built with it'),
  version('cross compiler', ['aarch64-linux-gnu-gcc', '--version'], 'the kernels are'),
  version('make', ['make', '--version'], 'it builds the kernels'),
  version('dtc', ['dtc', '--version'], 'it compiles overlays'),
  version('git', ['git', '--version'], '--tree and --source read with it'),
]

/** The exact versions that package.json names; what only a clone needs, only in a clone. */
function npmPackages({ project }: Host): Finding {
  const { dependencies, devDependencies } = read<Package>(join(project, 'package.json')) ?? {
    dependencies: {},
    devDependencies: {},
  }
  const isClone = existsSync(join(project, 'package-lock.json'))
  const wanted = Object.entries({ ...dependencies, ...(isClone ? devDependencies : {}) })
  const lacking = wanted.flatMap(([name, version]) => {
    const there = installed(project, name)
    return there !== undefined && semver.satisfies(there, version) ? [] : [`${name} ${version}`]
  })
  if (lacking.length === 0) return ok(count(wanted.length, 'package'))
  const said = `not installed: ${lacking.slice(0, 5).join(', ')}${lacking.length > 5 ? ', …' : ''}`
  if (isClone) return { verdict: 'missing', said, advice: 'make, or npm ci' }
  return wrong(said, `npm install in ${project}`)
}

/** The version of a package, which may be in a folder further up as node looks for it. */
function installed(folder: string, name: string): string | undefined {
  const found = read<{ version: string }>(join(folder, 'node_modules', name, 'package.json'))?.version
  if (found !== undefined || dirname(folder) === folder) return found
  return installed(dirname(folder), name)
}

function debian(group: HostPackage['group']): Check {
  const wanted = hostPackages.filter(row => row.group === group).map(({ name }) => name)
  return {
    name: `Debian, to ${group}`,
    look: async ({ run, isRoot }) => {
      const format = '--showformat=${db:Status-Status} ${Package}\n'
      const query = await run('dpkg-query', '--show', format, ...wanted)
      const isNeeded = group === 'build' || group === 'boot'
      if (query.lines.some(line => /failed to execute/.test(line)))
        return wrong('no dpkg: this is not Debian', 'run it in a container of Debian 12 or later')
      const lacking = missingPackages(wanted, query.lines)
      if (lacking.length === 0) return ok(count(wanted.length, 'package'))
      const said = `not installed: ${lacking.join(' ')}`
      const command = `apt-get install ${lacking.join(' ')}`
      if (isRoot) return { verdict: isNeeded ? 'missing' : 'optional', said, advice: `make, or ${command}` }
      return { verdict: isNeeded ? 'wrong' : 'optional', said, advice: `sudo ${command}` }
    },
  }
}

/** A program of a Debian package: the row of that says how to get it. */
function version(name: string, argv: readonly string[], why: string): Check {
  return {
    name,
    look: async ({ run }) => {
      const { exitCode, lines } = await run(...argv)
      if (exitCode === 0) return ok(lines[0] ?? '')
      return { verdict: 'missing', said: `no ${argv[0]}: ${why}`, advice: 'see Debian packages' }
    },
  }
}

function read<T>(file: string): T | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined
}
