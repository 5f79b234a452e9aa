import { hex } from '../json.ts'
import type { Frame, SymbolRef } from '../report.ts'
import { readSources } from './source.ts'

// lib/vsprintf.c, symbol_string(): `%pS` is name+0xoffset/0xsize, then the module in brackets. Names have dots
// (`kobject_del.part.0`), dollars and, from Rust, colons; no spaces and no plus. 511 is KSYM_NAME_LEN since 6.1.
const SYMBOL = /([^\s+()[\]<>]{1,511})\+0x([0-9a-f]{1,16})\/0x([0-9a-f]{1,16})/iy
// ` [module]`, ` [module 4f3a…]` with CONFIG_STACKTRACE_BUILD_ID
const MODULE = / ?\[([\w.-]{1,64})(?: ([0-9a-f]{8,64}))?\]/iy
// arch/arm64/kernel/stacktrace.c, dump_backtrace_entry() since 6.13: P is the pc, C a caller, F ftrace, K kretprobe, U unwinder
const NOTE = / {0,2}\(([A-Z]{1,8})\)/y
// `[<ffff0000084d6324>]`, before 4.11; powerpc's `[c000000012345678] [c0000000abcdef01]`
const ADDRESS = /\[<?([0-9a-f]{8,16})>?\] {0,2}/iy
// scripts/decode_stacktrace.sh: `foo (a/b.c:12 (discriminator 4) a/c.h:3) module (P)`
const NAME = /([A-Za-z_][\w.$]{0,510}) \(/y
const BARE_MODULE = / ([a-z_][\w-]{0,63})(?=$| \()/iy

/**
 * A line of a call trace: `foo+0x1/0x2`, `? foo+0x1/0x2 [module]`, `[<ffff…>] foo+0x1/0x2` (before 4.11), `foo+0x1/0x2 (P)`,
 * decoded `foo (a/b.c:12) module`.
 */
export function parseFrame(text: string): Frame | null {
  let at = blanks(text, 0)
  let address: bigint | null = null
  for (let found = match(ADDRESS, text, at); found; found = match(ADDRESS, text, at)) {
    address = BigInt(`0x${found[1]}`)
    at = blanks(text, ADDRESS.lastIndex)
  }
  const inexact = text.startsWith('? ', at)
  if (inexact) at = blanks(text, at + 2)
  if (address !== null && text[at] === '(') at++
  const found = symbolAt(text, at) ?? decodedAt(text, at)
  if (!found) return null
  const note = match(NOTE, text, found.end)?.[1] ?? null
  return { ...found.symbol, address: address ?? found.symbol.address, inexact, note }
}

/** A symbol as parseFrame() reads it, which is no line of a call trace: pc, lr, the place that a header names. */
export function parsePlace(text: string): SymbolRef | null {
  const frame = parseFrame(text)
  if (!frame) return null
  const { symbol, offset, size, module, buildId, address, source } = frame
  return { symbol, offset, size, module, buildId, address, source }
}

/**
 * What a line of a call trace names, callee first. arm32's names two: ` foo from bar+0x1/0x2`,
 * `[<8011218c>] (foo) from [<8010e300>] (bar+0x18/0x1c)`.
 */
export function parseFrames(text: string): { callee: Frame | null; frame: Frame } | null {
  const from = text.indexOf(' from ')
  if (from === -1) {
    const frame = parseFrame(text)
    return frame && { callee: null, frame }
  }
  const frame = parseFrame(text.slice(from + 6))
  const callee = named(text.slice(0, from))
  return frame && callee && { callee, frame }
}

/** `foo`, `foo [module]`, `[<8011218c>] (foo)`: no offset. */
function named(text: string): Frame | null {
  const words = text.trim()
  const address = match(ADDRESS, words, 0)
  const name = (address ? words.slice(ADDRESS.lastIndex) : words).replace(/[()]/g, ' ').trim()
  const [symbol = '', module = ''] = name.split(' ')
  if (!/^[\w.$]{1,511}$/.test(symbol)) return null
  return {
    ...{ symbol, offset: null, size: null, module: module.replace(/[[\]]/g, '') || null, buildId: null },
    ...{ address: address ? BigInt(`0x${address[1]}`) : null, source: [], inexact: false, note: null },
  }
}

/** `ipmmu_domain_free+0x1c/0xa0`, as the kernel prints it; what decode_stacktrace left: `foo (a/b.c:12)`. */
export function showSymbol({ symbol, offset, size, source }: SymbolRef): string {
  if (offset !== null && size !== null) return `${symbol}+${hex(offset)}/${hex(size)}`
  const [place] = source
  return place ? `${symbol} (${place.file}:${place.line})` : symbol
}

/** The name as it is in every build: without the `.constprop.0`, `.part.0`, `.isra.0`, `.cold` of the compiler's copies. */
export function stableName(symbol: string): string {
  const dot = symbol.indexOf('.', 1)
  return dot === -1 ? symbol : symbol.slice(0, dot)
}

interface Found {
  symbol: SymbolRef
  end: number
}

function symbolAt(text: string, at: number): Found | null {
  const [, symbol, offset, size] = match(SYMBOL, text, at) ?? []
  if (symbol === undefined) return null
  let end = SYMBOL.lastIndex
  const [whole, module, buildId] = match(MODULE, text, end) ?? []
  if (whole !== undefined) end = MODULE.lastIndex
  return {
    symbol: {
      ...{ symbol, offset: BigInt(`0x${offset}`), size: BigInt(`0x${size}`) },
      ...{ module: module ?? null, buildId: buildId ?? null, address: null, source: [] },
    },
    end,
  }
}

function decodedAt(text: string, at: number): Found | null {
  const [, symbol] = match(NAME, text, at) ?? []
  if (symbol === undefined) return null
  const sources = readSources(text, NAME.lastIndex)
  if (!sources) return null
  let end = sources.end
  const module = match(MODULE, text, end)?.[1] ?? null
  if (module !== null) end = MODULE.lastIndex
  const bare = module === null ? (match(BARE_MODULE, text, end)?.[1] ?? null) : null
  if (bare !== null) end = BARE_MODULE.lastIndex
  return {
    symbol: {
      ...{ symbol, offset: null, size: null, module: module ?? bare },
      ...{ buildId: null, address: null, source: sources.places },
    },
    end,
  }
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

function blanks(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x09) at++
  return at
}
