import type { Line } from '../input/line.ts'
import type { Words } from '../input/skim.ts'
import { MarkerReader, TAG } from '../marker.ts'
import type { DiskReport } from '../report.ts'
import { DiskHealth } from './health.ts'
import { diskMessages } from './messages.ts'

/** A line has to have the port, too. */
export const DISK_WORDS: Words = { parts: diskMessages.map(({ text }) => text), anywhere: [TAG] }

/** The words by which the init calls the disks that it checks. */
export type CheckedDisk = 'disk' | 'emmc'

/**
 * Reads the init's verdicts: `dmaspec: <nonce> disk device=sda read=ok write=ok reread=ok`. A disk's last one counts.
 * Of an ATA disk that the kernel could not bring up it says why, whether or not the init came to report.
 */
export class DiskReader {
  readonly #marker: MarkerReader
  readonly #health = new DiskHealth()
  readonly #reports: Record<CheckedDisk, DiskReport | null> = { disk: null, emmc: null }

  constructor(nonce: string | null) {
    this.#marker = new MarkerReader(nonce)
  }

  line(line: Line): void {
    this.#health.line(line)
    const words = this.#marker.read(line)?.split(' ', 64)
    const [disk] = words ?? []
    if (disk === 'disk' || disk === 'emmc') this.#reports[disk] = diskReport(words!.slice(1))
  }

  report(disk: CheckedDisk): DiskReport | null {
    const report = this.#reports[disk]
    if (disk !== 'disk') return report
    const why = this.#health.ailment?.why ?? null
    // What was read and written right is not dead, whatever another disk is.
    if (why === null || report?.ok) return report
    return { ...(report ?? NONE), ok: false, why }
  }
}

const NONE: DiskReport = { ok: false, device: null, steps: {}, written: null, why: null }

/** The checks that must have been made, and be ok, for the disk to be called ok. */
const CHECKS = ['read', 'write', 'reread']

function diskReport(words: string[]): DiskReport {
  const pairs = words.map(word => word.split('=', 2)).filter(pair => pair.length === 2)
  const { device = 'none', ...steps } = Object.fromEntries(pairs) as Record<string, string>
  const ok = device !== 'none' && CHECKS.every(check => steps[check] === 'ok')
  return { ok, device: device === 'none' ? null : device, steps, written: null, why: null }
}
