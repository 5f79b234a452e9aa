/** An SDHI as a driver sees it: drivers/mmc/host/tmio_mmc.h, renesas_sdhi_internal_dmac.c. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Qtest } from './qtest.ts'

export const SDHI = { 0: 0xee10_0000, 2: 0xee14_0000 } as const
/** Their interrupts (r8a77951.dtsi). */
export const SDHI_SPI = { 0: 165, 2: 167 } as const

/** Registers of 16 bits: their offset in tmio_mmc.h. */
export const CTL = {
  CMD: 0x00,
  ARG0: 0x04,
  ARG1: 0x06,
  STOP: 0x08,
  BLOCKS: 0x0a,
  RESPONSE: 0x0c,
  STATUS: 0x1c,
  STATUS2: 0x1e,
  MASK: 0x20,
  MASK2: 0x22,
  LENGTH: 0x26,
  PORT: 0x30,
  DMA: 0xd8,
  RESET: 0xe0,
  VERSION: 0xe2,
} as const

/** Internal DMAC: DM_CM_*. */
export const DM = {
  MODE: 0x820,
  CTRL: 0x828,
  INFO1: 0x840,
  INFO1_MASK: 0x848,
  INFO2: 0x850,
  INFO2_MASK: 0x858,
  ADDR: 0x880,
} as const

/** TMIO_STAT_*. */
export const STAT = {
  RESPONDED: 1,
  DATAEND: 1 << 2,
  PRESENT: 1 << 5,
  WRITABLE: 1 << 7,
  TIMEOUT: 1 << 22,
  RXRDY: 1 << 24,
  TXRQ: 1 << 25,
  IDLE: 1 << 29,
  BUSY: 1 << 30,
} as const

/** DTRAN_MODE, INFO1 and INFO2 by direction: channel 0 writes to the card, channel 1 reads. */
export const WAY = {
  read: { mode: 1 | (3 << 4) | (1 << 16), end: 1 << 20, error: 1 << 17 },
  write: { mode: 1 | (3 << 4), end: 1 << 16, error: 1 << 16 },
} as const

const R1 = 4 << 8
const R2 = 6 << 8
const R3 = 7 << 8
const NONE = 3 << 8
const DATA = 1 << 11
const READ = 1 << 12
const MULTI = 1 << 13

export interface Command {
  index: number
  arg?: number
  response?: 'none' | 'r1' | 'r2' | 'r3'
  way?: 'read' | 'write'
  blocks?: number
  dma?: boolean
}

export class Sdhi {
  readonly base: number
  readonly qtest: Qtest

  constructor(qtest: Qtest, n: keyof typeof SDHI) {
    this.qtest = qtest
    this.base = SDHI[n]
  }

  at(register: keyof typeof CTL): number {
    return this.base + (CTL[register] << 2)
  }

  put(register: keyof typeof CTL, value: number): void {
    this.qtest.writew(this.at(register), value)
  }

  async status(): Promise<number> {
    const [low, high] = await Promise.all([
      this.qtest.readw(this.at('STATUS')),
      this.qtest.readw(this.at('STATUS2')),
    ])
    return low | (high << 16)
  }

  /** A short response. */
  async response(): Promise<number> {
    const [low, high] = await Promise.all([
      this.qtest.readw(this.at('RESPONSE')),
      this.qtest.readw(this.at('RESPONSE') + 8),
    ])
    return (low | (high << 16)) >>> 0
  }

  /** Clears what is latched and sends a command; the status after it. */
  send({ index, arg = 0, response = 'r1', way, blocks = 1, dma = false }: Command): Promise<number> {
    this.put('STATUS', 0)
    this.put('STATUS2', 0)
    this.put('DMA', dma ? 2 : 0)
    this.put('LENGTH', 512)
    this.qtest.writel(this.at('BLOCKS'), blocks)
    this.put('STOP', blocks > 1 ? 1 << 8 : 0)
    this.put('ARG0', arg & 0xffff)
    this.put('ARG1', arg >>> 16)
    const data = way ? DATA | (way === 'read' ? READ : 0) | (blocks > 1 ? MULTI : 0) : 0
    this.put('CMD', index | { none: NONE, r1: R1, r2: R2, r3: R3 }[response] | data)
    return this.status()
  }

  /** What mmc_init_card() does first: an eMMC in its transfer state. */
  async identify(): Promise<void> {
    await this.send({ index: 0, response: 'none' })
    for (let tries = 0; tries < 10; tries++) {
      await this.send({ index: 1, arg: 0x40ff_8000, response: 'r3' })
      if (((await this.response()) & 0x8000_0000) !== 0) break
      // The card powers up on the virtual clock.
      await this.qtest.clockStep(1_000_000)
    }
    await this.send({ index: 2, response: 'r2' })
    await this.send({ index: 3, arg: 1 << 16 })
    await this.send({ index: 7, arg: 1 << 16 })
  }

  /** Reads the block in the buffer, in accesses of so many bytes. */
  async take(size: 2 | 4 | 8): Promise<Buffer> {
    const words = await Promise.all(
      Array.from({ length: 512 / size }, async () => {
        const at = this.at('PORT')
        if (size === 8) return this.qtest.readq(at)
        return BigInt(await (size === 2 ? this.qtest.readw(at) : this.qtest.readl(at)))
      }),
    )
    const block = Buffer.alloc(512)
    words.forEach((word, i) => {
      for (let n = 0; n < size; n++) block[i * size + n] = Number((word >> BigInt(8 * n)) & 0xffn)
    })
    return block
  }

  /** Starts the DMAC at a bus address, and waits for one of these bits of INFO1 or INFO2. */
  async move(way: keyof typeof WAY, address: number): Promise<{ info1: number; info2: number }> {
    this.qtest.writel(this.base + DM.MODE, WAY[way].mode)
    this.qtest.writel(this.base + DM.ADDR, address)
    this.qtest.writel(this.base + DM.CTRL, 1)
    for (let tries = 0; tries < 1000; tries++) {
      const info1 = await this.qtest.readl(this.base + DM.INFO1)
      const info2 = await this.qtest.readl(this.base + DM.INFO2)
      if (info1 !== 0 || info2 !== 0) return { info1, info2 }
      await sleep(2)
    }
    throw new Error('the DMAC never ended')
  }
}
