import { hex } from '../json.ts'
import type { Frame, SymbolRef } from '../report.ts'

// lib/vsprintf.c, symbol_string(): `%pS` is name+0xoffset/0xsize, then the module in brackets. Names have dots
// (`kobject_del.part.0`), dollars and, from Rust, colons; no spaces and no plus. 511 is KSYM_NAME_LEN since 6.1.
const SYMBOL = /([^\s+]{1,511})\+0x([0-9a-f]{1,16})\/0x([0-9a-f]{1,16})/iy

/** `ipmmu_domain_free+0x1c/0xa0 [module]` at the start of the text; null if it is an address or something else. */
export function parseSymbol(text: string): SymbolRef | null {
  SYMBOL.lastIndex = 0
  const [, symbol, offset, size] = SYMBOL.exec(text) ?? []
  if (symbol === undefined) return null
  return {
    ...{ symbol, offset: BigInt(`0x${offset}`), size: BigInt(`0x${size}`) },
    ...{ module: null, buildId: null, address: null, source: [] },
  }
}

/** A line of a call trace: `foo+0x1/0x2`, `? foo+0x1/0x2`, `[<ffff…>] foo+0x1/0x2` (before 4.11). */
export function parseFrame(text: string): Frame | null {
  let frame = text.trimStart()
  if (frame.startsWith('[<')) frame = frame.slice(frame.indexOf('>]') + 2).trimStart()
  const inexact = frame.startsWith('? ')
  const symbol = parseSymbol(inexact ? frame.slice(2) : frame)
  return symbol && { ...symbol, inexact, note: null }
}

/** `ipmmu_domain_free+0x1c/0xa0`, as the kernel prints it. */
export function showSymbol({ symbol, offset, size }: SymbolRef): string {
  return `${symbol}+${hex(offset)}/${hex(size)}`
}
