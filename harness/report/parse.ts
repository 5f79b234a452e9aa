import type { ConsoleLine, KernelReport } from '../types.ts'
import { BOOT_WORDS, BootReader } from './boots.ts'
import { DISK_WORDS, DiskReader } from './disk/disk.ts'
import { FACT_WORDS, FactReader } from './dma/facts.ts'
import { type LineForm, LineSplitter } from './input/chunks.ts'
import type { Line } from './input/line.ts'
import { LineReader } from './input/reader.ts'
import { ALL, WordTable } from './input/skim.ts'
import { OOPS_WORDS, OopsReader, STRAY_WORDS } from './crash/reader.ts'

export interface ParseOptions {
  /** Only an init that knows this boot's nonce is believed. */
  nonce?: string
}

/** In the order of the bits below: who may know a line (skim.ts). */
const WORDS = new WordTable([BOOT_WORDS, OOPS_WORDS, STRAY_WORDS, FACT_WORDS, DISK_WORDS])
const [BOOTS, OOPSES, STRAYS, FACTS, DISK] = [1, 2, 4, 8, 16]

/** Reads a console line by line; throws on nothing that it is fed. */
export class ConsoleParser {
  readonly #oopses = new OopsReader()
  readonly #facts = new FactReader()
  readonly #disk: DiskReader
  readonly #boots = new BootReader()
  readonly #lines = new LineReader(line => this.#line(line), WORDS)

  constructor({ nonce }: ParseOptions = {}) {
    this.#disk = new DiskReader(nonce ?? null)
  }

  /** A line of the file; LineSplitter (input/chunks.ts) tells its form, which makes most lines cheap. */
  line(raw: string, form?: LineForm): void {
    this.#lines.line(raw, form)
  }

  /** A plain line within a text (LineSplitter's onPlain): false if it is for line(). */
  plain(block: string, from: number, end: number): boolean {
    return this.#lines.plain(block, from, end)
  }

  /** No more lines will come: one may be held, since its rest could have. */
  end(): void {
    this.#lines.end()
  }

  #line(line: Line): void {
    const readers = line.readers ?? ALL
    if ((readers & BOOTS) !== 0) this.#boot(line)
    const starts = this.#oopses.isFull ? OOPSES : OOPSES | STRAYS
    if ((readers & starts) !== 0 || !this.#oopses.pass(line)) this.#oopses.line(line)
    if ((readers & FACTS) !== 0 || this.#facts.waits) this.#facts.line(line)
    if ((readers & DISK) !== 0) this.#disk.line(line)
  }

  #boot(line: Line): void {
    const boot = this.#boots.line(line)
    if (boot === null) return
    this.#oopses.boot(boot)
    this.#facts.boot(boot)
  }

  report(): KernelReport {
    this.end()
    const boots = this.#boots.boots()
    const emmc = this.#disk.report('emmc')
    return {
      kernel: boots.find(({ kernel }) => kernel !== null)?.kernel ?? null,
      machine: boots.find(({ machine }) => machine !== null)?.machine ?? null,
      boots,
      oopses: this.#oopses.oopses(),
      spoofs: this.#oopses.spoofs(),
      omitted: { oopses: this.#oopses.omitted, facts: this.#facts.omitted },
      ...this.#facts.report(),
      disk: this.#disk.report('disk'),
      ...(emmc && { emmc }),
    }
  }
}

/** What a kernel's console says. Pure: a log, or its lines, in; facts out. */
export function parseConsole(
  log: string | Uint8Array | Iterable<ConsoleLine | string>,
  options: ParseOptions = {},
): KernelReport {
  const parser = new ConsoleParser(options)
  if (typeof log === 'string' || log instanceof Uint8Array) {
    const lines = new LineSplitter(
      (line, form) => parser.line(line, form),
      (block, from, end) => parser.plain(block, from, end),
    )
    lines.write(log)
    lines.end()
  } else {
    for (const line of log) parser.line(typeof line === 'string' ? line : line.text)
  }
  return parser.report()
}
