/**
 * A second page-table walker, written from the ARM ARM's tables and not from the model in C, to hold that against.
 *
 * VMSAv8-64, 4 KiB granule, TTBR0 or VTTBR only.
 */

/** What a walk depends on. */
export interface Regime {
  stage: 1 | 2
  ttbr: bigint
  /** log2 of the span is 64 less this. */
  t0sz: number
  /** Stage 2: where the walk starts. */
  sl0: number
  /** PASIZE or PS: how many bits addresses have. */
  ps: number
}

export type Translation =
  | { ok: true; phys: bigint; size: bigint; level: number; rights: Rights }
  | { ok: false; fault: 'TF' | 'AFF' | 'EF' | 'ASF'; level: number }

/** Who may do what. */
export interface Rights {
  read: boolean
  write: boolean
  privilegedRead: boolean
  privilegedWrite: boolean
}

const PS_BITS = [32, 36, 40, 42, 44, 48, 48, 48] as const
/** Bytes that an entry of each level spans. */
const SPAN = [1n << 39n, 1n << 30n, 1n << 21n, 1n << 12n] as const
const TABLE_ADDRESS = 0xffff_ffff_f000n
const ALL: Rights = { read: true, write: true, privilegedRead: true, privilegedWrite: true }

/** The level of the first table, by the ARM ARM's tables of TxSZ and SL0; null if there is none. */
export function firstLevel({ stage, t0sz, sl0 }: Regime): number | null {
  if (t0sz < 16 || t0sz > 39) return null
  if (stage === 1) return t0sz <= 24 ? 0 : t0sz <= 33 ? 1 : 2
  const ranges: (readonly [level: number, least: number, most: number] | undefined)[] = [
    [2, 30, 42],
    [1, 21, 33],
    [0, 16, 24],
  ]
  const range = ranges[sl0]
  return range && t0sz >= range[1] && t0sz <= range[2] ? range[0] : null
}

/** Translates; `read` gives the descriptor at an address, or null where there is no memory. */
export function walk(read: (address: bigint) => bigint | null, regime: Regime, iova: bigint): Translation {
  const first = firstLevel(regime)
  if (first === null || iova >= 1n << BigInt(64 - regime.t0sz)) return { ok: false, fault: 'TF', level: 0 }
  const limit = 1n << BigInt(PS_BITS[regime.ps] ?? 48)
  const span = SPAN[first] ?? 1n
  const bytes = 8n * ((1n << BigInt(64 - regime.t0sz)) / span)
  const base = regime.ttbr & 0xffff_ffff_ffffn & -bytes
  if (base >= limit) return { ok: false, fault: 'ASF', level: 0 }
  return below(read, regime.stage, limit, first, base + 8n * (iova / span), iova % span, ALL)
}

function below(
  read: (address: bigint) => bigint | null,
  stage: 1 | 2,
  limit: bigint,
  level: number,
  at: bigint,
  offset: bigint,
  rights: Rights,
): Translation {
  const descriptor = read(at)
  if (descriptor === null) return { ok: false, fault: 'EF', level }
  const type = Number(descriptor & 3n)
  const leaf = level === 3 ? type === 3 : type === 1
  if (!leaf && (level === 3 || type !== 3)) return { ok: false, fault: 'TF', level }
  if (leaf && level === 0) return { ok: false, fault: 'TF', level }
  if ((descriptor & TABLE_ADDRESS) >= limit) return { ok: false, fault: 'ASF', level }
  if (leaf) return atLeaf(stage, level, descriptor, rights)
  const span = SPAN[level + 1] ?? 1n
  const next = (descriptor & TABLE_ADDRESS) + 8n * (offset / span)
  return below(read, stage, limit, level + 1, next, offset % span, narrowed(stage, rights, descriptor))
}

/** APTable: a table takes rights from all below it. */
function narrowed(stage: 1 | 2, rights: Rights, descriptor: bigint): Rights {
  if (stage === 2) return rights
  const noUser = bit(descriptor, 61)
  const noWrite = bit(descriptor, 62)
  return {
    read: rights.read && !noUser,
    write: rights.write && !noUser && !noWrite,
    privilegedRead: true,
    privilegedWrite: rights.privilegedWrite && !noWrite,
  }
}

function atLeaf(stage: 1 | 2, level: number, descriptor: bigint, rights: Rights): Translation {
  if (!bit(descriptor, 10)) return { ok: false, fault: 'AFF', level }
  const size = SPAN[level] ?? 1n
  const [low, high] = [bit(descriptor, 6), bit(descriptor, 7)]
  const own: Rights =
    stage === 2
      ? { read: low, write: high, privilegedRead: low, privilegedWrite: high }
      : { read: low, write: low && !high, privilegedRead: true, privilegedWrite: !high }
  return {
    ok: true,
    phys: descriptor & TABLE_ADDRESS & -size,
    size,
    level,
    rights: {
      read: own.read && rights.read,
      write: own.write && rights.write,
      privilegedRead: own.privilegedRead,
      privilegedWrite: own.privilegedWrite && rights.privilegedWrite,
    },
  }
}

function bit(value: bigint, n: number): boolean {
  return ((value >> BigInt(n)) & 1n) === 1n
}
