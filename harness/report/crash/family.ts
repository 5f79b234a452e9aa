import type { Oops, OopsKind } from '../report.ts'

/** A family of crashes: how its first line looks, and what that says. */
export interface Family {
  /** What the message starts with; '[ ' of lockdep's old boxes is left out. */
  prefix: string
  /** Must be in the message too: tells a kernel's line from another sentence with the same start. */
  with?: string
  /** Must not be in the message: another sentence with the same start. */
  without?: string
  kind: OopsKind
  /** What the title starts with, if not the kind. */
  name?: string
  /** Or as the message says it. */
  nameOf?(message: string): string
  /**
   * Which symbol the title names: that of the header or the pc, if it isn't one of those that only report (symbols
   * below); the first telling frame of the call trace otherwise, and for `trace` always. `none`: the name is all.
   */
  symbol: 'pc' | 'trace' | 'none'
  /** A task or the kernel dies of it. */
  fatal?: true
  /** Another line of a crash that is open: does not start a second one. The first line of one that lacks its head. */
  joins?: true
  /** The kernel prints no call trace with it: to have none is no damage. */
  bare?: true
  read?(message: string, oops: Oops): void
}
