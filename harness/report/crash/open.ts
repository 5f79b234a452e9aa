import type { Frame, Oops, OtherStack } from '../report.ts'
import type { Line } from '../input/line.ts'
import type { Family } from './family.ts'

/** A crash being printed. */
export interface Open {
  oops: Oops
  family: Family
  /** Who prints it: `T51`, `C2`; '' if the log doesn't say. */
  caller: string
  /** Its die line was seen: another one starts another crash. */
  died: boolean
  /** Where frames go; null outside of call traces. */
  sink: Frame[] | null
  /** A title was printed whose stack comes with the next `Call trace:`. */
  pending: OtherStack | null
  /** Lines since the last frame that were none. */
  misses: number
  /** A user's registers follow the kernel's call trace on x86: they are not the crash's. */
  userRegisters: boolean
  /** The first block of registers is over. */
  registersDone: boolean
  /** Lines of the log that are not blank, up to its last one so far. */
  at: number
  stamped: boolean
  /** The log's lines around it are stamped, and its own are not. */
  among: boolean
  /** Of the last stamped line before it, in seconds. */
  timeBefore: number | null
}

export function openCrash(family: Family, line: Line, message: string, boot: number): Open {
  const { number, caller, time, stamped } = line
  return {
    oops: { ...emptyOops(family, message, number), boot, time },
    ...{ family, caller, died: false, sink: null, pending: null, misses: 0 },
    ...{ userRegisters: false, registersDone: false, stamped, among: false, at: 0, timeBefore: null },
  }
}

function emptyOops(family: Family, header: string, line: number): Oops {
  const { kind } = family
  const fatal = family.fatal === true
  return {
    ...{ kind, title: '', header, arch: null, line, lastLine: line, boot: 0, time: null },
    ...{ fatal, consequence: false, corrupted: false, damage: [] },
    ...{ address: null, access: null, accessSize: null, esr: null, pc: null, lr: null },
    ...{ cpu: null, pid: null, comm: null, tainted: null, taints: [], kernel: null },
    ...{ hardware: null, workqueue: null, source: null, message: null, die: null, panic: null },
    ...{ registers: {}, modules: [], callTrace: [], otherStacks: [], code: null },
    ...{ endTrace: null, ended: false },
  }
}
