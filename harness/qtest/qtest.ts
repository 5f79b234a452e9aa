import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { exitFailure, type Qemu } from '../boot/qemu.ts'
import type { Qmp } from '../boot/qmp.ts'
import { shellCommand } from '../cell/shell.ts'
import { InfraError } from '../errors.ts'
import { type Channel, shortened } from './channel.ts'

/** An address or a length in bytes; what doesn't fit 53 bits is a bigint. */
export type Address = number | bigint

/**
 * A QEMU without a CPU that runs: its devices are driven from here, over qtest (QEMU's docs/devel/testing/qtest.rst).
 *
 * Writes are posted: they are done in the order in which they are given, before any later read; one that fails is
 * thrown by what is awaited next. Reads that are not awaited one by one share a round trip: `await Promise.all([…])`.
 */
export class Qtest implements AsyncDisposable {
  readonly #channel: Channel
  readonly #qemu: Qemu
  readonly #folder: string
  readonly #argv: readonly string[]
  readonly qmp: Qmp
  #traced = 0
  #over = false

  constructor(parts: { channel: Channel; qmp: Qmp; qemu: Qemu; folder: string; argv: readonly string[] }) {
    this.#channel = parts.channel
    this.qmp = parts.qmp
    this.#qemu = parts.qemu
    this.#folder = parts.folder
    this.#argv = parts.argv
    void this.#qemu.exited.then(exit => {
      if (this.#over) return
      const at = this.#channel.oldest
      const reason = exitFailure(exit) ?? 'qemu ended by itself'
      const command = at === null ? '' : `, at '${shortened(at)}'`
      this.#fail(new InfraError(`${reason}${command}`, { command: shellCommand(this.#argv) }))
    })
  }

  /** QEMU's command, as it was started. */
  get argv(): readonly string[] {
    return this.#argv
  }

  /** The folder of this QEMU's files, gone with it. */
  get folder(): string {
    return this.#folder
  }

  /** Settles when QEMU is gone, whatever ended it. */
  get exited(): Qemu['exited'] {
    return this.#qemu.exited
  }

  writeb(address: Address, value: number): void {
    this.#channel.post(`writeb ${hex(address)} ${hex(value)}`)
  }

  writew(address: Address, value: number): void {
    this.#channel.post(`writew ${hex(address)} ${hex(value)}`)
  }

  /** Writes 32 bits; of a negative value the two's complement. */
  writel(address: Address, value: number): void {
    this.#channel.post(`writel ${hex(address)} ${hex(value >>> 0)}`)
  }

  writeq(address: Address, value: bigint): void {
    this.#channel.post(`writeq ${hex(address)} ${hex(value)}`)
  }

  /** Writes bytes; where there is no RAM, as QEMU's address_space_write() splits them. */
  write(address: Address, bytes: Uint8Array): void {
    if (bytes.length === 0) return
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
    this.#channel.post(`b64write ${hex(address)} ${hex(bytes.length)} ${text}`)
  }

  memset(address: Address, length: Address, value = 0): void {
    this.#channel.post(`memset ${hex(address)} ${hex(length)} ${hex(value)}`)
  }

  /** Posts a command as qtest has it; what it answers is dropped. */
  command(line: string): void {
    this.#channel.post(line)
  }

  readb(address: Address): Promise<number> {
    return this.#number(`readb ${hex(address)}`)
  }

  readw(address: Address): Promise<number> {
    return this.#number(`readw ${hex(address)}`)
  }

  readl(address: Address): Promise<number> {
    return this.#number(`readl ${hex(address)}`)
  }

  async readq(address: Address): Promise<bigint> {
    const [value = ''] = await this.#channel.ask(`readq ${hex(address)}`)
    return BigInt(value)
  }

  async read(address: Address, length: number): Promise<Buffer> {
    if (length === 0) return Buffer.alloc(0)
    const [text = ''] = await this.#channel.ask(`b64read ${hex(address)} ${hex(length)}`)
    return Buffer.from(text, 'base64')
  }

  /** All that was sent has been done, QEMU's bottom halves not included. */
  async done(): Promise<void> {
    await this.#channel.ask('endianness')
  }

  /** Advances the virtual clock by nanoseconds, or to the next timer; returns where it is then, in nanoseconds. */
  async clockStep(nanoseconds?: Address): Promise<bigint> {
    const by = nanoseconds === undefined ? '' : ` ${nanoseconds}`
    const [now = ''] = await this.#channel.ask(`clock_step${by}`)
    return BigInt(now)
  }

  /**
   * Follows a device's outgoing interrupts; {@link irq} then knows them. One device a QEMU: its qtest has no more.
   *
   * (Not the GIC's inputs: QEMU 10.0's qtest keeps 256 levels and writes behind them for a higher one.)
   */
  async interceptOut(path: string, name = 'sysbus-irq'): Promise<void> {
    await this.#channel.ask(`irq_intercept_out ${path} ${name}`)
  }

  /** Follows a device's incoming interrupts, numbered below 256. */
  async interceptIn(path: string): Promise<void> {
    await this.#channel.ask(`irq_intercept_in ${path}`)
  }

  /** Level of an intercepted interrupt after all that was sent before. */
  async irq(number = 0): Promise<boolean> {
    await this.done()
    return this.#channel.irqs.get(number) ?? false
  }

  /** What the device trace got since the last call: its lines, whole. */
  async trace(): Promise<string[]> {
    await this.done()
    await using file = await open(join(this.#folder, 'trace.jsonl'))
    const { size } = await file.stat()
    const bytes = Buffer.alloc(size - this.#traced)
    await file.read(bytes, 0, bytes.length, this.#traced)
    this.#traced = size
    return bytes.toString().split('\n').slice(0, -1)
  }

  /** What QEMU logged of the guest's mistakes and of what is not modelled: its lines so far. */
  async log(): Promise<string[]> {
    await this.done()
    return (await readFile(join(this.#folder, 'qemu.log'), 'utf8')).split('\n').slice(0, -1)
  }

  /** Its end is wanted from now on: QMP's `quit` is no failure of what waits. */
  expectExit(): void {
    this.#over = true
  }

  #fail(error: InfraError): void {
    this.#channel.fail(error)
    this.qmp.fail(error)
  }

  async #number(command: string): Promise<number> {
    const [value = ''] = await this.#channel.ask(command)
    return Number(value)
  }

  /** Ends QEMU and removes its files. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true
    this.#fail(new InfraError('this qemu was ended'))
    await this.#qemu.terminate()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

function hex(value: Address): string {
  return `0x${value.toString(16)}`
}
