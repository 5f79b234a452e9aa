import type { Oops } from '../report/report.ts'
import { errnoWords } from './errno.ts'
import { prose, say, type Say } from './say.ts'

/** A range of addresses that tells by itself how it came about. */
interface Row {
  from: bigint
  to: bigint
  means(address: bigint): Say
}

const TOP = 1n << 64n

const ROWS: readonly Row[] = [
  {
    from: 0n,
    to: 0n,
    means: () => prose('NULL itself'),
  },
  // A page is never mapped at 0: vm.mmap_min_addr. Structures of more than 4 KiB are rare.
  {
    from: 1n,
    to: 0xfffn,
    means: at =>
      say`NULL + ${at}, as of a member ${Number(at)} bytes into a structure whose pointer was NULL`,
  },
  // include/linux/err.h, MAX_ERRNO
  {
    from: TOP - 4095n,
    to: TOP - 1n,
    means: at => {
      const code = Number(at - TOP)
      const name = errnoWords(code)
      return name === null
        ? say`${code}: an error code, or a small negative offset from NULL, used as a pointer`
        : say`${code} (${name}): an error code used as a pointer, without an IS_ERR() check`
    },
  },
  // include/linux/poison.h: POISON_POINTER_DELTA is 0xdead000000000000 on arm64 and x86-64
  {
    from: 0xdead000000000000n,
    to: 0xdead000000000fffn,
    means: () =>
      prose(
        'near LIST_POISON (0xdead000000000100, …122): a list entry was used after it was deleted from its list',
      ),
  },
  // include/linux/poison.h: POISON_FREE, POISON_INUSE; the displacement of a member is added to it
  {
    from: 0x6b6b6b6b6b6b0000n,
    to: 0x6b6b6b6b6b6bffffn,
    means: () => prose("made of 0x6b, SLUB's poison: the pointer was read from memory that had been freed"),
  },
  {
    from: 0x5a5a5a5a5a5a0000n,
    to: 0x5a5a5a5a5a5affffn,
    means: () => prose("made of 0x5a, SLUB's poison: the pointer was read from memory never written to"),
  },
]

/** Kinds whose `address` is a pointer that somebody used, so that its value says where it came from. */
const USED: ReadonlySet<Oops['kind']> = new Set([
  'null-deref',
  'paging-fault',
  'alignment',
  'external-abort',
  'kasan',
  'kfence',
])

/** What the faulting address is, by its value alone, as a clause; null if that tells nothing. */
export function addressTells({ kind, address, arch }: Oops): Say | null {
  if (address === null || !USED.has(kind)) return null
  const found = ROWS.find(({ from, to }) => address >= from && address <= to)
  if (found) return found.means(address)
  const text = asText(address)
  if (text !== null) return say`the text ${`"${text}"`}: a string was written over the pointer`
  // arm64: bit 55 says which half; user addresses have 52 bits at most
  if ((arch === 'arm64' || arch === null) && kind === 'paging-fault' && address < 1n << 52n)
    return prose(
      'no kernel address: a user pointer that was not taken through uaccess, or not a pointer at all',
    )
  return null
}

/** Eight printable characters in a row are a string and no address. Little-endian: the lowest byte is the first. */
function asText(address: bigint): string | null {
  const bytes = Array.from({ length: 8 }, (_, i) => Number((address >> BigInt(8 * i)) & 0xffn))
  return bytes.every(byte => byte >= 0x20 && byte < 0x7f) ? String.fromCharCode(...bytes) : null
}
