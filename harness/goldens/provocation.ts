import type { OopsKind } from '../report/report.ts'

/** A crash that a golden's console shows, as whoever wrote the row expects it. */
export interface ExpectedCrash {
  /** More than one where the kernel's words are of several families. */
  kind: OopsKind | readonly OopsKind[]
  /** The title, the pc, or the message has it; null where no symbol is sure. */
  symbol: string | null
  /** Null where it is a matter of taste: a killed task that did nothing wrong. */
  fatal: boolean | null
}

/** A way to have a kernel say something, and what a parser has to make of it. A row of table.ts. */
export interface Provocation {
  /** What it shows, for a file's name. */
  name: string
  /** What it shows, in words. */
  shows: string
  /** images/initramfs/provoke: `script:argument`; null if the bootargs do it all. */
  provoke: string | null
  /** The argument in the series that call it otherwise. */
  provokeIn?: Record<string, string>
  bootargs?: string
  /** How the kernel is configured; null for the one of every day. */
  flavour: 'crash' | 'crash-kasan' | null
  memory?: string
  /** Seconds until the boot is ended, for what never ends by itself. */
  seconds?: number
  /** How long the guest may say nothing, in seconds, if not as long as any other. */
  silence?: number
  /** Nothing is cut: the boot is what it shows. */
  whole?: boolean
  /** What the console must have, so that a provocation which failed makes no golden: the kernel's own words. */
  says: string
  /** All that must be found, in this order. Empty: it is no crash. */
  crashes: readonly ExpectedCrash[]
  /** There may be others between them and after them. */
  more?: boolean
  /** Why the kernel panicked: part of the words that it printed. */
  panic?: string
  /** A process imitated a crash, and the log lets one tell. */
  spoofed?: boolean
  /** The series that have it, and why the others don't; all of them if not given. */
  only?: { series: readonly string[]; why: string }
}

/**
 * A task that dies in a breakpoint's handler, as BUG() is one, leaves interrupts off and RCU told so: the idle loop warns
 * (kernel/context_tracking.c of 6.1), or the scheduler does (`Unexpected DAIF value` of 7.3). Now and then, so `more`.
 */
export const AFTER_BRK = true

/** The series that a provocation makes goldens of. */
export function seriesOf({ only, flavour }: Provocation, known: readonly string[]): readonly string[] {
  if (only) return only.series
  return flavour === 'crash-kasan' ? KASAN_SERIES : known
}

/** KASAN takes minutes to build and to boot: an old wording and a new one. */
export const KASAN_SERIES: readonly string[] = ['6.1', '7.3']
