import type { Duplex, Writable } from 'node:stream'
import { execa } from 'execa'
import { InfraError } from '../errors.ts'

/** How long QEMU may take to close its files after SIGTERM. */
const POLITE_MS = 2000
const MOST_STDERR = 64 * 1024

/** A QEMU that runs. */
export interface Qemu {
  /** Settles when the process is gone and its output read; never rejects. */
  readonly exited: Promise<QemuExit>
  /** SIGTERM, then SIGKILL; returns when it is gone. */
  terminate(): Promise<void>
  /** What QEMU has as file descriptor 3: its monitor's end, if the command line says so. */
  readonly monitor: Duplex
  /** What the board's serial line receives; null if it is connected to nobody. */
  readonly serial: Writable | null
}

export interface QemuExit {
  exitCode: number | null
  signal: string | null
  stderr: string
  /** Set if it could not even be started. */
  missing: string | null
}

/**
 * A command that ends when the thread that starts it ends, whatever ended that.
 *
 * `$0` is our pid: setpriv's death signal is armed by now, so if our parent is another one, it died before that.
 * Without this, a harness killed between fork and prctl() would leave a QEMU behind.
 */
export function guarded(argv: readonly string[], parent: number = process.pid): [string, ...string[]] {
  const unlessOrphaned = '[ "$PPID" = "$0" ] || exit 1; exec "$@"'
  return ['setpriv', '--pdeathsig', 'KILL', '--', 'sh', '-c', unlessOrphaned, String(parent), ...argv]
}

/**
 * Starts QEMU so that it can't outlive us: the kernel kills it when the thread that started it ends, whatever ended
 * it. Node starts processes from the thread that asks, here the main one; a worker that boots must outlive its boots.
 */
export function startQemu(
  argv: readonly string[],
  onOutput: (bytes: Buffer) => void,
  { serial = false }: { serial?: boolean } = {},
): Qemu {
  const [command, ...args] = guarded(argv)
  const child = execa(command, args, {
    buffer: false,
    reject: false,
    // A session of its own: Ctrl-C is for us to handle, and its whole group can be ended.
    detached: true,
    stdio: [serial ? 'pipe' : 'ignore', 'pipe', 'pipe', 'pipe'],
    cleanup: false,
  })
  let stderr = ''
  child.stdout.on('data', onOutput)
  child.stderr.on('data', (bytes: Buffer) => {
    if (stderr.length < MOST_STDERR) stderr += bytes.toString()
  })
  const exited = child.then(({ exitCode, signal, code }) => ({
    exitCode: exitCode ?? null,
    signal: signal ?? null,
    stderr: stderr.trim(),
    missing: code === 'ENOENT' ? 'setpriv is missing: apt install util-linux' : null,
  }))
  // A socket pair: Node makes its pipes of those.
  const monitor = child.stdio[3] as unknown as Duplex
  return { exited, terminate: () => terminate(child.pid, exited), monitor, serial: child.stdin ?? null }
}

/** What is wrong with an exit that nobody asked for; null if the guest powered the machine off. */
export function exitFailure({ exitCode, signal, stderr, missing }: QemuExit): string | null {
  if (missing !== null) return missing
  if (exitCode === 0) return null
  const how = signal === null ? `exited ${exitCode}` : `was killed by ${signal}`
  return `qemu ${how}: ${stderr === '' ? 'and said nothing' : stderr}`
}

async function terminate(pid: number | undefined, exited: Promise<QemuExit>): Promise<void> {
  if (pid === undefined) return
  signalGroup(pid, 'SIGTERM')
  const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), POLITE_MS)
  await exited
  clearTimeout(timer)
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    // It is gone already, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH')
      throw new InfraError(`can't end qemu`, { cause: error })
  }
}
