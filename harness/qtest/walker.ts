/**
 * A second page-table walk, to hold the IPMMU model against.
 *
 * Written from the ARM ARM's VMSAv8-32 long-descriptor translation (G5.5: T0SZ, the table at each level, descriptor
 * formats, hierarchical attributes) and from ipmmu-vmsa.c (SL0, IMSTR's bits, non-secure accesses), not from the
 * model's C. What neither says, docs/model.md does: the order in which NS, access flag and permission are looked at,
 * what an empty descriptor is reported as, and that ERRLVL is the level less one.
 */

/** The registers of a context that a walk reads. */
export interface WalkContext {
  /** IMTTBCR: EAE, SL0, TSZ0. */
  ttbcr: number
  /** IMTTUBR0 and IMTTLBR0. */
  ttbr: bigint
}

export type Fault =
  'bad-format' | 'beyond-span' | 'walk-abort' | 'invalid' | 'secure' | 'access-flag' | 'permission'

export type WalkResult =
  | { ok: true; phys: bigint; size: bigint; level: number }
  | { ok: false; fault: Fault; level: number; imstr: number }

/** 64 bits of memory at an address that is a multiple of 8; null where there is no RAM. */
export type Memory = (address: bigint) => bigint | null

interface Rights {
  read: boolean
  write: boolean
}

type Descriptor =
  | { is: 'nothing'; empty: boolean }
  | { is: 'table'; at: bigint; nonSecure: boolean; noUser: boolean; noWrite: boolean }
  | { is: 'memory'; at: bigint; nonSecure: boolean; accessed: boolean; user: boolean; readOnly: boolean }

/** IMSTR: TF, PF and ABORT, and the ERRCODEs 1 (format), 4 (permission), 5 (secure). */
const TF = 1
const PF = 2
const ABORT = 4
const CODE: Record<Fault, number> = {
  'bad-format': TF | (1 << 8),
  'beyond-span': TF | (1 << 8),
  'walk-abort': ABORT,
  invalid: TF | (1 << 8),
  secure: PF | (5 << 8),
  'access-flag': PF | (4 << 8),
  permission: PF | (4 << 8),
}
const EMPTY = PF | (5 << 8)

/** log2 of what one entry covers, by level. */
const COVERS = [0, 30, 21, 12]
const PHYSICAL = (1n << 40n) - 1n

/** Translates an access of an unprivileged, non-secure master. */
export function walk(
  memory: Memory,
  context: WalkContext,
  iova: bigint,
  access: 'read' | 'write',
): WalkResult {
  const { ttbcr, ttbr } = context
  const startLevels = [3, 2, 1, null]
  const start = startLevels[(ttbcr >>> 6) & 3] ?? null
  if (ttbcr >>> 31 === 0 || start === null) return refused('bad-format', 1)

  const inputBits = 32 - (ttbcr & 7)
  if (iova >= 2n ** BigInt(inputBits)) return refused('beyond-span', start)

  // The first table has as many entries as the input range needs, one at least, and is aligned to its own size.
  const entries = 2n ** BigInt(Math.max(0, inputBits - (COVERS[start] ?? 0)))
  const firstTable = roundDown(ttbr & PHYSICAL, entries * 8n)
  return step(memory, iova, access, start, firstTable, entries, { read: true, write: true })
}

function step(
  memory: Memory,
  iova: bigint,
  access: 'read' | 'write',
  level: number,
  table: bigint,
  entries: bigint,
  allowed: Rights,
): WalkResult {
  const covers = 2n ** BigInt(COVERS[level] ?? 0)
  const bits = memory(table + ((iova / covers) % entries) * 8n)
  if (bits === null) return refused('walk-abort', level)
  const descriptor = decode(bits, level)
  switch (descriptor.is) {
    case 'nothing':
      return descriptor.empty
        ? { ok: false, fault: 'invalid', level, imstr: EMPTY | ((level - 1) << 12) }
        : refused('invalid', level)
    case 'table': {
      if (!descriptor.nonSecure) return refused('secure', level)
      const read = allowed.read && !descriptor.noUser
      const write = allowed.write && !descriptor.noUser && !descriptor.noWrite
      return step(memory, iova, access, level + 1, descriptor.at, 512n, { read, write })
    }
    case 'memory': {
      if (!descriptor.nonSecure) return refused('secure', level)
      if (!descriptor.accessed) return refused('access-flag', level)
      const rights: Rights = {
        read: allowed.read && descriptor.user,
        write: allowed.write && descriptor.user && !descriptor.readOnly,
      }
      if (!rights[access]) return refused('permission', level)
      return { ok: true, phys: roundDown(descriptor.at, covers) + (iova % covers), size: covers, level }
    }
  }
}

function decode(bits: bigint, level: number): Descriptor {
  const bit = (n: number) => (bits >> BigInt(n)) % 2n === 1n
  const type = Number(bits % 4n)
  const at = roundDown(bits & PHYSICAL, 4096n)
  const isMemory = level === 3 ? type === 3 : type === 1
  const isTable = level < 3 && type === 3
  if (isTable) return { is: 'table', at, nonSecure: bit(63), noUser: bit(61), noWrite: bit(62) }
  if (!isMemory) return { is: 'nothing', empty: !bit(63) && !bit(5) }
  return { is: 'memory', at, nonSecure: bit(5), accessed: bit(10), user: bit(6), readOnly: bit(7) }
}

function refused(fault: Fault, level: number): WalkResult {
  return { ok: false, fault, level, imstr: CODE[fault] | ((level - 1) << 12) }
}

function roundDown(value: bigint, to: bigint): bigint {
  return value - (value % to)
}
