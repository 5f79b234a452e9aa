import type { ConsoleLine, KernelReport } from '../types.ts'
import { DiskReader } from './disk.ts'
import { FactReader } from './dma/facts.ts'
import { readLine } from './input/line.ts'
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
  #kernel: string | null = null
  #machine: string | null = null
  #lines = 0

  constructor({ nonce }: ParseOptions = {}) {
    this.#disk = new DiskReader(nonce ?? null)
  }

  line(raw: string): void {
    const line = readLine(raw, ++this.#lines)
    // init/main.c, linux_banner; drivers/of/fdt.c, early_init_dt_scan_root() and setup_machine_fdt(): all versions
    if (line.text.startsWith('Linux version ')) this.#kernel ??= line.text.split(' ', 3)[2] ?? null
    else if (line.text.startsWith('Machine model: ')) this.#machine ??= line.text.slice(15).trimEnd()
    this.#oopses.line(line)
    this.#facts.line(line)
    this.#disk.line(line)
  }

  report(): KernelReport {
    return {
      boots: [{ line: 1, kernel: this.#kernel, machine: this.#machine }],
      kernel: this.#kernel,
      machine: this.#machine,
      oopses: this.#oopses.oopses(),
      spoofs: [],
      omitted: { oopses: 0, facts: this.#facts.omitted },
      ...this.#facts.report(),
      disk: this.#disk.report(),
    }
  }
}

/** What a kernel's console says. Pure: lines in, facts out. */
export function parseConsole(
  lines: Iterable<ConsoleLine | string>,
  options: ParseOptions = {},
): KernelReport {
  const parser = new ConsoleParser(options)
  for (const line of lines) parser.line(typeof line === 'string' ? line : line.text)
  return parser.report()
}
