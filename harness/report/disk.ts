import type { DiskReport } from '../types.ts'
import type { Line } from './input/line.ts'
import { MarkerReader } from './marker.ts'

/** The words by which the init calls the disks that it checks. */
export type CheckedDisk = 'disk' | 'emmc'

/** Reads the init's verdicts: `dmaspec: <nonce> disk device=sda read=ok write=ok reread=ok`. A disk's last one counts. */
export class DiskReader {
  readonly #marker: MarkerReader
  readonly #reports: Record<CheckedDisk, DiskReport | null> = { disk: null, emmc: null }

  constructor(nonce: string | null) {
    this.#marker = new MarkerReader(nonce)
  }

  line(line: Line): void {
    const words = this.#marker.read(line)?.split(' ', 64)
    const [disk] = words ?? []
    if (disk === 'disk' || disk === 'emmc') this.#reports[disk] = diskReport(words!.slice(1))
  }

  report(disk: CheckedDisk): DiskReport | null {
    return this.#reports[disk]
  }
}

/** The checks that must have been made, and be ok, for the disk to be called ok. */
const CHECKS = ['read', 'write', 'reread']

function diskReport(words: string[]): DiskReport {
  const pairs = words.map(word => word.split('=', 2)).filter(pair => pair.length === 2)
  const { device = 'none', ...steps } = Object.fromEntries(pairs) as Record<string, string>
  const ok = device !== 'none' && CHECKS.every(check => steps[check] === 'ok')
  return { ok, device: device === 'none' ? null : device, steps, written: null }
}
