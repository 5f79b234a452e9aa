import type { ConsoleLine, KernelReport } from '../types.ts'
import { DiskReader } from './disk.ts'
import { DmaReader } from './dma/dma.ts'
import { IommuReader } from './dma/iommu.ts'
import type { LineForm } from './input/chunks.ts'
import type { Line } from './input/line.ts'
import { LineReader } from './input/reader.ts'
import { OopsReader } from './crash/reader.ts'
import { PageTableReader } from './dma/page-tables.ts'

export interface ParseOptions {
  /** Only an init that knows this boot's nonce is believed. */
  nonce?: string
}

/** Reads a console line by line; throws on nothing that it is fed. */
export class ConsoleParser {
  readonly #oopses = new OopsReader()
  readonly #iommu = new IommuReader()
  readonly #pageTables = new PageTableReader()
  readonly #dma = new DmaReader()
  readonly #disk: DiskReader
  #kernel: string | null = null
  #machine: string | null = null
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
    // init/main.c, linux_banner; drivers/of/fdt.c, early_init_dt_scan_root() and setup_machine_fdt(): all versions
    if (line.text.startsWith('Linux version ')) this.#kernel ??= line.text.split(' ', 3)[2] ?? null
    else if (line.text.startsWith('Machine model: ')) this.#machine ??= line.text.slice(15).trimEnd()
    this.#oopses.line(line)
    this.#iommu.line(line)
    this.#pageTables.line(line)
    this.#dma.line(line)
    this.#disk.line(line)
  }

  report(): KernelReport {
    this.end()
    return {
      boots: [{ line: 1, kernel: this.#kernel, machine: this.#machine }],
      kernel: this.#kernel,
      machine: this.#machine,
      oopses: this.#oopses.oopses(),
      spoofs: [],
      memory: { zones: [], ram: [], reserved: [] },
      omitted: { oopses: 0, facts: 0 },
      iommu: this.#iommu.report(),
      pageTables: this.#pageTables.pageTables(),
      dma: this.#dma.facts(),
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
