/** Logs in at a board that is up. */
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import ssh2 from 'ssh2'
import type { Target } from '../config/target.ts'
import { InfraError } from '../errors.ts'

export type Ssh = NonNullable<Target['ssh']>

/** How long one attempt may take, and what is between two, in milliseconds. */
const READY_MS = 15_000
const PAUSE_MS = 500

/** What a server may prove a key with (RFC 8332): the names differ for RSA alone. */
const ALGORITHMS: Record<string, string[]> = { 'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'] }

/**
 * Logs in, trying again for so many seconds: a login prompt may be there before the network is. An InfraError at once if
 * whoever answers has another host key, or does not let us in.
 */
export async function login(
  ssh: Ssh,
  { seconds, signal }: { seconds: number; signal?: AbortSignal | undefined },
): Promise<ssh2.Client> {
  const privateKey = await readFile(ssh.key).catch((error: Error) => {
    throw new InfraError(`the key for ${ssh.host} can't be read: ${error.message}`)
  })
  const most = performance.now() + seconds * 1000
  for (;;) {
    signal?.throwIfAborted()
    const client = await attempt(ssh, privateKey)
    if (client instanceof ssh2.Client) return client
    const { why, final } = client
    if (final || performance.now() >= most)
      throw new InfraError(`no ssh session at ${ssh.user}@${ssh.host}:${ssh.port}: ${why}`)
    await delay(PAUSE_MS)
  }
}

interface Refusal {
  why: string
  /** To try again is no use. */
  final: boolean
}

function attempt({ host, port, user, hostKey }: Ssh, privateKey: Buffer): Promise<ssh2.Client | Refusal> {
  const client = new ssh2.Client()
  let stranger = false
  return new Promise(resolve => {
    client.once('ready', () => {
      // An error after this ends the connection, and whoever waits on it hears of that.
      client.removeAllListeners('error').on('error', () => undefined)
      resolve(client)
    })
    client.once('error', (error: Error & { level?: string }) => {
      client.end()
      client.on('error', () => undefined)
      if (stranger) resolve({ why: 'its host key is not the one that ssh.hostKey has', final: true })
      else resolve({ why: error.message, final: error.level === 'client-authentication' })
    })
    try {
      client.connect({
        host,
        port,
        username: user,
        privateKey,
        readyTimeout: READY_MS,
        algorithms: {
          serverHostKey: (ALGORITHMS[hostKey.type] ?? [hostKey.type]) as ssh2.ServerHostKeyAlgorithm[],
        },
        hostVerifier: (key: Buffer) => {
          stranger = !key.equals(hostKey.key)
          return !stranger
        },
      })
    } catch (error) {
      resolve({ why: (error as Error).message, final: true })
    }
  })
}
