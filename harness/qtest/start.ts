import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exitFailure, startQemu, type Qemu } from '../boot/qemu.ts'
import { Qmp } from '../boot/qmp.ts'
import { shellCommand } from '../cell/shell.ts'
import { InfraError } from '../errors.ts'
import { needQemu } from '../images/index.ts'
import { Channel, shortened } from './channel.ts'
import { Qtest } from './qtest.ts'

export interface QtestOptions {
  /** The emulator; default: the one that is built from this clone's sources. */
  qemu?: string
  /** `-M` and its properties; default: salvator-xs. */
  machine?: string
  /** `-m`; default: 4G. */
  memory?: string
  /** A device tree, for machines that wire their devices by it. */
  dtb?: string
  /** A raw disk image; what is written to it is dropped. */
  disk?: string
  /** Let the machine write a device trace, for {@link Qtest.trace}. */
  trace?: boolean
  /** More of QEMU's arguments. */
  args?: readonly string[]
  /** Milliseconds of silence after which QEMU hangs; default: 30 s. */
  silence?: number
  /** Variables for QEMU, such as ASAN_OPTIONS. */
  env?: Record<string, string>
}

/** The arguments of such a QEMU; it connects to both sockets, and we listen before it starts. */
export function qtestArgv(binary: string, folder: string, options: QtestOptions = {}): string[] {
  const { machine = 'salvator-xs', memory = '4G', dtb, disk, trace = false, args = [] } = options
  return [
    binary,
    ...['-M', trace ? `${machine},device-trace=${join(folder, 'trace.jsonl')}` : machine],
    ...['-m', memory, '-accel', 'qtest', '-display', 'none', '-nodefaults', '-serial', 'null'],
    ...[
      '-qtest',
      `unix:${join(folder, 'qtest')}`,
      '-qtest-log',
      'none',
      '-qmp',
      `unix:${join(folder, 'qmp')}`,
    ],
    ...['-d', 'guest_errors,unimp', '-D', join(folder, 'qemu.log'), '-pidfile', join(folder, 'pid')],
    ...(dtb === undefined ? [] : ['-dtb', dtb]),
    ...(disk === undefined ? [] : ['-drive', `file=${disk},format=raw,if=ide,snapshot=on`]),
    ...args,
  ]
}

/** Starts one; an ImageError if none is built, an InfraError if it doesn't start. Dispose of it: `await using`. */
export async function startQtest(options: QtestOptions = {}): Promise<Qtest> {
  const binary = options.qemu ?? (await needQemu()).binary
  const folder = await mkdtemp(join(tmpdir(), 'dmaspec-qtest-'))
  const env = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`)
  const argv = [...(env.length > 0 ? ['env', ...env] : []), ...qtestArgv(binary, folder, options)]
  const servers = [listener(join(folder, 'qtest')), listener(join(folder, 'qmp'))] as const
  let qemu: Qemu | null = null
  try {
    await Promise.all(servers.map(({ listening }) => listening))
    qemu = startQemu(argv, () => {})
    const started = qemu
    const died = started.exited.then(exit => {
      const reason = exitFailure(exit) ?? 'qemu ended at once'
      throw new InfraError(reason, { command: shellCommand(argv) })
    })
    // A monitor that closes before it has greeted is of a QEMU that dies: its own words say more.
    const monitor = (socket: Socket) =>
      Qmp.on(socket).catch(async (cause: unknown) => {
        await died
        throw cause
      })
    const [qtest, qmp] = await Promise.race([
      Promise.all([servers[0].connection, servers[1].connection.then(monitor)]),
      died,
      silent(options.silence, argv),
    ])
    died.catch(() => {})
    const onSilence = () => {
      const at = shortened(channel.oldest ?? '')
      channel.fail(new InfraError(`qemu hangs at '${at}'`, { command: shellCommand(argv) }))
      void started.terminate()
    }
    const channel = new Channel(qtest, {
      onSilence,
      ...(options.silence !== undefined && { silence: options.silence }),
    })
    return new Qtest({ channel, qmp, qemu: started, folder, argv })
  } catch (error) {
    await qemu?.terminate()
    await rm(folder, { recursive: true, force: true })
    throw error
  } finally {
    for (const { server } of servers) server.close()
  }
}

function listener(path: string): {
  server: Server
  listening: Promise<void>
  connection: Promise<Socket>
} {
  const server = createServer()
  const connection = new Promise<Socket>(resolve => server.once('connection', resolve))
  const listening = new Promise<void>((resolve, reject) => {
    server.once('error', cause => reject(new InfraError(`can't listen on ${path}`, { cause })))
    server.listen(path, resolve)
  })
  return { server, listening, connection }
}

function silent(milliseconds = 30_000, argv: readonly string[]): Promise<never> {
  return new Promise((_, reject) => {
    const late = () =>
      reject(new InfraError('qemu does not connect to its qtest socket', { command: shellCommand(argv) }))
    setTimeout(late, milliseconds).unref()
  })
}
