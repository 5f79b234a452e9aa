/** A SYS-DMAC as a driver sees it: drivers/dma/sh/rcar-dmac.c. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Qtest } from './qtest.ts'

export const DMAC0 = 0xe670_0000
/** Its interrupts (r8a77951.dtsi). */
export const DMAC0_SPI = { error: 199, channel: (n: number) => 200 + n }

/** Bits of CHCR: RCAR_DMACHCR_*. */
export const CHCR = {
  DE: 1,
  TE: 1 << 1,
  IE: 1 << 2,
  AUTO: 4 << 8,
  SRC_INC: 1 << 12,
  SRC_DEC: 2 << 12,
  DST_INC: 1 << 14,
  DST_DEC: 2 << 14,
  DSIE: 1 << 18,
  DSE: 1 << 19,
  /** The first stage is a descriptor's; descriptors set all three. */
  LIST: (1 << 22) | (1 << 25) | (1 << 26) | (1 << 27),
  ONCE: 1 << 28,
  FOR_EVER: 3 << 28,
  CAIE: 1 << 30,
  CAE: 2 ** 31,
} as const

/** CHCR's bits for a transfer unit of so many bytes. */
export const UNITS: Record<number, number> = {
  1: 0,
  2: 1 << 3,
  4: 2 << 3,
  8: (1 << 20) | (3 << 3),
  16: 3 << 3,
  32: 1 << 20,
  64: (1 << 20) | (1 << 3),
}

export const REGISTERS = {
  SAR: 0x00,
  DAR: 0x04,
  TCR: 0x08,
  CHCR: 0x0c,
  FIXSAR: 0x10,
  FIXDAR: 0x14,
  TCRB: 0x18,
  CHCRB: 0x1c,
  DPBASE: 0x50,
  DPCR: 0x54,
  FIXDPBASE: 0x60,
} as const

export class Dmac {
  readonly #qtest: Qtest

  constructor(qtest: Qtest) {
    this.#qtest = qtest
    // DMACHCLR, DMAOR.DME: rcar_dmac_init().
    qtest.writel(DMAC0 + 0x80, 0xffff)
    qtest.writew(DMAC0 + 0x60, 1)
  }

  at(channel: number, register: keyof typeof REGISTERS): number {
    return DMAC0 + 0x8000 + channel * 0x80 + REGISTERS[register]
  }

  write(channel: number, values: Partial<Record<keyof typeof REGISTERS, number>>): void {
    for (const [name, value] of Object.entries(values)) {
      this.#qtest.writel(this.at(channel, name as keyof typeof REGISTERS), value)
    }
  }

  read(channel: number, register: keyof typeof REGISTERS): Promise<number> {
    return this.#qtest.readl(this.at(channel, register))
  }

  /** Source, destination and count; what is above 32 bits goes to the FIX registers. */
  extent(channel: number, src: bigint, dst: bigint, units: number): void {
    const low = (address: bigint) => Number(address & 0xffff_ffffn)
    const high = (address: bigint) => Number(address >> 32n)
    this.write(channel, { SAR: low(src), FIXSAR: high(src), DAR: low(dst), FIXDAR: high(dst), TCR: units })
  }

  /** Starts a channel; CHCR once it has one of the bits in `until`. */
  async run(channel: number, chcr: number, until: number = CHCR.TE | CHCR.CAE): Promise<number> {
    this.write(channel, { CHCR: chcr | CHCR.AUTO | CHCR.CAIE | CHCR.DE })
    for (let tries = 0; tries < 1000; tries++) {
      const now = await this.read(channel, 'CHCR')
      if ((now & until) !== 0) return now
      await sleep(2)
    }
    throw new Error(`channel ${channel} never came to 0x${until.toString(16)}`)
  }
}

/** struct rcar_dmac_hw_desc: a list of them, in memory. */
export function descriptors(list: readonly { src: bigint; dst: bigint; units: number }[]): Buffer {
  const bytes = Buffer.alloc(16 * list.length)
  list.forEach(({ src, dst, units }, i) => {
    bytes.writeUInt32LE(Number(src & 0xffff_ffffn), 16 * i)
    bytes.writeUInt32LE(Number(dst & 0xffff_ffffn), 16 * i + 4)
    bytes.writeUInt32LE(units, 16 * i + 8)
  })
  return bytes
}
