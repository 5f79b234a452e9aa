/** Random work for the devices that do DMA. */
import { DMAC0, REGISTERS as DMAC } from '../dmac.ts'
import { PROBES, REGISTER } from '../dmaprobe.ts'
import { SATA } from '../sata.ts'
import { CTL, DM, SDHI } from '../sdhi.ts'
import type { Dice } from './dice.ts'
import { ARENA, ARENA_BYTES, hex, LOW, value, writel } from './words.ts'

/** A disk transfer of some kind, from a link that is up or not. */
export function transfer(dice: Dice): string[] {
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
export function job(dice: Dice): string[] {
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
export function channel(dice: Dice): string[] {
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
export function card(dice: Dice): string[] {
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
