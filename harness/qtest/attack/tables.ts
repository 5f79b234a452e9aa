/** Random registers, page tables and what points at them. */
import { CONTEXTS, contextRegister, utlbRegister } from '../board.ts'
import { BLOCK, PAGE, TABLE } from '../ipmmu.ts'
import { cb, GR0, GR1, SMR_VALID, STREAM } from '../smmuv2/registers.ts'
import type { Dice } from './dice.ts'
import { BANKS_OF_SMMU, targetDeck } from './targets.ts'
import { ARENA, ARENA_BYTES, hex, LOW, value, writel, writeq } from './words.ts'

/** Mostly words where a register is; sometimes any width anywhere. */
export function register(dice: Dice): string[] {
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
export function descriptor(dice: Dice): string[] {
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
export function context(dice: Dice): string[] {
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
export function stream(dice: Dice): string[] {
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
