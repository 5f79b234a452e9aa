import { CONTEXTS, contextRegister, IPMMUS, UTLBS, utlbRegister, type Ipmmu } from '../board.ts'
import { DMAC0 } from '../dmac.ts'
import { PROBES, REGISTER } from '../dmaprobe.ts'
import { SATA } from '../sata.ts'
import { CTL, DM, SDHI } from '../sdhi.ts'
import { cb, GR0, GR1, SMMU } from '../smmuv2/registers.ts'

/** Enough of them to meet the first and the last. */
export const BANKS_OF_SMMU = [0, 1, 2, 15]

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

/** Every target as often as its weight says. */
export const targetDeck = targets.flatMap(target => Array.from({ length: target.weight }, () => target))
