import type { ConsoleLine } from '../types.ts'

/** A boot shorter than this needs no explanation. */
const FIRST_MS = 2000
const TERMINAL_MS = 200
const PLAIN_MS = 10_000

export interface BootProgress {
  line(line: ConsoleLine): void
  stop(): void
}

/** Says that a boot goes on: on a terminal one line that changes, elsewhere a line now and then. */
export function bootProgress(out: NodeJS.WriteStream): BootProgress {
  const started = Date.now()
  let last = 'nothing printed yet'
  let timer = setTimeout(show, FIRST_MS)

  function show() {
    const seconds = Math.round((Date.now() - started) / 1000)
    const text = `booting, ${seconds} s: ${last}`
    if (out.isTTY) out.write(`\r\x1b[K${text.slice(0, (out.columns || 80) - 1)}`)
    else out.write(`${text.slice(0, 200)}\n`)
    timer = setTimeout(show, out.isTTY ? TERMINAL_MS : PLAIN_MS)
  }

  return {
    line: ({ text }) => (last = text),
    stop() {
      clearTimeout(timer)
      if (out.isTTY && Date.now() - started >= FIRST_MS) out.write('\r\x1b[K')
    },
  }
}
