import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { DEFAULTS } from '../cell/cell.ts'
import { cacheRoot } from '../images/cache.ts'
import { needKernel } from '../images/index.ts'
import { projectRoot } from '../project.ts'

/** What came of a command. */
export interface Outcome {
  /** As the reader's shell has it; 124 if it took too long. */
  status: number | undefined
  /** The worst status of what is in front of a pipe, but for a reader that had seen enough. */
  before: number
  /** What it printed: all of standard output, then all of standard error. */
  output: string
}

/** Where the commands of a page are run: a clone, and the reader's home. */
export interface Scene extends Disposable {
  /** Writes a file; `~/` is the home. */
  write(path: string, text: string): void
  /** Runs a command in the clone, as a reader would. */
  run(command: string): Promise<Outcome>
}

/** Not part of a clone, or made anew. */
const NOT_COPIED = ['node_modules', '.git', '.tap', 'out', 'bench-out']
/** What the shell of a reader has that matters here; nothing else of ours is in it. */
const INHERITED = ['LANG', 'TMPDIR', 'DMASPEC_MIRROR'] as const
/** Seconds of a command; timeout(1) ends all that it started, its guests too. */
const TIMEOUT = ['--kill-after=10', '240']
/** The statuses of the last pipeline, and the last of them once more. */
const TELL = 'statuses=("${PIPESTATUS[@]}"); echo "${statuses[@]}" >&3; exit "${statuses[-1]}"'
const SIGPIPE = 141
/** What make looks at to know whether npm ci is due. */
const NPM_NOTE = '.package-lock.json'

/** A clone with its packages, and a home; both are removed at the end. */
export async function openScene(): Promise<Scene> {
  const root = mkdtempSync(join(tmpdir(), 'dmaspec-docs-'))
  const clone = join(root, 'dmaspec')
  const home = join(root, 'home')
  for (const name of readdirSync(projectRoot).filter(name => !NOT_COPIED.includes(name)))
    cpSync(join(projectRoot, name), join(clone, name), { recursive: true, preserveTimestamps: true })
  linkPackages(join(projectRoot, 'node_modules'), join(clone, 'node_modules'))
  mkdirSync(home)
  await putKernel(clone)
  const variables = variablesOf(root, home)
  return {
    write: (path, text) => put(path.startsWith('~/') ? join(home, path.slice(2)) : join(clone, path), text),
    async run(command) {
      const argv = [...TIMEOUT, 'bash', '-c', `${command}\n${TELL}`]
      const { exitCode, stdout, stderr, stdio } = await execa('timeout', argv, {
        cwd: clone,
        env: variables,
        extendEnv: false,
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
        reject: false,
      })
      const statuses = String(stdio[3]).trim().split(' ').map(Number)
      const before = statuses.slice(0, -1).filter(status => status !== SIGPIPE)
      return { status: exitCode, before: Math.max(0, ...before), output: `${stdout}\n${stderr}` }
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** The packages, each by a link, so that nothing in the clone can remove the real ones; npm's note says they are new. */
function linkPackages(from: string, to: string): void {
  mkdirSync(to)
  for (const name of readdirSync(from)) symlinkSync(join(from, name), join(to, name))
  unlinkSync(join(to, NPM_NOTE))
  copyFileSync(join(from, NPM_NOTE), join(to, NPM_NOTE))
}

/** What a page may suppose to lie in the folder that its commands are run in: a kernel that somebody built. */
async function putKernel(clone: string): Promise<void> {
  const { image, dtb, vmlinux } = await needKernel(DEFAULTS.kernel)
  symlinkSync(image, join(clone, 'Image'))
  symlinkSync(dtb, join(clone, 'r8a77951-salvator-xs.dtb'))
  symlinkSync(vmlinux, join(clone, 'vmlinux'))
}

function variablesOf(root: string, home: string): Record<string, string> {
  const bin = join(root, 'bin')
  // npx takes most of a second to come to the same; a test of its own shows that it does.
  put(
    join(bin, 'npx'),
    '#!/bin/sh\ncase $1 in dmaspec) shift; exec node bin/dmaspec.js "$@";; esac\nname=$1; shift\nexec "node_modules/.bin/$name" "$@"\n',
  )
  chmodSync(join(bin, 'npx'), 0o755)
  const kept = INHERITED.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    ...{ HOME: home, PATH: `${bin}:${process.env['PATH'] ?? ''}`, DMASPEC_CACHE: cacheRoot(), NO_COLOR: '1' },
  }
}

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
