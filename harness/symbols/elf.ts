import { type FileHandle, open } from 'node:fs/promises'
import { InfraError } from '../errors.ts'

/** Of an ELF file, what places in a log are looked up with. */
export interface Elf {
  /** `Linux version 6.1.192 (…) …`, if the file is a vmlinux. */
  banner: string | null
  /** It has line tables: places in the source can be found. */
  hasLines: boolean
  /** By name: every function of that name. */
  symbols: ReadonlyMap<string, readonly ElfSymbol[]>
}

export interface ElfSymbol {
  address: bigint
  /** To the next symbol, as kallsyms counts. */
  size: bigint
  /** By the compiler; without what is there to align the next one. */
  ownSize: bigint
}

interface Section {
  name: string
  type: number
  flags: bigint
  address: bigint
  offset: number
  size: number
  link: number
}

// ELF-64 Object File Format 1.5
const HEADER = 64
const SECTION = 64
const SYMBOL = 24
const [ET_REL, SHT_SYMTAB, SHT_NOBITS] = [1, 2, 8]
const SHF_EXECINSTR = 4n
const [STT_NOTYPE, STT_FUNC] = [0, 2]
const LONGEST_BANNER = 512
/** A kernel's symbol table has 10 MB or so. What says that it is larger than this is no kernel. */
const MOST_BYTES = 1 << 29

/** Reads the symbols of these names, and what else Elf has; an InfraError says why it can't. */
export async function readElf(path: string, names: ReadonlySet<string>): Promise<Elf> {
  let file: FileHandle
  try {
    file = await open(path)
  } catch (error) {
    throw new InfraError(`${path} can't be read: ${(error as Error).message}`, { cause: error })
  }
  try {
    return await parse(file, names)
  } catch (error) {
    if (error instanceof InfraError) throw error
    throw new InfraError(`${path} is no vmlinux or module: ${(error as Error).message}`, { cause: error })
  } finally {
    await file.close()
  }
}

async function parse(file: FileHandle, names: ReadonlySet<string>): Promise<Elf> {
  const header = await bytesAt(file, 0, HEADER)
  // \x7fELF, 64 bits, little-endian: arm64, x86-64, riscv64
  if (header.readUInt32BE(0) !== 0x7f454c46) throw new Error('it is not an ELF file')
  if (header[4] !== 2 || header[5] !== 1) throw new Error('it is not of 64 bits, little-endian')
  const sections = await readSections(file, header)
  const hasLines = sections.some(({ name, size }) => /^\.z?debug_line$/.test(name) && size > 0)
  const table = sections.find(({ type }) => type === SHT_SYMTAB)
  if (!table) throw new Error('it has no symbol table (it was stripped)')
  const relocatable = header.readUInt16LE(16) === ET_REL
  // In a module, each section starts at 0; line tables are looked up in the first one.
  const code = new Set(
    sections.flatMap(({ flags, name }, i) =>
      (flags & SHF_EXECINSTR) !== 0n && (!relocatable || name === '.text') ? [i] : [],
    ),
  )
  const strings = sections[table.link]
  if (!strings) throw new Error('its symbols have no names')
  const { symbols, banner } = readSymbols(
    await bytesAt(file, table.offset, table.size),
    await bytesAt(file, strings.offset, strings.size),
    code,
    names,
  )
  return { banner: banner ? await readBanner(file, sections, banner) : null, hasLines, symbols }
}

async function readSections(file: FileHandle, header: Buffer): Promise<Section[]> {
  const offset = Number(header.readBigUInt64LE(40))
  const [count, namesAt] = [header.readUInt16LE(60), header.readUInt16LE(62)]
  const table = await bytesAt(file, offset, count * SECTION)
  const sections = Array.from({ length: count }, (_, i) => {
    const at = i * SECTION
    return {
      nameAt: table.readUInt32LE(at),
      name: '',
      type: table.readUInt32LE(at + 4),
      flags: table.readBigUInt64LE(at + 8),
      address: table.readBigUInt64LE(at + 16),
      offset: Number(table.readBigUInt64LE(at + 24)),
      size: Number(table.readBigUInt64LE(at + 32)),
      link: table.readUInt32LE(at + 40),
    }
  })
  const strings = sections[namesAt]
  const names = strings ? await bytesAt(file, strings.offset, strings.size) : Buffer.alloc(0)
  return sections.map(section => ({ ...section, name: nameAt(names, section.nameAt) }))
}

interface Named {
  address: bigint
  section: number
}

function readSymbols(table: Buffer, strings: Buffer, code: ReadonlySet<number>, names: ReadonlySet<string>) {
  const addresses: bigint[] = []
  const found: { name: string; address: bigint; ownSize: bigint }[] = []
  let banner: Named | null = null
  for (let at = SYMBOL; at + SYMBOL <= table.length; at += SYMBOL) {
    const type = table.readUInt8(at + 4) & 15
    const section = table.readUInt16LE(at + 6)
    const nameOffset = table.readUInt32LE(at)
    if (!code.has(section)) {
      if (nameAt(strings, nameOffset, 12) === 'linux_banner')
        banner = { address: table.readBigUInt64LE(at + 8), section }
      continue
    }
    // `$x` and `$d` mark code and data for arm64's tools; kallsyms leaves out them and the local labels.
    const first = strings[nameOffset]
    if ((type !== STT_FUNC && type !== STT_NOTYPE) || first === DOLLAR || first === DOT || first === 0)
      continue
    const address = table.readBigUInt64LE(at + 8)
    addresses.push(address)
    const name = kernelName(nameAt(strings, nameOffset))
    if (names.has(name)) found.push({ name, address, ownSize: table.readBigUInt64LE(at + 16) })
  }
  return { symbols: withSizes(found, addresses), banner }
}

const [DOLLAR, DOT] = [0x24, 0x2e]

/** kernel/kallsyms.c, cleanup_symbol_name(): the hashes of clang's LTO are not printed. */
function kernelName(name: string): string {
  const at = name.indexOf('.llvm.')
  return at === -1 ? name : name.slice(0, at)
}

function withSizes(
  found: readonly { name: string; address: bigint; ownSize: bigint }[],
  addresses: readonly bigint[],
): Map<string, ElfSymbol[]> {
  const sorted = BigUint64Array.from(addresses).sort()
  const symbols = new Map<string, ElfSymbol[]>()
  for (const { name, address, ownSize } of found) {
    const next = sorted[firstAbove(sorted, address)]
    const symbol = { address, size: next === undefined ? ownSize : next - address, ownSize }
    symbols.set(name, [...(symbols.get(name) ?? []), symbol])
  }
  return symbols
}

function firstAbove(sorted: BigUint64Array, address: bigint): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0n) <= address) low = middle + 1
    else high = middle
  }
  return low
}

async function readBanner(
  file: FileHandle,
  sections: readonly Section[],
  { address, section }: Named,
): Promise<string | null> {
  const { address: start = 0n, offset = 0, size = 0, type = SHT_NOBITS } = sections[section] ?? {}
  const within = Number(address - start)
  if (type === SHT_NOBITS || within < 0 || within >= size) return null
  const bytes = await bytesAt(file, offset + within, Math.min(LONGEST_BANNER, size - within))
  return nameAt(bytes, 0).trim()
}

function nameAt(strings: Buffer, offset: number, most = 512): string {
  const limit = Math.min(strings.length, offset + most)
  let end = offset
  while (end < limit && strings[end] !== 0) end++
  return strings.toString('latin1', offset, end)
}

async function bytesAt(file: FileHandle, offset: number, size: number): Promise<Buffer> {
  if (size > MOST_BYTES) throw new Error('its tables are larger than those of any kernel')
  const bytes = Buffer.alloc(size)
  const { bytesRead } = await file.read(bytes, 0, size, offset)
  if (bytesRead < size) throw new Error('it is cut off')
  return bytes
}
