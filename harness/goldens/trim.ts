/**
 * What a golden keeps of the boot before its provocation: who booted, on what, with which memory, and a few lines that
 * any parser must take for nothing. Literal parts of the kernel's lines.
 */
const KEPT = [
  'Booting Linux on physical CPU',
  'Linux version ',
  'Machine model: ',
  'Zone ranges:',
  '  DMA ',
  '  DMA32 ',
  '  Normal ',
  'Movable zone start',
  'Early memory node ranges',
  '  node ',
  'Reserved memory: ',
  'OF: reserved mem: ',
  'Kernel command line: ',
  'software IO TLB: ',
  'mem auto-init',
  'Memory: ',
  'SMP: Total of',
  'ipmmu-vmsa ',
  'sata_rcar ',
  'Run /init as init process',
] as const

/** A console, cut to what a golden needs, and in words how. */
export interface Trimmed {
  lines: string[]
  cut: string
}

/** Cuts what comes before the line that has `from`; without such a line, before the first one that has `says`. */
export function trim(lines: readonly string[], from: string | null, says: string): Trimmed {
  const has = (text: string) => lines.findIndex(line => line.includes(text))
  const begun = from === null ? -1 : has(from)
  // Early crashes and those without a script: a few lines before the kernel's words.
  const start = begun !== -1 ? begun : Math.max(0, has(says) - LEAD)
  const head = lines.slice(0, start).filter(line => KEPT.some(part => line.includes(part)))
  const left = start - head.length
  const where = begun !== -1 ? 'the provocation' : 'what it shows'
  const cut =
    left === 0
      ? 'nothing'
      : `${left} lines of the healthy boot before ${where} are left out, all from there on is here`
  return { lines: [...head, ...lines.slice(start)], cut }
}

/** Lines that are kept before a crash that no script provokes. */
const LEAD = 20
