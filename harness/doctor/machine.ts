/** What the machine is, and whether it lets us do what boots need: each row does it. */
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { release } from 'node:os'
import { join } from 'node:path'
import { guarded } from '../boot/qemu.ts'
import { defaultJobs } from '../run/machine.ts'
import { formatBytes } from '../text.ts'
import { type Check, type Finding, type Host, ok, wrong } from './finding.ts'
import { nearest } from './host.ts'

const MiB = 2 ** 20
/** QEMU, the spec's process, and what a guest of 4 GiB really touches. */
const LEAST_MEMORY = 1024 * MiB
/** A run of all specs leaves some 100 MB. */
const LEAST_OUT = 500 * MiB

export const machine: readonly Check[] = [
  {
    name: 'system',
    look: () => {
      if (process.platform === 'linux') return ok(`${systemName()}, Linux ${release()}, ${process.arch}`)
      return wrong(process.platform, 'use Linux: a container of Debian 12 will do')
    },
  },
  {
    name: 'user',
    look: ({ isRoot }) =>
      ok(isRoot ? 'root: make installs what is missing' : 'not root: what is missing is for root to install'),
  },
  {
    name: 'cores',
    look: ({ cores, memory }) => ok(`${cores}: ${defaultJobs(cores, memory.free)} cells side by side`),
  },
  {
    name: 'memory',
    look: ({ memory }) => {
      const said = `${formatBytes(memory.free)} free of ${formatBytes(memory.all)}`
      if (memory.free >= LEAST_MEMORY) return ok(said)
      return wrong(said, `free some: a boot and its spec take ${formatBytes(LEAST_MEMORY)}`)
    },
  },
  {
    name: '/dev/kvm',
    look: () =>
      ok(`${existsSync('/dev/kvm') ? 'there' : 'not there'}, and not needed: the board is emulated`),
  },
  {
    name: '/dev/shm',
    look: ({ freeBytes }) => {
      const free = existsSync('/dev/shm') ? freeBytes('/dev/shm') : null
      return ok(
        `${free === null ? 'not there' : `${formatBytes(free)} free`}, and not needed: guests' RAM is plain memory`,
      )
    },
  },
  { name: 'cache folder', look: host => writable(host, host.root, 'DMASPEC_CACHE=DIR names another one') },
  { name: 'results', look: host => writable(host, host.out, '--out DIR names another folder', LEAST_OUT) },
  { name: 'inotify', look: inotify },
  { name: 'loopback', look: loopback },
  { name: 'pseudo-terminal', look: pseudoTerminal },
  { name: 'clean ending', look: cleanEnding },
]

function systemName(): string {
  const file = '/etc/os-release'
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(text)?.[1] ?? 'unknown Linux'
}

/** Writes a file there, or where it would be made. The cache's room is a matter of what is to be built (built.ts). */
function writable({ freeBytes }: Host, folder: string, advice: string, least = 0): Finding {
  const there = nearest(folder)
  try {
    const scratch = mkdtempSync(join(there, '.dmaspec-doctor-'))
    try {
      writeFileSync(join(scratch, 'x'), 'x')
    } finally {
      rmSync(scratch, { recursive: true })
    }
  } catch (error) {
    return wrong(`${folder} can't be written: ${(error as Error).message}`, advice)
  }
  const free = freeBytes(there)
  if (free !== null && free < least) return wrong(`${formatBytes(free)} free in ${folder}`, advice)
  return ok(free === null ? folder : `${folder}, ${formatBytes(free)} free`)
}

/** dmaspec watch takes a watch a folder: a kernel has 5,100 of them. */
function inotify(): Finding {
  const file = '/proc/sys/fs/inotify/max_user_watches'
  const most = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  const said = `${most} watches`
  if (most >= 8192) return ok(said)
  const advice = 'for dmaspec watch: sudo sysctl fs.inotify.max_user_watches=65536'
  return { verdict: 'optional', said, advice }
}

/** ssh into a guest comes through a port of the loopback. */
async function loopback(): Promise<Finding> {
  const server = createServer()
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
    return ok('a port of 127.0.0.1 can be listened at')
  } catch (error) {
    return wrong(`no port of 127.0.0.1: ${(error as Error).message}`, 'bring lo up: ip link set lo up')
  } finally {
    server.close()
  }
}

/** A board's serial line may be one; opening the master makes it, closing removes it. */
function pseudoTerminal(): Finding {
  try {
    closeSync(openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY))
    return ok('one can be made')
  } catch (error) {
    return wrong(`none: ${(error as Error).message}`, 'mount -t devpts devpts /dev/pts')
  }
}

/** Builds and QEMU are started so that the kernel ends them if dmaspec dies; locks are flock(1)'s. */
async function cleanEnding({ run }: Host): Promise<Finding> {
  for (const argv of [guarded(['true']), ['flock', '--version']]) {
    const { exitCode, lines } = await run(...argv)
    if (exitCode !== 0)
      return wrong(lines.join(' ') || `${argv[0]} exited ${exitCode}`, 'apt-get install util-linux')
  }
  return ok('setpriv and flock work')
}
