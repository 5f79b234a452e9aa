/** What a range of a brk's immediates is for. */
interface Break {
  first: number
  last: number
  meaning(immediate: number): string
}

/** arch/arm64/include/asm/brk-imm.h (asm/debug-monitors.h before 4.10), 4.4 to 7.3, and what compilers emit. */
const BREAKS: readonly Break[] = [
  // kernel/probes/kprobes.c: since 4.8; uprobes.c: 4.10; single step by brk: 5.10; kretprobes_trampoline.S: 6.12
  one(0x004, 'a kprobe'),
  one(0x005, 'a uprobe'),
  one(0x006, 'the single step of a kprobe'),
  one(0x007, 'the return of a kretprobe'),
  // insn-def.h, AARCH64_BREAK_FAULT: all versions; what the BPF JIT puts where nothing may run
  one(0x100, 'a place that must never be reached (AARCH64_BREAK_FAULT)'),
  // kernel/kgdb.c: all versions
  one(0x400, 'a breakpoint of kgdb'),
  one(0x401, "kgdb's compiled-in breakpoint"),
  // asm-bug.h, kernel/traps.c, bug_brk_handler(): all versions
  one(0x800, 'BUG() or WARN()'),
  // kernel/traps.c, kasan_brk_handler(): since 5.0
  { first: 0x900, last: 0x9ff, meaning: kasan },
  // kernel/traps.c, ubsan_brk_handler(): since 6.4 or so
  { first: 0x5500, last: 0x55ff, meaning: ubsan },
  // kernel/traps.c, cfi_brk_handler(): since 6.1
  { first: 0x8000, last: 0x83ff, meaning: cfi },
  // __builtin_trap() of GCC (aarch64.md, trap) and of clang
  one(0x3e8, 'code that GCC holds for unreachable (__builtin_trap)'),
  one(0x001, 'code that clang holds for unreachable (__builtin_trap)'),
]

/** What a `brk #immediate` is there for; null if the kernel has no use for it. */
export function breakMeaning(immediate: number): string | null {
  return BREAKS.find(({ first, last }) => immediate >= first && immediate <= last)?.meaning(immediate) ?? null
}

function one(immediate: number, meaning: string): Break {
  return { first: immediate, last: immediate, meaning: () => meaning }
}

/** KASAN_ESR_WRITE and KASAN_ESR_SIZE_MASK; the address is in x0. */
function kasan(immediate: number): string {
  const size = immediate & 0xf
  const bytes = size === 0 ? '1 byte' : `${2 ** size} bytes`
  return `KASAN (software tags): a bad ${immediate & 0x10 ? 'write' : 'read'} of ${bytes} at x0`
}

/** lib/ubsan.c, report_ubsan_failure(). */
function ubsan(immediate: number): string {
  const check = UBSAN[immediate & 0xff]
  return `UBSAN: ${check ?? `check ${immediate & 0xff}`}`
}

/** CFI_BRK_IMM_TARGET and CFI_BRK_IMM_TYPE. */
function cfi(immediate: number): string {
  return `CFI: a call through x${immediate & 31}, which is of another type than w${(immediate >> 5) & 31} says`
}

/** lib/ubsan.h, enum ubsan_checks: clang's numbers. */
const UBSAN: readonly string[] = [
  'integer addition overflow',
  'unreachable code',
  'CFI check failed',
  'divide/remainder overflow',
  'dynamic type cache miss',
  'float cast overflow',
  'function type mismatch',
  'implicit conversion',
  'invalid builtin',
  'invalid Objective-C cast',
  'loading invalid value',
  'missing return',
  'integer multiplication overflow',
  'negation overflow',
  'null for an argument that may not be null',
  'null returned where it may not be',
  'null for a nonnull argument',
  'null returned from a nonnull function',
  'array index out of bounds',
  'pointer overflow',
  'shift out of bounds',
  'integer subtraction overflow',
  'type mismatch',
  'alignment assumption',
  'negative length of an array',
]
