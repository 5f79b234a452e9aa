import { generateKeyPairSync, randomBytes } from 'node:crypto'
import ssh2 from 'ssh2'
import type { Node } from '../images/cpio.ts'

/** The keys of one boot: the guest's, and ours. Both are new each time and die with it. */
export interface BootKeys {
  /** What the guest's sshd must show: the SSH wire form of its public key (RFC 8709). */
  hostKey: Buffer
  /** Ours, in OpenSSH's format, for ssh2. */
  userKey: string
  /** The files that the guest needs: its host key, and whom it lets in. */
  files: Node[]
}

/** Makes the keys of a boot. */
export function makeKeys(): BootKeys {
  const host = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const secret = Buffer.from(host.d ?? '', 'base64url')
  const open = Buffer.from(host.x ?? '', 'base64url')
  const user = ssh2.utils.generateKeyPairSync('ed25519', {
    comment: `dmaspec-${randomBytes(4).toString('hex')}`,
  })
  return {
    hostKey: Buffer.concat([string(NAME), string(open)]),
    userKey: user.private,
    files: [
      { path: 'etc/dropbear', kind: 'dir', mode: 0o700 },
      {
        path: 'etc/dropbear/host_key',
        kind: 'file',
        mode: 0o600,
        // dropbear's src/ed25519.c, buf_put_ed25519_priv_key(): its own format, the same since 2020.79
        content: Buffer.concat([string(NAME), string(Buffer.concat([secret, open]))]),
      },
      { path: 'root/.ssh', kind: 'dir', mode: 0o700 },
      {
        path: 'root/.ssh/authorized_keys',
        kind: 'file',
        mode: 0o600,
        content: Buffer.from(`${user.public}\n`),
      },
    ],
  }
}

const NAME = Buffer.from('ssh-ed25519')

/** RFC 4251, 5: a length of four bytes, and that many bytes. */
function string(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
