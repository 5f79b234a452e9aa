import { existsSync } from 'node:fs'
import { InfraError } from '../errors.ts'
import type { Frame, KernelReport, Oops, SourcePlace, SymbolRef } from '../report/report.ts'
import { type Elf, type ElfSymbol, readElf } from './elf.ts'
import { asPlaces, findPlaces, NO_TOOL } from './symbolizer.ts'

export interface SymbolFiles {
  vmlinux: string
  /** By the module's name, as the kernel prints it: `powervr`. */
  modules?: Readonly<Record<string, string>> | undefined
}

/** A report with places in the source, and what could not be found or does not fit. */
export interface Symbolized {
  report: KernelReport
  warnings: string[]
  /** Where the tree was when it was built, with a slash at its end; null if no place was found. */
  tree: string | null
}

/** A place in the log that is looked up. */
interface Wanted {
  ref: SymbolRef
  /** It is where a call returns to: the call itself is before that. */
  returns: boolean
}

/**
 * Finds file and line of pc, lr and every frame of a report's crashes. What the file does not have, or has in another
 * size, gets none: a wrong place is worse than none. Throws an InfraError if a file can't be read.
 */
export async function symbolize(
  report: KernelReport,
  { vmlinux, modules = {} }: SymbolFiles,
): Promise<Symbolized> {
  const wanted = report.oopses.flatMap(wantedOf).filter(({ ref }) => ref.offset !== null)
  const places = new Map<SymbolRef, SourcePlace[]>()
  const warnings: string[] = []
  let tree: string | null = null
  for (const file of [null, ...Object.keys(modules)]) {
    const path = file === null ? vmlinux : (modules[file] ?? '')
    const own = wanted.filter(({ ref }) => ref.module === file)
    if (file !== null && own.length === 0) continue
    const names = new Set([...own.map(({ ref }) => ref.symbol), ROOT])
    const elf = await readElf(path, names)
    if (file === null) warnings.push(...notOf(elf, report, path))
    if (own.length === 0) continue
    if (!elf.hasLines) {
      warnings.push(
        `${path} has no line tables: build it with CONFIG_DEBUG_INFO=y (since 5.18, CONFIG_DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT=y)`,
      )
      continue
    }
    const base = await lookUp(path, elf, own, tree ?? '', places)
    if (base.missing) warnings.push(base.missing)
    tree ??= base.tree
  }
  return { report: withPlaces(report, places), warnings, tree }
}

/** In every kernel, and of a file that is known: what is before init/main.c is where the tree was. */
const ROOT = 'start_kernel'
const ROOT_FILE = 'init/main.c'

async function lookUp(
  path: string,
  elf: Elf,
  wanted: readonly Wanted[],
  known: string,
  places: Map<SymbolRef, SourcePlace[]>,
): Promise<{ tree: string | null; missing: string | null }> {
  const found = wanted.map(({ ref }) => symbolOf(elf, ref))
  const addresses = wanted.map(({ ref, returns }, i) => {
    const start = found[i]?.address
    return start === undefined ? null : start + (ref.offset ?? 0n) - (returns && ref.offset !== 0n ? 4n : 0n)
  })
  const root = elf.symbols.get(ROOT)?.[0]?.address
  const asked = [...new Set([...addresses, root ?? null].filter(address => address !== null))]
  const answers = await findPlaces(path, asked)
  if (!answers) return { tree: null, missing: NO_TOOL }
  const answer = new Map(asked.map((address, i) => [address, answers[i] ?? []]))
  const main = root === undefined ? undefined : answer.get(root)?.at(-1)?.file
  const tree = main?.endsWith(`/${ROOT_FILE}`) ? main.slice(0, -ROOT_FILE.length) : known
  for (const [i, { ref }] of wanted.entries()) {
    const address = addresses[i]
    const at = address === null || address === undefined ? [] : (answer.get(address) ?? [])
    if (at.length > 0) places.set(ref, asPlaces(at, tree))
  }
  const unknown = new Set(wanted.filter((_, i) => !found[i]).map(({ ref }) => ref.symbol))
  const [first] = unknown
  const missing =
    first === undefined
      ? null
      : `${path} does not have ${unknown.size === 1 ? first : `${unknown.size} of the log's symbols (${first}, …)`}, or has another size of it: no place is given`
  return { tree: tree === '' ? null : tree, missing }
}

/** The symbol that the log means: static functions of one name are told apart by their sizes. */
function symbolOf({ symbols }: Elf, { symbol, size, offset }: SymbolRef): ElfSymbol | undefined {
  const named = symbols.get(symbol) ?? []
  if (size === null) return named.length === 1 ? named[0] : undefined
  const fits = (is: (symbol: ElfSymbol) => boolean) => {
    const some = named.filter(is)
    return some.length === 1 ? some[0] : undefined
  }
  // kallsyms knows fewer symbols than the file, or more of them: what aligns the next one may count, or not.
  return (
    fits(candidate => candidate.size === size) ??
    fits(candidate => candidate.ownSize <= size && size - candidate.ownSize < 64n && (offset ?? 0n) <= size)
  )
}

function wantedOf({ pc, lr, callTrace, otherStacks }: Oops): Wanted[] {
  const stacks = [callTrace, ...otherStacks.map(({ frames }) => frames)]
  return [
    ...(pc ? [{ ref: pc, returns: false }] : []),
    ...(lr ? [{ ref: lr, returns: true }] : []),
    ...stacks.flatMap(frames => frames.map((ref, i) => ({ ref, returns: !isExact(ref, frames[i - 1], pc) }))),
  ]
}

/** A frame that is where the CPU was, not where it will return to: the pc, and what an exception interrupted. */
function isExact(frame: Frame, inner: Frame | undefined, pc: SymbolRef | null): boolean {
  if (frame.note?.includes('P') === true) return true
  if (inner === undefined) return frame.symbol === pc?.symbol && frame.offset === pc.offset
  return /^el[01]/.test(inner.symbol)
}

/** What says that this vmlinux is not the log's. */
function notOf({ banner }: Elf, report: KernelReport, path: string): string[] {
  const version = banner?.split(' ')[2]
  if (banner === null || version === undefined) return [`${path} does not say of which kernel it is`]
  const build = / (#\d+) /.exec(banner)?.[1]
  const logged = [...report.boots.map(({ kernel }) => kernel), ...report.oopses.map(({ kernel }) => kernel)]
  for (const kernel of logged) {
    const [name, number] = kernel?.split(' ') ?? []
    if (name === undefined) continue
    const other =
      name !== version || (number?.startsWith('#') === true && build !== undefined && number !== build)
    if (other)
      return [`${path} is linux ${version} ${build ?? ''}, the log is of ${kernel}: places may be wrong`]
  }
  return []
}

function withPlaces(report: KernelReport, places: ReadonlyMap<SymbolRef, SourcePlace[]>): KernelReport {
  const placed = <T extends SymbolRef>(ref: T): T => {
    const source = places.get(ref)
    return source ? { ...ref, source } : ref
  }
  const oopses = report.oopses.map(oops => ({
    ...oops,
    pc: oops.pc && placed(oops.pc),
    lr: oops.lr && placed(oops.lr),
    callTrace: oops.callTrace.map(placed),
    otherStacks: oops.otherStacks.map(stack => ({ ...stack, frames: stack.frames.map(placed) })),
  }))
  return { ...report, oopses }
}

/**
 * The report of a kernel of ours with places, if it has a crash and its vmlinux is there and has line tables. Nobody
 * asked for them, so that they can't be had is no error.
 */
export async function symbolizeOurs(report: KernelReport, vmlinux: string): Promise<KernelReport> {
  if (report.oopses.length === 0 || !existsSync(vmlinux)) return report
  try {
    return (await symbolize(report, { vmlinux })).report
  } catch (error) {
    if (error instanceof InfraError) return report
    throw error
  }
}
