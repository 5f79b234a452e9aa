/** What the kernel puts in place of a pointer, so that its use is seen: include/linux/poison.h, all versions, 64 bits. */
const POISONS = new Map<bigint, string>([
  [0xdead000000000100n, 'LIST_POISON1: the next of a list entry that was deleted'],
  [0xdead000000000122n, 'LIST_POISON2: the prev of a list entry that was deleted'],
  // To 5.7
  [0xdead000000000200n, 'LIST_POISON2: the prev of a list entry that was deleted'],
  [0xdead000000000300n, 'TIMER_ENTRY_STATIC: a timer that is not queued'],
  [0xdead000000000400n, 'TAIL_MAPPING: the mapping of a tail page'],
  [0xdead000000000500n, 'MUTEX_POISON_WW_CTX'],
  [0xdead000000000800n, 'SKB_LIST_POISON_NEXT: a socket buffer taken off its list'],
  [0xdead000000000801n, 'NET_PTR_POISON: a pointer of the network core, after its use'],
  [0x6b6b6b6b6b6b6b6bn, 'POISON_FREE: read from memory that was freed'],
  [0xa56b6b6b6b6b6b6bn, 'POISON_FREE: read from memory that was freed'],
  [0x5a5a5a5a5a5a5a5an, 'POISON_INUSE: read from memory that was never written'],
  [0xaaaaaaaaaaaaaaaan, 'PAGE_POISON: read from a page that was freed, or never written'],
  [0xccccccccccccccccn, 'POISON_FREE_INITMEM: read from __init memory that was freed'],
])

/** include/uapi/asm-generic/errno-base.h, errno.h, include/linux/errno.h: those that kernel functions return often. */
const ERRORS: Readonly<Record<number, string>> = {
  ...{ 1: 'EPERM', 2: 'ENOENT', 3: 'ESRCH', 4: 'EINTR', 5: 'EIO', 6: 'ENXIO', 7: 'E2BIG', 9: 'EBADF' },
  ...{ 11: 'EAGAIN', 12: 'ENOMEM', 13: 'EACCES', 14: 'EFAULT', 16: 'EBUSY', 17: 'EEXIST', 19: 'ENODEV' },
  ...{ 20: 'ENOTDIR', 21: 'EISDIR', 22: 'EINVAL', 27: 'EFBIG', 28: 'ENOSPC', 30: 'EROFS', 34: 'ERANGE' },
  ...{
    38: 'ENOSYS',
    61: 'ENODATA',
    62: 'ETIME',
    71: 'EPROTO',
    75: 'EOVERFLOW',
    84: 'EILSEQ',
    95: 'EOPNOTSUPP',
  },
  ...{ 110: 'ETIMEDOUT', 116: 'ESTALE', 512: 'ERESTARTSYS', 517: 'EPROBE_DEFER', 524: 'ENOTSUPP' },
}

/** include/linux/err.h, MAX_ERRNO. */
const MAX_ERRNO = 4095n

/**
 * What a register that is used as a pointer holds, if its value says: `NULL`, `ERR_PTR(-ENOMEM)`, `LIST_POISON1: …`;
 * null for anything else.
 */
export function describePointer(value: bigint): string | null {
  const pointer = BigInt.asUintN(64, value)
  if (pointer === 0n) return 'NULL'
  const error = -BigInt.asIntN(64, pointer)
  if (error > 0n && error <= MAX_ERRNO) {
    return `ERR_PTR(-${ERRORS[Number(error)] ?? error}): an error in place of a pointer`
  }
  return POISONS.get(pointer) ?? null
}

/**
 * Where KASAN's shadow of address 0 is: arch/arm64/Kconfig, KASAN_SHADOW_OFFSET (arch/arm64/Makefile before 4.20 or so).
 * `shift`: so many bytes, as a power of two, have one byte of shadow.
 */
const SHADOWS: readonly { offset: bigint; shift: bigint }[] = [
  ...[0xdfff8000, 0xdfffc000, 0xdffffe00, 0xdfffffc0, 0xdffffff8].map(generic),
  // To 5.10
  ...[0xdfffa000, 0xdfffd000, 0xdffffe80, 0xdfffffd0, 0xdffffffa, 0xdfff2000, 0xdfff9000].map(generic),
  ...[0xefff8000, 0xefffc000, 0xeffffe00, 0xefffffc0, 0xeffffff8].map(tagged),
  ...[0xefff9000, 0xefffc800, 0xeffffe40, 0xefffffc8, 0xeffffff9].map(tagged),
]

function generic(high: number): { offset: bigint; shift: bigint } {
  return { offset: BigInt(high) << 32n, shift: 3n }
}

function tagged(high: number): { offset: bigint; shift: bigint } {
  return { offset: BigInt(high) << 32n, shift: 4n }
}

/** The address of which `address` is KASAN's shadow, if `offset` is where a kernel has it. */
export function shadowed(offset: bigint, address: bigint): bigint | null {
  const row = SHADOWS.find(shadow => shadow.offset === BigInt.asUintN(64, offset))
  return row ? BigInt.asUintN(64, (address - row.offset) << row.shift) : null
}
