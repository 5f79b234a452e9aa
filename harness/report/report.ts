/**
 * What the parser finds in a console: the nouns of `dmaspec/report`.
 *
 * Units: addresses are bigint, sizes in bytes, times in seconds. In JSON (report/json.ts) every bigint is a "0x…" string.
 * Line numbers count the lines of the file, from 1. What the log does not say is null, never a guess.
 */

/** Families of crashes; docs/report.md says which messages are of which. */
export const OOPS_KINDS = [
  'null-deref',
  'paging-fault',
  'alignment',
  'external-abort',
  'serror',
  'internal-error',
  'bug',
  'warning',
  'panic',
  'kasan',
  'kfence',
  'kcsan',
  'ubsan',
  'lockdep',
  'atomic-sleep',
  'soft-lockup',
  'hard-lockup',
  'rcu-stall',
  'hung-task',
  'workqueue-stall',
  'corruption',
  'oom',
  'undefined-instruction',
  'bti',
  'stack-overflow',
  'reboot',
  'other',
] as const
export type OopsKind = (typeof OOPS_KINDS)[number]

/** Whose console: told by the crash's own lines. */
export type Arch = 'arm64' | 'arm' | 'x86' | 'riscv' | 'powerpc' | 'other'

/** A place in the source, by decode_stacktrace or a symbolizer: `drivers/iommu/ipmmu-vmsa.c:412`. */
export interface SourcePlace {
  file: string
  /** From 1; 0 if the compiler knew none. */
  line: number
  /** The function, if it is another one than the symbol's: an inlined one. */
  inlined?: string
}

/** pc, lr and frames: `ipmmu_domain_free+0x1c/0xa0 [module]`. */
export interface SymbolRef {
  symbol: string
  /** Null where decode_stacktrace replaced them by file and line. */
  offset: bigint | null
  size: bigint | null
  /** `powervr` of `[powervr]` or `[powervr 4f3a…]`; null in vmlinux. */
  module: string | null
  /** Of the module, if the kernel prints it (CONFIG_STACKTRACE_BUILD_ID): hex digits. */
  buildId: string | null
  /** `[<ffff0000084d6324>]`, before 4.11 or so. */
  address: bigint | null
  /** Innermost first, the inlined callers after it; empty if not known. */
  source: SourcePlace[]
}

/** A line of a call trace. */
export interface Frame extends SymbolRef {
  /** `? foo+0x1/0x2`: found on the stack, perhaps no caller. */
  inexact: boolean
  /** arm64's notes in round brackets since 6.14: `P` is the pc, `C` a caller of the trace itself, and so on; null if none. */
  note: string | null
}

/** Another stack in a crash's lines than its own: who allocated and freed, what another CPU did, where a lock was taken. */
export interface OtherStack {
  /** The line above it, as printed: `Allocated by task 2120:`, `NMI backtrace for cpu 3`. */
  title: string
  cpu: number | null
  pid: number | null
  frames: Frame[]
}

/** Exception syndrome register, decoded (Arm ARM D24.2.40; arch/arm64/include/asm/esr.h). */
export interface Esr {
  value: bigint
  /** Exception class, bits 31:26. */
  ec: number
  /** `DABT (current EL)`, as arch/arm64/kernel/traps.c, esr_class_str has it. */
  ecName: string
  /** Bit 25: the instruction was 32 bits long. */
  il: boolean
  iss: bigint
  /** Fault status code, bits 5:0; null if the class has none. */
  fsc: number | null
  /** `level 0 translation fault`, as arch/arm64/mm/fault.c, fault_info has it. */
  fscName: string | null
  /** True for a write; null if the class has no WnR. */
  write: boolean | null
  /** In words: `data abort in the kernel, reading: level 0 translation fault`. */
  words: string
}

/** An arm64 instruction, decoded. */
export interface Instruction {
  word: number
  /** `ldr x0, [x1, #56]`; `.inst 0x…` if the table doesn't have it. */
  text: string
  /** What it does to memory: base register, index register, displacement in bytes, size in bytes. */
  memory: {
    access: 'load' | 'store' | 'prefetch' | 'atomic'
    base: string
    index: string | null
    displacement: bigint
    size: number | null
  } | null
  /** What it is there for, if that is known: `BUG()` of `brk #0x800`. */
  meaning: string | null
}

/** The `Code:` line. */
export interface Code {
  /** As printed, without `Code: `: `aa0003f3 97ffeb1a d1002274 f85f8261 (f9401c20)`. */
  text: string
  /** arm64 and arm32: instruction words; x86: bytes. Null where the kernel could not read it: `????????`. */
  words: (number | null)[]
  /** Which of the words faulted: the one in brackets. Null if none is marked. */
  at: number | null
  /** The faulting one, decoded; arm64 only. */
  faulting: Instruction | null
}

/** What a taint letter says (kernel/panic.c, taint_flags). */
export interface Taint {
  letter: string
  meaning: string
}

/** One crash, or WARN, as the kernel printed it. */
export interface Oops {
  kind: OopsKind
  /** Symbol-based and stable across builds, fit for grouping: `null-deref in ipmmu_domain_free`. */
  title: string
  /** The kernel's own first line, without what printk puts in front. */
  header: string
  arch: Arch | null
  /** Number of its first line in the log, from 1. */
  line: number
  /** Number of its last line. */
  lastLine: number
  /** Which of the report's boots it is of, from 0. */
  boot: number
  /** printk's time stamp of its first line, in seconds. */
  time: number | null
  /** A task or the kernel died of it: `Internal error:`, panic. */
  fatal: boolean
  /** An earlier crash of this boot came before it: this one may come of that one. */
  consequence: boolean
  /** Its lines are not whole: see `damage`. */
  corrupted: boolean
  /** What is wrong with its lines: `cut off before its call trace`, `lines of another CPU between its own`. */
  damage: string[]
  /** The faulting virtual address. */
  address: bigint | null
  /** What was done to the address, where that is printed. */
  access: 'read' | 'write' | 'execute' | null
  /** Bytes, where that is printed: KASAN, KCSAN, KFENCE. */
  accessSize: number | null
  esr: Esr | null
  pc: SymbolRef | null
  lr: SymbolRef | null
  cpu: number | null
  pid: number | null
  comm: string | null
  /** `Not tainted`, or the letters. */
  tainted: string | null
  taints: Taint[]
  /** Of the CPU line: `4.20.0-rc1-arm64-renesas-dirty #74`. */
  kernel: string | null
  hardware: string | null
  workqueue: string | null
  /** The source line that the kernel names: `kernel/dma/debug.c:1233`. */
  source: SourcePlace | null
  /** What it says of itself: a WARN's message, `refcount_t: underflow; use-after-free.`; null if nothing. */
  message: string | null
  /** The die line, without `Internal error: `: `Oops: 96000004 [#1] PREEMPT SMP`. */
  die: string | null
  /** The reason of the panic that it ended in: `Fatal exception in interrupt`. */
  panic: string | null
  /** By name: x0 to x30, sp, pstate; arm32 and x86 have their own. */
  registers: Record<string, bigint>
  modules: string[]
  callTrace: Frame[]
  otherStacks: OtherStack[]
  code: Code | null
  /** The id in `---[ end trace 4c46c7fd7cd07245 ]---`. */
  endTrace: string | null
  /** True once its end line was seen. */
  ended: boolean
}

/** A crash that the kernel did not print: the log tells that a process did. */
export interface Spoof {
  title: string
  line: number
  /** How one knows: `the line has no time stamp, and the kernel's have`. */
  why: string
}

/** One kernel's life in a log: from its banner, or the log's start, to the next one's. */
export interface BootInLog {
  /** Number of its first line. */
  line: number
  /** `6.1.192` from the banner; null if none was printed. */
  kernel: string | null
  /** The device tree's model, or the DMI name. */
  machine: string | null
}

/** One page-table page as the observation patch prints it (images/kernel/<series>/observe.patch). */
export interface PageTablePage {
  /** The IOMMU's device: `e67b0000.iommu`. */
  device: string
  /** Kernel virtual address of the page. */
  pages: bigint
  /** What dma_map_single() returned. */
  dma: bigint
  /** virt_to_phys(pages). */
  phys: bigint
  size: bigint
  /** dma ≠ phys: the page was bounced through swiotlb. */
  bounced: boolean
  line: number
}

/** All page-table pages in the order printed; a plain array in JSON. */
export type PageTables = PageTablePage[] & {
  /** The page with the highest `phys`; throws if none was printed. */
  readonly highest: PageTablePage
}

/** A zone of the kernel's memory, or a range of it, from the log's own lines. */
export interface MemoryRange {
  /** `DMA`, `DMA32`, `Normal`; the reserved node's name; `RAM`. */
  name: string
  start: bigint
  /** The last byte. */
  end: bigint
  line: number
}

/** The log's own memory map. */
export interface MemoryMap {
  zones: MemoryRange[]
  /** What the kernel calls RAM: early memory nodes. */
  ram: MemoryRange[]
  reserved: MemoryRange[]
}

/** Where an address lies, by the log's own memory map. */
export interface AddressPlace {
  address: bigint
  zone: string | null
  /** Null if the log has no map of RAM. */
  inRam: boolean | null
  /** The reserved range that it lies in. */
  reserved: string | null
}

/** What the kernel said of DMA; `kind` is a row of report/dma/rows/, listed in docs/report-dma.md. */
export interface DmaFact {
  kind: string
  /** True for what went wrong. */
  error: boolean
  /** Who says it: `sata_rcar`, `software IO TLB`, `DMA-API`. */
  driver: string | null
  device: string | null
  /** In the order printed. */
  addresses: bigint[]
  size: bigint | null
  mask: bigint | null
  busLimit: bigint | null
  /** All that the message names, by its own names: `{ start: 0xffffe000n, end: 0xffffefffn, boundary: 0x1ffffffen }`. */
  values: Record<string, bigint | string>
  /** Of those `addresses` that are of memory or of a bus, and not virtual, where the boot's log has a memory map. */
  places: AddressPlace[]
  /** As printed, without driver and device: `software IO TLB: mapped [mem 0x…-0x…] (64MB)`. */
  message: string
  line: number
  boot: number
}

/** What an IOMMU driver or the IOMMU core said, or a DmaFact; `kind` is a row of report/dma/rows/. */
export interface IommuFact {
  kind: string
  /** True for what went wrong. */
  error: boolean
  driver: string | null
  device: string | null
  addresses: bigint[]
  values: Record<string, bigint | string>
  /** As in DmaFact. I/O virtual addresses have no place: only the page tables know it. */
  places: AddressPlace[]
  /** Without what names driver and device: `mapped [mem 0x…-0x…] (64MB)` of the driver `software IO TLB`. */
  message: string
  line: number
  boot: number
}

/** A translation that an IOMMU refused, decoded. */
export interface IommuFault {
  /** The IOMMU, or the device if the message names only that. */
  device: string
  /** The syndrome as the driver prints it: IMSTR, FSR, the event record's first word; null if it prints none. */
  status: bigint | null
  /** Null where the fault has none: a bad stream table entry, a stream that nobody knows. */
  iova: bigint | null
  access: 'read' | 'write' | 'execute' | null
  /** `translation fault`, `permission fault`: decoded from the syndrome. */
  reason: string | null
  /** Context bank, or stream id of the master, where printed. */
  context: number | null
  stream: bigint | null
  line: number
  boot: number
}

/** The verdict of images/initramfs/init on the disk, and what the kernel said if it did not come up. */
export interface DiskReport {
  /** The known data was read right, and what was written was read back right. */
  ok: boolean
  /** The block device: `sda`; null if none appeared. */
  device: string | null
  /** Each step and its result as the init printed it: `read=ok`, `write=ok`, `reread=ok`. */
  steps: Record<string, string>
  /** The host found the written data in the image file; null if it could not be looked at. */
  written: boolean | null
  /**
   * Why it is dead, in libata's words: `ata1.00: qc timeout after 5000 msecs (cmd 0xec), failed to IDENTIFY (…)`; null if
   * it came up, or never was there.
   */
  why: string | null
}

/** What a console says; made by the pure parser in report/. */
export interface KernelReport {
  /** The first boot's. */
  kernel: string | null
  machine: string | null
  /** Every boot that the log has; at least one. */
  boots: BootInLog[]
  /** Of all boots, in the order in which they began. */
  oopses: Oops[]
  /** What looks like a crash, and was printed by a process. */
  spoofs: Spoof[]
  iommu: {
    errors: { device: string | null; message: string; line: number }[]
    /** The groups that devices are in at the end of the log. */
    groups: { device: string; group: number; line: number }[]
    /** `Using IPMMU context 1`. */
    contexts: { device: string; context: number; line: number }[]
    faults: IommuFault[]
    /** All of the above and the rest, and all of `dma`, in order: what led to a crash is told by this list. */
    facts: IommuFact[]
  }
  pageTables: PageTables
  dma: DmaFact[]
  memory: MemoryMap
  /** Null if the init never reported, and the disk did not die before. */
  disk: DiskReport | null
  /** Of the eMMC, if the init was asked about one. */
  emmc?: DiskReport
  /** How many were found beyond those that are kept (limits.ts): a log may have millions. */
  omitted: { oopses: number; facts: number }
}
