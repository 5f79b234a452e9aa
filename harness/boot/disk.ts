import { createCipheriv, createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { DiskPromise } from '../cell/bootargs.ts'

const MiB = 2 ** 20
/** Sparse; the guest uses the first few MiB. */
const IMAGE_BYTES = 64 * MiB
/** What the guest must read right; it writes as much behind it (images/initramfs/init). */
const KNOWN_BYTES = 2 * MiB

/** A disk image, and what its kernel command line promises of it. */
export interface Disk {
  file: string
  known: Buffer
  promise: DiskPromise
}

/** The boot's disks, and where in the key stream each one's data begins: the counter, as 32 hex digits. */
const COUNTERS = { sata: '0'.repeat(32), emmc: '8' + '0'.repeat(31) } as const
export type DiskName = keyof typeof COUNTERS

/** Data that no other boot or disk has: AES-128 in counter mode with the nonce as its key. */
export function knownData(nonce: string, disk: DiskName = 'sata'): Buffer {
  const cipher = createCipheriv('aes-128-ctr', Buffer.from(nonce, 'hex'), Buffer.from(COUNTERS[disk], 'hex'))
  return cipher.update(Buffer.alloc(KNOWN_BYTES))
}

/** The same by hand, for a command that can be pasted. */
export function diskCommand(file: string, nonce: string, disk: DiskName = 'sata'): string {
  const data = `head -c ${KNOWN_BYTES} /dev/zero | openssl enc -aes-128-ctr -K ${nonce} -iv ${COUNTERS[disk]} >${file}`
  return `${data} && truncate -s ${IMAGE_BYTES} ${file}`
}

export async function createDisk(file: string, nonce: string, disk: DiskName = 'sata'): Promise<Disk> {
  const known = knownData(nonce, disk)
  await using image = await open(file, 'w')
  // The blocks that the guest will write are allocated now: a full disk is our error, not the guest's.
  await image.write(Buffer.concat([known, Buffer.alloc(KNOWN_BYTES)]))
  await image.truncate(IMAGE_BYTES)
  const sha256 = createHash('sha256').update(known).digest('hex')
  return { file, known, promise: { bytes: KNOWN_BYTES, sha256 } }
}

/** Whether the guest's write is in the image: the known data, a second time; null if the image can't be read. */
export async function guestWrote({ file, known }: Disk): Promise<boolean | null> {
  try {
    await using image = await open(file, 'r')
    const found = Buffer.alloc(KNOWN_BYTES)
    const { bytesRead } = await image.read(found, 0, KNOWN_BYTES, KNOWN_BYTES)
    return bytesRead === KNOWN_BYTES && found.equals(known)
  } catch {
    return null
  }
}
