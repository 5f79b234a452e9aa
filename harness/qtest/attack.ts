/**
 * Random use of every device of ours: registers in each width, page tables, descriptors, transfers and jobs.
 *
 * All of a round follows from its seed, so that what a round finds can be had again. (Not to the last bit: when the
 * disk has its data is the host's business.)
 */
import { BANKS, CONTEXTS, contextRegister, IPMMUS, UTLBS, utlbRegister, type Ipmmu } from './board.ts'
import { DMAC0, REGISTERS as DMAC } from './dmac.ts'
import { PROBES, REGISTER } from './dmaprobe.ts'
import { BLOCK, PAGE, TABLE } from './ipmmu.ts'
import { SATA } from './sata.ts'
import { CTL, DM, SDHI } from './sdhi.ts'
import { cb, GR0, GR1, SMMU, SMR_VALID, STREAM } from './smmuv2/registers.ts'

/** Enough of them to meet the first and the last. */
const BANKS_OF_SMMU = [0, 1, 2, 15]

/** A device under attack: where it is, and the registers that do more than keep a value. */
interface Target {
  name: string
  base: number
  size: number
  hot: readonly number[]
  weight: number
}

const instances = Object.keys(IPMMUS) as Ipmmu[]

/** What transfers don't need: the data port, the PHY's window, SCRs and storage (images/qemu/hw/rcar_sata.c). */
const sataOthers = [
  ...[0x1a4, 0x1b0, 0x1bc, 0x200, 0x204, 0x208, 0x20c, 0x210, 0x214, 0x102c, 0x1100, 0x1100, 0x1100],
  ...[0x1400, 0x140c, 0x1704, 0x170c, 0x171c, 0x1724, 0x1740],
].map(offset => 0xee300000 + offset)

/** A device that the machine doesn't have answers as the rest of the SoC does: its row harms nobody. */
const targets: readonly Target[] = [
  ...instances.map(name => ({
    name: `ipmmu_${name}`,
    base: IPMMUS[name],
    size: 0x1000,
    hot: [
      ...Array.from({ length: CONTEXTS }, (_, n) => contextRegister(name, n, 'IMCTR')),
      ...Array.from({ length: CONTEXTS }, (_, n) => contextRegister(name, n, 'IMTTBCR')),
      ...Array.from({ length: CONTEXTS }, (_, n) => contextRegister(name, n, 'IMTTUBR0')),
      ...Array.from({ length: CONTEXTS }, (_, n) => contextRegister(name, n, 'IMSTR')),
      ...Array.from({ length: UTLBS }, (_, n) => utlbRegister(name, n)),
    ],
    weight: name === 'mm' || name === 'hc' ? 12 : 1,
  })),
  { name: 'sata', base: 0xee300000, size: 0x2000, hot: [...Object.values(SATA), ...sataOthers], weight: 20 },
  ...Object.entries(PROBES).map(([name, { base }]) => ({
    name: `dmaprobe ${name}`,
    base,
    size: 0x1000,
    // CTRL alone: a job of random length is one of 2^63 bytes, and nobody else gets to use the probe.
    hot: [base + REGISTER.CTRL, base + REGISTER.STATUS, base + REGISTER.MARK],
    weight: 2,
  })),
  // All five are of the same kind; a channel's registers are where `channel` has them.
  { name: 'dmac0', base: DMAC0, size: 0x9000, hot: [DMAC0 + 0x60, DMAC0 + 0x80], weight: 8 },
  ...Object.entries(SDHI).map(([n, base]) => ({
    name: `sdhi${n}`,
    base,
    size: 0x2000,
    hot: [
      ...Object.values(CTL).flatMap(register => [base + (register << 2), base + (register << 2)]),
      ...Object.values(DM).map(register => base + register),
    ],
    weight: n === '2' ? 10 : 3,
  })),
  { name: 'cpg', base: 0xe6150000, size: 0x1000, hot: [], weight: 3 },
  { name: 'rst', base: 0xe6160000, size: 0x200, hot: [], weight: 1 },
  { name: 'sysc', base: 0xe6180000, size: 0x400, hot: [], weight: 3 },
  { name: 'pfc', base: 0xe6060000, size: 0x600, hot: [], weight: 2 },
  { name: 'prr', base: 0xfff00040, size: 0x10, hot: [], weight: 1 },
  { name: 'scif2', base: 0xe6e88000, size: 0x40, hot: [], weight: 6 },
  {
    name: 'mmu-500',
    base: SMMU,
    size: 0x20000,
    hot: [
      ...[GR0.sCR0, GR0.sGFSR, GR0.TLBIVMID, GR0.TLBIALLNSNH, GR0.sTLBGSYNC],
      ...[0, 1, 47].flatMap(group => [GR0.SMR(group), GR0.S2CR(group)]),
      ...BANKS_OF_SMMU.flatMap(n => [
        ...[GR1.CBAR(n), GR1.CBA2R(n), cb(n, 'SCTLR'), cb(n, 'TCR'), cb(n, 'TCR2'), cb(n, 'FSR')],
        ...(['FSRRESTORE', 'TLBIASID', 'TLBIALL', 'TLBSYNC'] as const).map(name => cb(n, name)),
      ]),
    ],
    weight: 12,
  },
]

/** Tables, descriptors and data: 2 MiB in the second bank, so that random bits of an address hit it now and then. */
const ARENA = BANKS[1] ?? 0n
const ARENA_BYTES = 2 ** 21
/** What 32-bit masters reach. */
const LOW = Number(BANKS[0] ?? 0n)

/** Numbers that depend on their seed alone (mulberry32). */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** 32 random bits. */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let x = this.#state
    x = Math.imul(x ^ (x >>> 15), x | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return (x ^ (x >>> 14)) >>> 0
  }

  below(limit: number): number {
    return this.bits() % limit
  }

  of<T>(choices: readonly [T, ...T[]] | readonly T[]): T {
    return choices[this.below(choices.length)] as T
  }

  wide(): bigint {
    return (BigInt(this.bits()) << 32n) | BigInt(this.bits())
  }
}

const hex = (value: number | bigint) => `0x${value.toString(16)}`
const writel = (address: number, value: number) => `writel ${hex(address)} ${hex(value >>> 0)}`
const writeq = (address: number | bigint, value: bigint) => `writeq ${hex(address)} ${hex(value)}`

/** What one operation of an attack may be: lines for qtest, in this proportion. */
const operations: readonly { what: string; weight: number; lines: (dice: Dice) => string[] }[] = [
  { what: 'register', weight: 60, lines: register },
  { what: 'descriptor', weight: 20, lines: descriptor },
  { what: 'context', weight: 4, lines: context },
  { what: 'stream', weight: 4, lines: stream },
  { what: 'transfer', weight: 6, lines: transfer },
  { what: 'job', weight: 6, lines: job },
  { what: 'channel', weight: 4, lines: channel },
  { what: 'card', weight: 4, lines: card },
  { what: 'clock', weight: 3, lines: dice => [`clock_step ${1 + dice.below(10_000_000)}`] },
]

const deck = operations.flatMap(operation => Array.from({ length: operation.weight }, () => operation))
const targetDeck = targets.flatMap(target => Array.from({ length: target.weight }, () => target))

/** The next operation: what it is, and its commands. */
export function nextOperation(dice: Dice): { what: string; lines: string[] } {
  const { what, lines } = dice.of(deck)
  return { what, lines: lines(dice) }
}

function value(dice: Dice): number {
  switch (dice.below(6)) {
    case 0:
      return dice.of([0, 1, 2, 3, 4, 5, 7, 0x80, 0xff, 0xffffffff, 0x80000000, 0x7fffffff, 0x80000080])
    case 1:
      return 1 << dice.below(32)
    case 2:
      return LOW + (dice.bits() & 0x3ffffffc)
    case 3:
      return Number(ARENA & 0xffff_ffffn) + dice.below(ARENA_BYTES)
    default:
      return dice.bits()
  }
}

/** Mostly words where a register is; sometimes any width anywhere. */
function register(dice: Dice): string[] {
  const { base, size, hot } = dice.of(targetDeck)
  const aimed = hot.length > 0 && dice.below(3) > 0
  const odd = dice.below(8) === 0
  const address = aimed ? dice.of(hot) : base + (odd ? dice.below(size) : dice.below(size / 4) * 4)
  const width = odd ? dice.of(['b', 'w', 'l', 'q']) : 'l'
  if (dice.below(5) === 0) return [`read${width} ${hex(address)}`]
  const bits = width === 'q' ? dice.wide() : value(dice) >>> 0
  return [`write${width} ${hex(address)} ${hex(bits)}`]
}

/** A page-table entry, a DMA descriptor, or noise. */
function descriptor(dice: Dice): string[] {
  const at = ARENA + BigInt(dice.below(ARENA_BYTES / 8)) * 8n
  const target = dice.of([
    ARENA + BigInt(dice.below(ARENA_BYTES / 4096)) * 4096n,
    BigInt(dice.below(2 ** 28)) * 4096n,
    BigInt(dice.of(targetDeck).base),
  ])
  const flip = dice.below(4) === 0 ? 1n << BigInt(dice.below(64)) : 0n
  const bits = dice.of([
    target | TABLE,
    target | PAGE,
    target | BLOCK,
    (BigInt(dice.below(65536)) << 32n) | BigInt((value(dice) & ~1) >>> 0) | BigInt(dice.below(2)),
    dice.wide(),
  ])
  const low = LOW + 8 * dice.below(ARENA_BYTES / 8)
  return [writeq(dice.below(2) === 0 ? at : low, bits ^ flip)]
}

/** A context that walks the arena, and a micro-TLB in it. */
function context(dice: Dice): string[] {
  const n = dice.below(CONTEXTS)
  const base = dice.of([ARENA + BigInt(dice.below(ARENA_BYTES)), dice.wide()])
  const control = 0x80000000 | (dice.below(4) << 6) | dice.below(8)
  return [
    writel(contextRegister('mm', n, 'IMTTLBR0'), Number(base & 0xffff_ffffn)),
    writel(contextRegister('mm', n, 'IMTTUBR0'), Number((base >> 32n) & 0xffff_ffffn)),
    writel(contextRegister('mm', n, 'IMTTBCR'), control),
    writel(contextRegister('mm', n, 'IMCTR'), dice.below(8) | 1),
    writel(contextRegister('hc', n, 'IMCTR'), dice.below(8)),
    writel(utlbRegister('hc', dice.of([2, 8])), (n << 4) | dice.of([1, 1, 3, 0])),
  ]
}

/** A context bank that walks the arena, for the stream of the probe behind the MMU-500; an invalidation or two. */
function stream(dice: Dice): string[] {
  const n = dice.of(BANKS_OF_SMMU)
  const base = dice.of([ARENA + BigInt(dice.below(ARENA_BYTES)), dice.wide()])
  const tlbi = () => dice.of(['TLBIVA', 'TLBIVAA', 'TLBIVAL', 'TLBIVAAL', 'TLBIIPAS2', 'TLBIIPAS2L'] as const)
  return [
    writel(GR1.CBA2R(n), dice.of([1, 1, 1, 0])),
    writel(GR1.CBAR(n), (dice.of([0, 1, 1, dice.below(4)]) << 16) | dice.below(3)),
    writeq(cb(n, 'TTBR0'), base),
    writel(cb(n, 'TCR2'), dice.below(8)),
    writel(
      cb(n, 'TCR'),
      (dice.below(8) << 16) | (dice.below(4) << 6) | dice.of([16, 25, 32, dice.below(64)]),
    ),
    writel(cb(n, 'FSR'), -1),
    writel(cb(n, 'SCTLR'), 1 | (dice.below(512) & 0x1f0)),
    writeq(cb(n, tlbi()), dice.wide()),
    writel(cb(n, 'TLBSYNC'), 0),
    writel(GR0.S2CR(0), n | (dice.of([0, 0, 0, dice.below(4)]) << 16) | (dice.below(4) << 24)),
    writel(GR0.SMR(0), SMR_VALID | STREAM),
    writel(GR0.sCR0, dice.of([0, 0x400, 0x406, dice.bits()])),
  ]
}

/** A disk transfer of some kind, from a link that is up or not. */
function transfer(dice: Dice): string[] {
  const mode = dice.of([0x10801, 0x10809, 0x10805, 0x1080d, 0x10001, 0x9, 0xd, dice.bits()])
  const command = dice.of([0xc8, 0xca, 0x25, 0x35, 0xec, 0x20, 0x30, 0xe7, 0xa1, dice.below(256)])
  return [
    ...(dice.below(4) === 0
      ? [writel(SATA.CONTROL1, 0x80), writel(SATA.CONTROL1, 0x10800), writel(SATA.SERROR, -1)]
      : []),
    writel(SATA.DTB_ADR, dice.of([LOW + dice.below(ARENA_BYTES), value(dice)])),
    writel(SATA.DMA_START_ADR, value(dice)),
    writel(SATA.DMA_TRANS_CNT, dice.of([1, 512, 4096, 0, value(dice)])),
    writel(SATA.TASK_COUNT, dice.below(256)),
    writel(SATA.TASK_LBAL, dice.below(256)),
    writel(SATA.TASK_DEVICE, dice.of([0xe0, 0xe0, 0x40, dice.below(256)])),
    writel(SATA.TASK_COMMAND, command),
    writel(SATA.CONTROL1, mode),
  ]
}

/** A probe's job, of up to 64 KiB, or of any length that is ended before it gets far. */
function job(dice: Dice): string[] {
  const { base } = dice.of(Object.values(PROBES))
  const address = () =>
    dice.of([
      ARENA + BigInt(dice.below(ARENA_BYTES)),
      BigInt(LOW + dice.below(ARENA_BYTES)),
      BigInt(dice.bits()),
      dice.wide(),
    ])
  const wide = (offset: number, bits: bigint) => [
    writel(base + offset, Number(bits & 0xffff_ffffn)),
    writel(base + offset + 4, Number(bits >> 32n)),
  ]
  const endless = dice.below(16) === 0
  return [
    writel(base + REGISTER.CTRL, 2),
    writel(base + REGISTER.OP, dice.below(7)),
    ...wide(REGISTER.SRC, address()),
    ...wide(REGISTER.DST, address()),
    ...wide(REGISTER.LEN, endless ? dice.wide() : BigInt(dice.below(65536))),
    writel(base + REGISTER.SRC_COUNT, endless ? dice.bits() : dice.below(20)),
    writel(base + REGISTER.DST_COUNT, endless ? dice.bits() : dice.below(20)),
    writel(base + REGISTER.DELAY_US, dice.of([0, 0, 0, dice.below(10_000), dice.bits()])),
    writel(base + REGISTER.JOB, dice.bits()),
    writel(base + REGISTER.CTRL, dice.of([1, 5, 7])),
    ...(endless ? [writel(base + REGISTER.CTRL, 2)] : []),
  ]
}

/** A DMAC's channel, with a list of descriptors or without, of up to 256 units; some are ended before they get far. */
function channel(dice: Dice): string[] {
  const base = DMAC0 + 0x8000 + dice.of([0, 1, 2, 15]) * 0x80
  const address = () => dice.of([LOW + dice.below(ARENA_BYTES), value(dice)])
  const count = dice.below(16) === 0 ? dice.bits() : dice.below(256)
  return [
    `writew ${hex(DMAC0 + 0x60)} ${hex(dice.of([1, 1, 1, dice.below(65536)]))}`,
    writel(base + DMAC.SAR, address()),
    writel(base + DMAC.DAR, address()),
    writel(base + DMAC.TCR, count),
    writel(base + DMAC.FIXSAR, dice.of([0, 5, dice.bits()])),
    writel(base + DMAC.FIXDAR, dice.of([0, 5, dice.bits()])),
    writel(base + DMAC.DPBASE, address() | dice.below(2)),
    writel(base + DMAC.CHCRB, dice.bits()),
    writel(base + DMAC.DPCR, dice.bits()),
    writel(base + DMAC.CHCR, dice.bits() | dice.of([1, 1, 0])),
    ...(dice.below(4) === 0 ? [writel(DMAC0 + 0x80, 0xffff)] : []),
  ]
}

/** A command to a card, with data or without, by the port or by the internal DMAC. */
function card(dice: Dice): string[] {
  const base = dice.of(Object.values(SDHI))
  const put = (register: keyof typeof CTL, bits: number) =>
    `writew ${hex(base + (CTL[register] << 2))} ${hex(bits & 0xffff)}`
  const argument = dice.of([0, 1 << 16, 0x40ff8000, dice.below(64), dice.bits()])
  // Identification, status, block length, single and multiple blocks, erase, and whatever else there is.
  const index = dice.of([0, 1, 2, 3, 7, 8, 12, 13, 16, 17, 18, 23, 24, 25, 41, 55, dice.below(64)])
  return [
    put('STATUS', 0),
    put('STATUS2', 0),
    put('DMA', dice.of([0, 2, dice.below(65536)])),
    put('LENGTH', dice.of([512, 512, 0, 8, dice.below(65536)])),
    writel(base + (CTL.BLOCKS << 2), dice.of([1, 2, 8, 0, dice.below(65536)])),
    put('STOP', dice.of([0, 0x100, dice.below(65536)])),
    put('ARG0', argument),
    put('ARG1', argument >>> 16),
    put('CMD', index | dice.of([3 << 8, 4 << 8, 6 << 8, 7 << 8, dice.bits() & 0xffc0])),
    writel(base + DM.MODE, dice.bits()),
    writel(base + DM.ADDR, dice.of([LOW + dice.below(ARENA_BYTES), value(dice)])),
    writel(base + DM.CTRL, dice.below(4)),
    ...Array.from(
      { length: dice.below(8) },
      () => `writel ${hex(base + (CTL.PORT << 2))} ${hex(dice.bits())}`,
    ),
    ...(dice.below(8) === 0 ? [put('RESET', 0), put('RESET', 1)] : []),
  ]
}
