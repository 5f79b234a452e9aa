import { StringDecoder } from 'node:string_decoder'
import ssh2 from 'ssh2'
import { InfraError } from '../errors.ts'
import { cook, type Terminal } from './terminal.ts'
import type { BootKeys } from './keys.ts'

/** How long the guest's sshd may take to let us in, in milliseconds: a debug kernel is slow. */
const READY_MS = 30_000

/** What a command came to. */
export interface Output {
  stdout: Buffer
  stderr: Buffer
  /** Null if a signal ended it. */
  status: number | null
  /** `KILL`, if one did. */
  signal: string | null
}

export interface Feed {
  /** What it reads. */
  input?: Buffer | string | undefined
  /** Told as it comes. */
  onOutput?: ((text: string, from: 'stdout' | 'stderr') => void) | undefined
  /** Nothing more is waited for. What runs in the guest goes on. */
  signal?: AbortSignal | undefined
}

/** The first is what an emulated CPU is fastest at: AES and SHA-2 take it three times as long. */
const CIPHERS: ssh2.CipherAlgorithm[] = ['chacha20-poly1305@openssh.com', 'aes128-ctr']

/** Logs in at a port of the loopback. Throws an InfraError if whoever listens there is not this boot's guest. */
export async function connect(port: number, { hostKey, userKey }: BootKeys): Promise<ssh2.Client> {
  const client = new ssh2.Client()
  // Of a second error, or one after this, nobody need hear: it ends the connection, and who waits on that is told.
  client.on('error', () => undefined)
  let stranger = false
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve)
    client.once('error', error =>
      reject(
        new InfraError(
          stranger
            ? `who listens on port ${port} is not this boot's guest: its host key is another`
            : `no ssh session into the guest: ${error.message}`,
          { cause: error },
        ),
      ),
    )
    client.connect({
      host: '127.0.0.1',
      port,
      username: 'root',
      privateKey: userKey,
      readyTimeout: READY_MS,
      algorithms: { serverHostKey: ['ssh-ed25519'], cipher: CIPHERS },
      hostVerifier: (key: Buffer) => {
        stranger = !key.equals(hostKey)
        return !stranger
      },
    })
  })
  return client
}

/** Runs a command; rejects only if the connection ends before it does. */
export function execute(
  client: ssh2.Client,
  command: string,
  { input, onOutput, signal }: Feed = {},
): Promise<Output> {
  return new Promise((resolve, reject) => {
    const settle = (what: () => void) => {
      client.off('close', lost)
      what()
    }
    const lost = () => settle(() => reject(new InfraError('the ssh session ended before the command did')))
    client.once('close', lost)
    client.exec(command, (error, channel) => {
      if (error) return settle(() => reject(new InfraError(`can't run '${command}': ${error.message}`)))
      const said = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
      let end = { status: null as number | null, signal: null as string | null }
      const hear = (from: 'stdout' | 'stderr') => {
        const decoder = new StringDecoder('utf8')
        return (bytes: Buffer) => {
          said[from].push(bytes)
          const text = decoder.write(bytes)
          if (text !== '') onOutput?.(text, from)
        }
      }
      channel.on('data', hear('stdout'))
      channel.stderr.on('data', hear('stderr'))
      channel.on('exit', (status: number | null, signal?: string) => {
        // RFC 4254, 6.10: `KILL`; ssh2 puts SIG before it.
        end = { status, signal: signal?.replace(/^SIG/, '') ?? null }
      })
      channel.on('close', () => {
        if (end.status === null && end.signal === null) return lost()
        const [stdout, stderr] = [Buffer.concat(said.stdout), Buffer.concat(said.stderr)]
        settle(() => resolve({ stdout, stderr, ...end }))
      })
      signal?.addEventListener('abort', () => channel.close())
      channel.end(input)
    })
  })
}

/** A login shell on a terminal, in raw mode and of its size. Its exit status; null if a signal ended it. */
export function interact(client: ssh2.Client, { input, output, type }: Terminal): Promise<number | null> {
  const size = () => ({ rows: output.rows || 24, cols: output.columns || 80 })
  return new Promise((resolve, reject) => {
    client.shell({ ...size(), term: type }, (error, channel) => {
      if (error) return reject(new InfraError(`no shell in the guest: ${error.message}`))
      let end: { status: number | null } | null = null
      const resize = () => channel.setWindow(size().rows, size().cols, 0, 0)
      const type = (bytes: Buffer) => channel.write(bytes)
      output.on('resize', resize)
      input.setRawMode(true)
      input.on('data', type).resume()
      channel.on('data', (bytes: Buffer) => output.write(bytes))
      // Null if a signal ended it.
      channel.on('exit', (status: number | null) => (end = { status }))
      channel.on('close', () => {
        output.off('resize', resize)
        input.off('data', type).pause()
        cook(input)
        if (end) resolve(end.status)
        else reject(new InfraError('the ssh session ended before the shell did'))
      })
    })
  })
}
