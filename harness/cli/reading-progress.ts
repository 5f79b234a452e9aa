import { formatBytes } from '../text.ts'

const FIRST_MS = 2000
const EACH_MS = 200

/** Says on a terminal how far reading a large log is; elsewhere nothing. */
export function readingProgress(out: NodeJS.WriteStream, now: () => number = Date.now) {
  let next = now() + FIRST_MS
  let shown = false
  return {
    at(bytes: number, of: number | null): void {
      if (!out.isTTY || now() < next) return
      next = now() + EACH_MS
      shown = true
      const share = of ? ` of ${formatBytes(of)}, ${Math.floor((bytes / of) * 100)} %` : ''
      out.write(`\r\x1b[Kreading: ${formatBytes(bytes)}${share}`)
    },
    stop(): void {
      if (shown) out.write('\r\x1b[K')
    },
  }
}
