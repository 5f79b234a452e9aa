import { LineReader } from '../report/input/reader.ts'
import type { ConsoleLine } from '../types.ts'

/** A line that was printed under a dmaprobe's name. */
export interface ProbeLine {
  /** `ea100000.dmaprobe`. */
  device: string
  /** Without the name. */
  text: string
  /** Number of the line in the console, from 1. */
  line: number
}

/** dev_info(): driver and device. Names are bounded, as they come from a guest. */
const NAME = /^dmaprobe ([0-9a-f]{1,16}\.[A-Za-z0-9_-]{1,32}): (.*)$/s

/**
 * The lines of the kernel's own that dmaprobe's driver printed. A process's print has no time stamp, or is said to be
 * a process's; one that forges a stamp has no mark in the device trace, which is the rule `marked`'s to tell.
 */
export function probeLines(console: Iterable<ConsoleLine | string>): ProbeLine[] {
  const found: ProbeLine[] = []
  const reader = new LineReader(({ text, stamped, printedBy, number }) => {
    if (!stamped || printedBy !== null) return
    const [, device, rest] = NAME.exec(text) ?? []
    if (device !== undefined && rest !== undefined) found.push({ device, text: rest, line: number })
  })
  for (const line of console) reader.line(typeof line === 'string' ? line : line.text)
  reader.end()
  return found
}
