import { own } from '../text.ts'
import type { Values } from './row.ts'

/** dma-debug keeps five return addresses of each mapping: kernel/dma/debug.c, DMA_DEBUG_STACKTRACE_ENTRIES. */
const FRAMES = 5
const SYMBOL = /[\w.]{1,128}/y

/** Reads the frames below `Mapped at:` into the complaint that they belong to: `dma_map_page_attrs ← ahci_qc_prep`. */
export class MappedAt {
  #values: Values | null = null
  #frames: string[] = []

  /** True while frames are awaited: the line need not be looked at otherwise. */
  get waits(): boolean {
    return this.#values !== null
  }

  begins(complaint: Values): void {
    this.#values = complaint
    this.#frames = []
  }

  line(text: string): void {
    const symbol = symbolOf(text)
    if (symbol === null || this.#values === null) {
      this.#values = null
      return
    }
    this.#frames.push(own(symbol))
    this.#values['mapped at'] = this.#frames.join(' ← ')
    if (this.#frames.length >= FRAMES) this.#values = null
  }
}

/** ` dma_map_page_attrs+0x110/0x180`, ` [<ffff…>] foo+0x1/0x2`, ` foo (file.c:12)`; null if it is no frame. */
function symbolOf(text: string): string | null {
  let at = 0
  while (at < 16 && text.charCodeAt(at) === 0x20) at++
  if (text.startsWith('[<', at)) at = Math.max(at, text.indexOf('>] ', at) + 3)
  SYMBOL.lastIndex = at
  const symbol = SYMBOL.exec(text)?.[0]
  if (symbol === undefined) return null
  const end = at + symbol.length
  return text.startsWith('+0x', end) || text.startsWith(' (', end) ? symbol : null
}
