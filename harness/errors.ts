/**
 * What the harness could not do. What the guest did wrong is never an exception: it is in the report.
 *
 * A message says, in this order: the reason, the cell, the console's last lines, where the rest is kept.
 */
import type { Artifacts, BootResult, Cell, ConsoleLine } from './types.ts'

/** How much of the console an error quotes. */
const QUOTED_LINES = 20

/** All that an error may know besides its reason. */
export interface ErrorDetails {
  cell?: Cell | undefined
  artifacts?: Artifacts | undefined
  console?: readonly ConsoleLine[] | undefined
  /** The command that failed, as it can be pasted into a shell. */
  command?: string | undefined
  cause?: unknown
}

/** Base of everything that dmaspec throws on purpose. */
export class DmaspecError extends Error {
  /** The reason alone, without cell, console and path. */
  readonly shortMessage: string
  readonly cell: Cell | null
  readonly artifacts: Artifacts | null

  constructor(reason: string, details: ErrorDetails = {}) {
    super(compose(reason, details), 'cause' in details ? { cause: details.cause } : undefined)
    this.name = new.target.name
    this.shortMessage = reason
    this.cell = details.cell ?? null
    this.artifacts = details.artifacts ?? null
  }
}

/** Nonsense was asked for; nothing was started. */
export class CellError extends DmaspecError {}

/** Something to boot is missing, or its hash is wrong. */
export class ImageError extends DmaspecError {}

/** This kernel can't be had, whatever is done: what it is or what it is made from forbids it. A spec skips its test. */
export class UnavailableError extends ImageError {}

/**
 * These sources make no kernel that dmaspec can boot: a patch doesn't apply, they don't compile, they are no Linux of the
 * board's. It is their own fault, not the host's: other sources may do.
 */
export class UnbuildableError extends DmaspecError {
  /** The whole output of what failed; null if nothing was started. */
  readonly log: string | null

  constructor(reason: string, details: ErrorDetails & { log?: string | undefined } = {}) {
    super(reason, details)
    this.log = details.log ?? null
  }
}

/** QEMU, dtc, the file system or another tool failed us. */
export class InfraError extends DmaspecError {}

/** The kernel never reached the marker, and no oops and no dead disk says why: timeout, silence, panic or exit. */
export class BootError extends DmaspecError {
  readonly #result: BootResult | null

  constructor(reason: string, details: ErrorDetails & { result?: BootResult } = {}) {
    super(reason, details)
    this.#result = details.result ?? null
  }

  /** What was learnt of the boot all the same. (A getter: it is too much to print with the error.) */
  get result(): BootResult | null {
    return this.#result
  }
}

/** A guest that ran could not be used any more: it crashed or ended under a session, or a command took too long. */
export class GuestError extends DmaspecError {}

/** A cell in one line: `linux 6.1 + domain-free-unguarded, on salvator-xs, overlays bus-limit-32bit, 4096 MiB, 2 cpus`. */
export function describeCell(cell: Cell): string {
  const parts = [
    ['linux ' + cell.kernel, ...cell.faults].join(' + '),
    `on ${cell.platform}`,
    cell.overlays.length > 0 ? `overlays ${cell.overlays.join(' ')}` : 'no overlays',
    `${cell.memory >> 20n} MiB`,
    cell.cpus === 1 ? '1 cpu' : `${cell.cpus} cpus`,
  ]
  if (cell.emmc) parts.push('eMMC')
  if (cell.bootargs !== '') parts.push(`bootargs '${cell.bootargs}'`)
  if (cell.probe !== undefined) parts.push(`probe '${cell.probe}'`)
  return parts.join(', ')
}

function compose(reason: string, { cell, artifacts, console, command }: ErrorDetails): string {
  const paragraphs = [reason]
  if (cell) paragraphs.push(`  cell: ${describeCell(cell)}`)
  if (command !== undefined) paragraphs.push(`  command: ${command}`)
  if (console && console.length > 0) {
    const last = console.slice(-QUOTED_LINES).map(line => `  | ${line.text}`)
    paragraphs.push([`  last ${last.length} of ${console.length} console lines:`, ...last].join('\n'))
  }
  if (artifacts) paragraphs.push(`  kept: ${artifacts.console}\n        ${artifacts.argv}`)
  return paragraphs.join('\n')
}
