import type { DiskReport } from '../types.ts'
import type { Line } from './input/line.ts'
import { MarkerReader } from './marker.ts'

/** Reads the init's verdict: `dmaspec: <nonce> disk device=sda read=ok write=ok reread=ok`. The last one counts. */
export class DiskReader {
  readonly #marker: MarkerReader
  #report: DiskReport | null = null

  constructor(nonce: string | null) {
    this.#marker = new MarkerReader(nonce)
  }

  line(line: Line): void {
    const words = this.#marker.read(line)?.split(' ', 64)
    if (words?.[0] === 'disk') this.#report = diskReport(words.slice(1))
  }

  report(): DiskReport | null {
    return this.#report
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
