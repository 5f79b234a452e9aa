import { whole, type Anchor } from './anchor.ts'
import { BODIES } from './bodies.ts'
import { HEADS } from './heads.ts'

const HEX64 = '(?:0x)?[0-9a-f]{8,16}'
const SYMBOL =
  '[\\w.$]{1,200}\\+0x[0-9a-f]{1,8}\\/0x[0-9a-f]{1,8}(?: \\[[\\w-]{1,56}(?: [0-9a-f]{8,64})?\\])?'

/** `%p` of the first seconds, before there is anything random to hash it with. */
const ADDRESS = `(?:${HEX64}|\\(_{4}ptrval_{4}\\))`

/** arch/arm64 unless another path is named; all versions from 4.4 on unless said otherwise. Crashes' other first lines are in heads.ts. */
export const ANCHORS: readonly Anchor[] = [
  ...HEADS,
  ...BODIES,
  // mm/fault.c, die_kernel_fault(); __do_kernel_fault() to 4.20. arm/mm/fault.c has the same
  whole('Unable to handle kernel ', `Unable to handle kernel [a-zA-Z -]{4,60} at virtual address ${HEX64}`),
  // mm/fault.c, mem_abort_decode() and data_abort_decode(), since 4.16
  { literal: 'Mem abort info:' },
  { literal: 'Data abort info:' },
  whole('ESR = ', 'ESR = 0x[0-9a-f]{8,16}'),
  whole('Exception class = ', 'Exception class = [^,]{2,40}, IL = \\d\\d bits'),
  whole('EC = ', 'EC = 0x[0-9a-f]{2}: [^,]{2,60}, IL = \\d\\d bits'),
  whole('SET = ', 'SET = \\d{1,2}, FnV = \\d'),
  whole('EA = ', 'EA = \\d{1,2}, S1PTW = \\d'),
  whole('FSC = ', 'FSC = 0x[0-9a-f]{2}: (?:level -?\\d [a-z]{4,12} [a-z ]{4,12}fault|[a-z()0-9 -]{4,60})'),
  whole('ISV = ', 'ISV = \\d{1,2}, ISS = 0x[0-9a-f]{8}(?:, ISS2 = 0x[0-9a-f]{8,16})?'),
  whole('CM = ', 'CM = \\d, WnR = \\d(?:, TnD = \\d, TagAccess = \\d)?'),
  whole('GCS = ', 'GCS = \\d{1,3}, Overlay = \\d, DirtyBit = \\d, Xs = \\d{1,3}'),
  // mm/fault.c, show_pte()
  whole(
    '[',
    '\\[[0-9a-f]{8,16}\\] (?:user address but active_mm is swapper|address between user and kernel address ranges)',
  ),
  { literal: '[', form: /\[[0-9a-f]{8,16}\] \*?pgd=/y },
  { literal: 'swapper pgtable: ', form: /swapper pgtable: \d/y },
  { literal: 'user pgtable: ', form: /user pgtable: \d/y },
  // kernel/traps.c, __die()
  { literal: 'Internal error: ', form: /Internal error: [^[]{0,80}\[#\d{1,4}\]/y },
  { literal: 'SError Interrupt on CPU', form: /SError Interrupt on CPU\d{1,4}, code 0x/y },
  { literal: 'Bad mode in ', form: /Bad mode in [^,]{2,30} handler detected/y },
  // lib/bug.c, __report_bug(); kernel/panic.c, __warn(): since 7.0 with the symbol first
  whole('kernel BUG at ', 'kernel BUG at [^\\s!]{1,200}!'),
  whole('------------[ cut here ]', '------------\\[ cut here \\]------------'),
  { literal: 'WARNING: CPU: ', form: /WARNING: CPU: \d{1,4} PID: \d{1,8} at \S{1,200}(?: \S{1,200})?/y },
  {
    literal: 'WARNING: ',
    form: /WARNING: \S{1,200}:\d{1,6} at \S{1,200}(?: \[[\w-]{1,56}\])?, CPU#\d{1,4}: \S{1,40}/y,
  },
  // mm/kasan/report.c, kernel/kcsan/report.c, mm/kfence/report.c
  { literal: 'BUG: K', form: /BUG: K[A-Z]{3,5}: [\w -]{4,60} in \S{1,240}/y },
  whole('Read of size ', `Read of size \\d{1,8} at addr ${ADDRESS} by task \\S{1,40}/\\d{1,8}`),
  whole('Write of size ', `Write of size \\d{1,8} at addr ${ADDRESS} by task \\S{1,40}/\\d{1,8}`),
  // kernel/module/main.c (kernel/module.c), print_modules()
  { literal: 'Modules linked in:' },
  // lib/dump_stack.c, dump_stack_print_info(); UID since 6.12
  { literal: 'CPU: ', form: /CPU: \d{1,4} (?:UID: \d{1,10} )?PID: \d{1,8} Comm: /y },
  whole('Hardware name: ', 'Hardware name: [^()]{1,120}\\((?:DT|Flattened Device Tree)\\)'),
  { literal: 'Hardware name: ' },
  { literal: 'Stopper: ', form: /Stopper: [\w.]{1,80}\+0x/y },
  { literal: 'Workqueue: ', form: /Workqueue: \S{1,40} [\w.$]{1,200}/y },
  { literal: 'Tainted: [', form: /Tainted: \[[A-Z]\]=/y },
  // kernel/process.c, __show_regs(); to 4.15 (`pc : [<…>] lr : [<…>] pstate: …` is one line) and since
  { literal: 'pstate: ', form: /pstate: [0-9a-f]{8,16}(?: \([^)]{4,80}\))?/y },
  whole('PC is at ', `PC is at (?:${SYMBOL}|0x[0-9a-f]{1,16})`),
  whole('LR is at ', `LR is at (?:${SYMBOL}|0x[0-9a-f]{1,16})`),
  whole('pc : ', `pc : \\[<${HEX64}>\\] {1,4}lr : \\[<${HEX64}>\\] {1,4}ps(?:tate|r ?): [0-9a-f]{8,16}`),
  whole('pc : ', `pc : (?:${SYMBOL}|0x[0-9a-f]{1,16})`),
  whole('lr : ', `lr : (?:${SYMBOL}|0x[0-9a-f]{1,16})`),
  whole('sp : ', 'sp : [0-9a-f]{8,16}(?: {1,4}(?:ip|fp) {0,2}: [0-9a-f]{8})*'),
  { literal: 'pmr_save: ', form: /pmr_save: [0-9a-f]{8}/y },
  // up to 4.20 with the stack's limit; `task: … task.stack: …` to 4.15
  whole('Process ', 'Process [^\\s(]{1,30} \\(pid: \\d{1,8}, stack limit = 0x[^)\\s]{1,20}\\){1,2}'),
  whole('task: ', 'task: [0-9a-f]{16} (?:task\\.stack|ti): [0-9a-f]{16}(?: task\\.ti: [0-9a-f]{16})?'),
  // kernel/stacktrace.c, dump_backtrace(); x86 writes Trace. kernel/traps.c, dump_mem() to 4.14
  whole('Call trace:', 'Call trace:'),
  whole('Call Trace:', 'Call Trace:'),
  whole('Exception stack(', `Exception stack\\(${HEX64} to ${HEX64}\\)`),
  // kernel/traps.c, dump_kernel_instr()
  whole('Code: ', 'Code: (?:[0-9a-f]{8} |\\?{8} ){1,4}(?:\\([0-9a-f]{8}\\)|\\(\\?{8}\\))'),
  { literal: 'Code: ', form: /Code: (?:(?:[0-9a-f]{2}|<[0-9a-f]{2}>) ){8}/y },
  // kernel/panic.c, print_oops_end_marker(), vpanic()
  whole('---[ end trace ', '---\\[ end trace [0-9a-f]{16} \\]---'),
  whole('---[ end Kernel panic', '---\\[ end Kernel panic - not syncing[^\\]]{0,200}\\]---'),
  { literal: 'Kernel panic - not syncing: ' },
  // kernel/smp.c (arch/arm64/kernel/smp.c), kernel/setup.c, what a panic prints last
  { literal: 'SMP: stopping secondary CPUs' },
  whole('Kernel Offset: ', 'Kernel Offset: (?:disabled|0x[0-9a-f]{1,16} from 0x[0-9a-f]{1,16})'),
  whole('CPU features: ', 'CPU features: 0x[0-9a-f]{1,16}(?:,[0-9a-f]{1,16}){0,3}'),
  // drivers/iommu/iommu.c to 5.2; io-pgtable-arm.c, as the report's author had it print; lib: kernel/dma/debug.c
  { literal: 'iommu: ', form: /iommu: (?:Failed to add|Adding|Removing) device \S{1,64}/y },
  whole('arm-lpae io-pgtable: ', `arm-lpae io-pgtable: (?:pages|dma|virt_to_phys\\(pages\\)) = ${HEX64}`),
  { literal: 'DMA-API: ', form: /DMA-API: \S{1,40} \S{1,64}: /y },
  // What people write of a device's masks, in the C of include/linux/device.h
  whole('*dev->dma_mask = ', '\\*dev->dma_mask = 0x[0-9a-f]{1,16}(?: \\(\\d\\d-bit\\))?'),
  whole('dev->bus_dma_mask = ', 'dev->bus_dma_mask = 0x[0-9a-f]{1,16}(?: \\(\\d\\d-bit\\))?'),
]

const BY_FIRST: readonly Anchor[][] = Array.from({ length: 128 }, (_, code) =>
  ANCHORS.filter(({ literal }) => literal.charCodeAt(0) === code),
)
const NO_ANCHORS: readonly Anchor[] = []

/** Where the known start of the message at `at` ends, and whether the message ends there; null if none starts here. */
export function anchorAt(text: string, at: number): { end: number; whole: boolean } | null {
  for (const { literal, form, whole } of BY_FIRST[text.charCodeAt(at)] ?? NO_ANCHORS) {
    if (!text.startsWith(literal, at)) continue
    if (!form) return { end: at + literal.length, whole: false }
    form.lastIndex = at
    if (form.test(text)) return { end: form.lastIndex, whole: whole ?? false }
  }
  return null
}

// kernel/stacktrace.c, dump_backtrace_entry(): ` %pS`, with ` (P)` and so on since 6.14; `[<%p>] %pS` to 4.14. arm/kernel/
// traps.c, dump_backtrace_entry(): `a from b+0x1/0x2`. scripts/decode_stacktrace.sh: `a (b/c.c:1 b/d.h:2) module`
const FRAMES = [
  new RegExp(
    `(?:\\[<${HEX64}>\\] )?(?:\\? )?(?:[\\w.$]{1,200} (?:\\[[\\w-]{1,56}\\] )?from )?${SYMBOL}(?: \\([A-Z]{1,4}\\))?`,
    'y',
  ),
  /(?:\? )?[\w.$]{2,200} \((?:[\w./+-]{1,200}:\d{1,6}(?: \(discriminator \d{1,6}\))?(?: |(?=\)))){1,32}\)(?: \([A-Z]{1,4}\))?(?: [a-z][\w-]{1,56}(?= |$)(?! \())?/y,
]

/** Where the frame of a call trace that starts at `at` ends; -1 if none does. */
export function frameAt(text: string, at: number): number {
  for (const frame of FRAMES) {
    frame.lastIndex = at
    if (frame.test(text)) return frame.lastIndex
  }
  return -1
}

// kernel/process.c, __show_regs(): two registers a line, three since 5.11
const REGISTER = /x\d{1,2} {0,2}: [0-9a-f]{16}(?= |$)/y
/** Where the registers that start at `at` end: each one's end; empty if none starts here. */
export function registersAt(text: string, at: number): number[] {
  const ends: number[] = []
  if (text.charCodeAt(at) !== 0x78) return ends
  for (let from = at; ends.length < 32; from = (ends.at(-1) ?? 0) + 1) {
    REGISTER.lastIndex = from
    if (!REGISTER.test(text)) break
    ends.push(REGISTER.lastIndex)
  }
  return ends
}

// drivers/base/core.c, dev_printk(): `driver device: `, where the device is one of the device tree's (`ee300000.sata`), PCI's,
// or numbered by the kernel (`arm-smmu.1.auto`). No sentence has such a word.
const DEVICE =
  /[\w-]{2,40} (?:[0-9a-f]{6,12}\.[a-z][\w-]{0,30}|[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.\d|[\w-]{2,30}\.\d{1,3}\.auto)(?: [\w-]{2,40})?: /y

/** Where the `driver device: ` that starts at `at` ends; -1 if none does. */
export function deviceAt(text: string, at: number): number {
  DEVICE.lastIndex = at
  return DEVICE.test(text) ? DEVICE.lastIndex : -1
}

/** What follows the name of a task in messages that start with it. */
export const AFTER_A_NAME = [' invoked oom-killer: gfp_mask=', ': page allocation failure: order:']
// mm/oom_kill.c, dump_header(); mm/page_alloc.c, warn_alloc()
const NAMED = /[^\s:]{1,24}(?: invoked oom-killer: gfp_mask=|: page allocation failure: order:)/y

/** Where such a message's known start ends; -1 if none starts at `at`. */
export function namedAt(text: string, at: number): number {
  NAMED.lastIndex = at
  return NAMED.test(text) ? NAMED.lastIndex : -1
}
