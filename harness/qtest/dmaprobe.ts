import { InfraError } from '../errors.ts'
import type { Qtest } from './qtest.ts'

/** Registers of images/qemu/hw/dmaprobe.c; of those with 64 bits, the lower half. */
export const REGISTER = {
  ID: 0x000,
  CAPS: 0x004,
  CTRL: 0x008,
  STATUS: 0x00c,
  OP: 0x010,
  PATTERN: 0x014,
  SRC: 0x018,
  DST: 0x020,
  LEN: 0x028,
  SRC_COUNT: 0x030,
  DST_COUNT: 0x034,
  SUM: 0x038,
  ERROR: 0x040,
  ERR_ACCESS: 0x044,
  ERR_ADDR: 0x048,
  BYTES: 0x050,
  JOB: 0x058,
  DELAY_US: 0x05c,
  MARK: 0x060,
} as const

export const START = 1
export const RESET = 2
export const IRQEN = 4
export const BUSY = 1
export const DONE = 2
export const ERROR = 4

export const OPS = ['copy', 'fill', 'checksum', 'sg-copy', 'sg-fill', 'sg-checksum'] as const
export const CAUSES = [null, 'translation', 'bus-limit', 'no-memory', 'bad-descriptor', 'bad-op'] as const

/** The machine's instances, by what is particular about their bus (images/qemu/hw/salvator_xs.c: dmaprobes). */
export const PROBES = {
  ipmmu: { base: 0xea100000, spi: 454 },
  bare: { base: 0xea110000, spi: 455 },
  '32bit': { base: 0xea120000, spi: 456 },
  offset: { base: 0xea130000, spi: 457 },
  '30bit': { base: 0xea140000, spi: 458 },
  coherent: { base: 0xea150000, spi: 459 },
} as const

export interface Job {
  op: (typeof OPS)[number] | number
  /** Addresses as the device uses them: of data, or of a table of descriptors. */
  src?: bigint
  dst?: bigint
  length?: bigint
  pattern?: number
  srcCount?: number
  dstCount?: number
  job?: number
  /** Microseconds. */
  delay?: number
  /** More bits of CTRL beside START. */
  ctrl?: number
}

/** How a job ended. */
export interface Outcome {
  cause: (typeof CAUSES)[number] | undefined
  access: 'read' | 'write'
  address: bigint
  bytes: bigint
  sum: bigint
}

/** A dmaprobe, driven over qtest. */
export class Probe {
  readonly #qtest: Qtest
  readonly #base: number
  readonly spi: number
  /** As the device trace names it. */
  readonly master: string

  constructor(qtest: Qtest, name: keyof typeof PROBES) {
    this.#qtest = qtest
    this.#base = PROBES[name].base
    this.spi = PROBES[name].spi
    this.master = `${this.#base.toString(16)}.dmaprobe`
  }

  write(register: keyof typeof REGISTER, value: number): void {
    this.#qtest.writel(this.#base + REGISTER[register], value)
  }

  read(register: keyof typeof REGISTER): Promise<number> {
    return this.#qtest.readl(this.#base + REGISTER[register])
  }

  /** Writes a register of 64 bits, low half first. */
  writeWide(register: keyof typeof REGISTER, value: bigint): void {
    this.#qtest.writel(this.#base + REGISTER[register], Number(value & 0xffff_ffffn))
    this.#qtest.writel(this.#base + REGISTER[register] + 4, Number(value >> 32n))
  }

  async readWide(register: keyof typeof REGISTER): Promise<bigint> {
    const address = this.#base + REGISTER[register]
    const [low, high] = await Promise.all([this.#qtest.readl(address), this.#qtest.readl(address + 4)])
    return (BigInt(high) << 32n) | BigInt(low)
  }

  /** Starts a job; all that it doesn't say is 0. */
  start(job: Job): void {
    const { op, src = 0n, dst = 0n, length = 0n, ctrl = 0 } = job
    this.write('OP', typeof op === 'number' ? op : OPS.indexOf(op))
    this.write('PATTERN', job.pattern ?? 0)
    this.writeWide('SRC', src)
    this.writeWide('DST', dst)
    this.writeWide('LEN', length)
    this.write('SRC_COUNT', job.srcCount ?? 0)
    this.write('DST_COUNT', job.dstCount ?? 0)
    this.write('JOB', job.job ?? 0)
    this.write('DELAY_US', job.delay ?? 0)
    this.write('CTRL', START | ctrl)
  }

  /** Waits for the job's end; an InfraError if that doesn't come in real milliseconds. */
  async ended(milliseconds = 60_000): Promise<Outcome & { polls: number }> {
    const deadline = Date.now() + milliseconds
    let polls = 1
    while ((await this.read('STATUS')) & BUSY) {
      if (Date.now() > deadline) throw new InfraError(`${this.master} is busy for ${milliseconds} ms`)
      polls++
    }
    return { ...(await this.outcome()), polls }
  }

  async outcome(): Promise<Outcome> {
    const [error, access, address, bytes, sum] = await Promise.all([
      this.read('ERROR'),
      this.read('ERR_ACCESS'),
      this.readWide('ERR_ADDR'),
      this.readWide('BYTES'),
      this.readWide('SUM'),
    ])
    return { cause: CAUSES[error], access: access === 1 ? 'write' : 'read', address, bytes, sum }
  }

  run(job: Job): Promise<Outcome> {
    this.start(job)
    return this.ended()
  }
}

/** One extent of a scatter list. */
export interface Extent {
  address: bigint
  length: bigint
}

/** A table of descriptors, as it lies in memory. */
export function table(extents: readonly Extent[]): Buffer {
  const bytes = Buffer.alloc(16 * extents.length)
  for (const [i, { address, length }] of extents.entries()) {
    bytes.writeBigUInt64LE(address, 16 * i)
    bytes.writeBigUInt64LE(length, 16 * i + 8)
  }
  return bytes
}

/** What SUM says of these bytes: s2 << 32 | s1 over little-endian words, the last one padded with zeros. */
export function sumOf(bytes: Uint8Array): bigint {
  let s1 = 0n
  let s2 = 0n
  for (let at = 0; at < bytes.length; at += 4) {
    let word = 0n
    for (let i = 3; i >= 0; i--) word = word * 256n + BigInt(bytes[at + i] ?? 0)
    s1 = BigInt.asUintN(32, s1 + word)
    s2 = BigInt.asUintN(32, s2 + s1)
  }
  return (s2 << 32n) | s1
}

/** What a fill of this length writes. */
export function patternOf(pattern: number, length: number): Buffer {
  const words = Buffer.alloc((length + 3) & ~3)
  for (let i = 0; i < words.length / 4; i++) words.writeUInt32LE((pattern + i) % 2 ** 32, 4 * i)
  return words.subarray(0, length)
}
