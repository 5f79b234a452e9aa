/** SATA as a bus master that tests can steer (sata_rcar.c, libata-sff.c). */
import { closeSync, ftruncateSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Qtest } from './qtest.ts'

const BASE = 0xee300000

/** Registers, by the names of images/qemu/hw/rcar_sata.c. */
export const SATA = {
  CONTROL1: BASE + 0x180,
  STATUS: BASE + 0x184,
  INT_ENABLE: BASE + 0x188,
  DTB_ADR: BASE + 0x198,
  DMA_START_ADR: BASE + 0x19c,
  DMA_TRANS_CNT: BASE + 0x1a0,
  TASK_ERROR: BASE + 0x1104,
  TASK_COUNT: BASE + 0x1108,
  TASK_LBAL: BASE + 0x110c,
  TASK_LBAM: BASE + 0x1110,
  TASK_LBAH: BASE + 0x1114,
  TASK_DEVICE: BASE + 0x1118,
  TASK_COMMAND: BASE + 0x111c,
  DEVICE_CONTROL: BASE + 0x1204,
  SERROR: BASE + 0x1404,
  SCONTROL: BASE + 0x1408,
  INT_STATUS: BASE + 0x1508,
  INT_MASK: BASE + 0x150c,
} as const

/** CONTROL1 */
export const START = 1
export const STOP = 2
export const TO_MEMORY = 4
export const DESCRIPTORS = 8
const DTA32M = 1 << 11
const ISM = 1 << 16

/** STATUS */
export const ENDS = {
  ACT: 1,
  NEND: 2,
  ERR: 4,
  DEVINT: 0x10,
  DEVTRM: 0x20,
  DNEND: 0x40,
  SATAINT: 0x800,
} as const

export const SECTOR = 512

/** An empty disk in a folder; sparse. */
export function emptyDisk(folder: string, bytes = 16 * 2 ** 20): string {
  const file = join(folder, 'disk.img')
  const image = openSync(file, 'w')
  ftruncateSync(image, bytes)
  closeSync(image)
  return file
}

/** Brings the controller up as the driver does; its interrupts are enabled. */
export function startSata(qtest: Qtest): void {
  qtest.writel(SATA.CONTROL1, 0x80)
  qtest.writel(SATA.CONTROL1, ISM | DTA32M)
  qtest.writel(SATA.INT_STATUS, 0)
  qtest.writel(SATA.INT_MASK, 0xfff & ~9)
  qtest.writel(SATA.INT_ENABLE, ENDS.SATAINT)
  qtest.writel(SATA.SERROR, 0xffffffff)
  qtest.writel(SATA.INT_STATUS, 0)
  qtest.writel(SATA.DEVICE_CONTROL, 8)
  qtest.writel(SATA.TASK_DEVICE, 0xe0)
}

export interface Transfer {
  /** Whether the drive's data goes to memory (READ DMA) or memory's to the drive (WRITE DMA). */
  toMemory: boolean
  sectors?: number
  lba?: number
}

/** Gives the drive its command and starts the engine; where the data goes was written before. */
export function startTransfer(qtest: Qtest, transfer: Transfer, descriptors: boolean): void {
  const { toMemory, sectors = 1, lba = 0 } = transfer
  qtest.writel(SATA.TASK_COUNT, sectors & 0xff)
  qtest.writel(SATA.TASK_LBAL, lba & 0xff)
  qtest.writel(SATA.TASK_LBAM, (lba >> 8) & 0xff)
  qtest.writel(SATA.TASK_LBAH, (lba >> 16) & 0xff)
  qtest.writel(SATA.TASK_DEVICE, 0xe0 | (lba >> 24))
  qtest.writel(SATA.TASK_COMMAND, toMemory ? 0xc8 : 0xca)
  const mode = ISM | DTA32M | (toMemory ? TO_MEMORY : 0) | (descriptors ? DESCRIPTORS : 0)
  qtest.writel(SATA.CONTROL1, mode | START)
}

/** Moves sectors at an address without descriptors; STATUS when it is over, and the drive's error register. */
export async function transferAt(
  qtest: Qtest,
  iova: number,
  transfer: Transfer,
): Promise<{ status: number; error: number }> {
  qtest.writel(SATA.DMA_START_ADR, iova)
  qtest.writel(SATA.DMA_TRANS_CNT, (transfer.sectors ?? 1) * SECTOR)
  startTransfer(qtest, transfer, false)
  return await transferEnd(qtest)
}

/** Moves sectors by the descriptor table at an address. */
export async function transferBy(
  qtest: Qtest,
  table: number,
  transfer: Transfer,
): Promise<{ status: number; error: number }> {
  qtest.writel(SATA.DTB_ADR, table)
  startTransfer(qtest, transfer, true)
  return await transferEnd(qtest)
}

/** Waits until the engine is at rest, and acknowledges the drive's interrupt. */
export async function transferEnd(qtest: Qtest): Promise<{ status: number; error: number }> {
  for (;;) {
    const status = await qtest.readl(SATA.STATUS)
    if (status & ENDS.ACT) continue
    const error = await qtest.readl(SATA.TASK_ERROR)
    const failed = (await qtest.readl(SATA.TASK_COMMAND)) & 1
    qtest.writel(SATA.INT_STATUS, 0)
    return { status, error: failed ? error : 0 }
  }
}

/**
 * Has SATA look one address up and do nothing else: a transfer of one byte, which is too short for the drive, so that
 * the engine gives up between translating and moving. All within the last write: nothing has to be waited for.
 */
export function touch(qtest: Qtest, iova: number, toMemory: boolean): void {
  qtest.writel(SATA.DMA_START_ADR, iova)
  qtest.writel(SATA.TASK_COMMAND, toMemory ? 0xc8 : 0xca)
  qtest.writel(SATA.CONTROL1, ISM | DTA32M | START | (toMemory ? TO_MEMORY : 0))
}

/** What {@link touch} wants set up, once. */
export function prepareTouch(qtest: Qtest): void {
  startSata(qtest)
  qtest.writel(SATA.TASK_COUNT, 1)
  qtest.writel(SATA.TASK_LBAL, 0)
  qtest.writel(SATA.TASK_LBAM, 0)
  qtest.writel(SATA.TASK_LBAH, 0)
  qtest.writel(SATA.DMA_TRANS_CNT, 1)
}

/** A descriptor table; the last one has DTEND unless it is told not to. */
export function descriptorTable(
  entries: readonly { address: number; length: number }[],
  { ends = true } = {},
): Buffer {
  const table = Buffer.alloc(entries.length * 8)
  entries.forEach(({ address, length }, i) => {
    table.writeUInt32LE((address | Number(ends && i === entries.length - 1)) >>> 0, i * 8)
    table.writeUInt32LE(length, i * 8 + 4)
  })
  return table
}
