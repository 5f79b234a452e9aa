import type { ConsoleLine, KernelReport } from '../types.ts'
import { BootReader } from './boots.ts'
import { DiskReader } from './disk/disk.ts'
import { FactReader } from './dma/facts.ts'
import { type LineForm, LineSplitter } from './input/chunks.ts'
import type { Line } from './input/line.ts'
import { LineReader } from './input/reader.ts'
import { OopsReader } from './crash/reader.ts'

export interface ParseOptions {
  /** Only an init that knows this boot's nonce is believed. */
  nonce?: string
}

/** Reads a console line by line; throws on nothing that it is fed. */
export class ConsoleParser {
  readonly #oopses = new OopsReader()
  readonly #facts = new FactReader()
  readonly #disk: DiskReader
  readonly #boots = new BootReader()
  readonly #lines = new LineReader(line => this.#line(line))

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
    const boot = this.#boots.line(line)
    if (boot !== null) {
      this.#oopses.boot(boot)
      this.#facts.boot(boot)
    }
    this.#oopses.line(line)
    this.#facts.line(line)
    this.#disk.line(line)
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
