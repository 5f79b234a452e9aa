import { placeOf } from './place.ts'

/** A part of a message that differs between two boots that did the same, and what is put in its place. */
export interface Rule {
  /** Why it differs. */
  why: string
  /** Global; every repetition in it is bounded, and no two that follow each other can match the same text. */
  pattern: RegExp
  to: string | ((match: string, ...groups: string[]) => string)
}

/** What stands before a number that is a mask, a status or a register of the board: it says something as it is. */
const MEANT =
  '(mask:? |MMIO |status |ESR = |max_cycles: |limit |physical CPU |secondary processor |base to )?'

/** 16 digits without 0x: %016lx of a small number, or %p. The kernel hashes %p to 32 bits since 4.15. */
const pointer = (digits: string) =>
  BigInt(`0x${digits}`) < 4096n ? `0x${digits.replace(/^0{1,15}/, '')}` : '<pointer>'

/** `0xffffff84c0148000` is the kernel's own, `0x0000000500148000` is where something is in memory. */
const address = (digits: string) =>
  digits.length === 16 && digits.startsWith('ff') ? '<pointer>' : `<${placeOf(BigInt(`0x${digits}`))}>`

export const RULES: readonly Rule[] = [
  {
    why: "a boot's nonce, the hash of its disk, a build id",
    pattern: /\b[0-9a-f]{32,128}\b/g,
    to: '<hash>',
  },
  {
    why: 'lib/vsprintf.c hides a pointer before there is enough randomness to hash it',
    pattern: /\(?_{0,4}ptrval_{0,4}\)/g,
    to: '<pointer>',
  },
  {
    why: 'pointers, as %p and %px print them: by hash, KASLR and chance',
    pattern: /\b([0-9a-f]{16})\b/g,
    to: (_, digits = '0') => pointer(digits),
  },
  {
    why: 'addresses: which page is free is chance; whether a 32-bit mask reaches it is not',
    pattern: new RegExp(`${MEANT}\\b0x([0-9a-f]{6,16})\\b`, 'g'),
    to: (match, meant, digits = '0') => (meant ? match : address(digits)),
  },
  {
    why: 'process and thread numbers: by the order in which things were forked',
    pattern: /\b(pid|PID:?|tgid|task) ?(=|: ?| )(\d{1,10})\b/g,
    to: (_, name = '', between = '') => `${name}${between}<pid>`,
  },
  {
    why: 'the same, as in `init (44): drop_caches: 3`, `udevd[123]: `',
    pattern: /^([A-Za-z][\w/.-]{0,31} ?)[([]\d{1,7}[)\]]:/g,
    to: (_, name = '') => `${name}(<pid>):`,
  },
  {
    why: 'workers are numbered by CPU and by how many there are',
    pattern: /\bkworker\/[\w:+-]{1,40}/g,
    to: 'kworker/<n>',
  },
  {
    why: 'which CPU did it is chance; `CPU1: Booted` and `4 CPUs` are not of these',
    pattern: /\b(CPU: |CPU#|on CPU |on cpu |cpu=)\d{1,4}\b/g,
    to: (_, name = '') => `${name}<n>`,
  },
  {
    why: "an interrupt's Linux number is by the order of probing",
    pattern: /\b(irq|IRQ)( = | |=)\d{1,6}\b/g,
    to: (_, name = '', between = '') => `${name}${between}<n>`,
  },
  {
    why: 'into how many pieces memory falls that a request reads: by which pages were free',
    pattern: /\bphys_seg \d{1,5}\b/g,
    to: 'phys_seg <n>',
  },
  {
    why: 'measured times: of the host and its load',
    pattern: /\b\d{1,20}(?:\.\d{1,9})? ?(?:ns|us|usecs?|ms|msecs?|s|secs?|seconds?|jiffies)\b/g,
    to: '<time>',
  },
  {
    why: 'measured speeds',
    pattern: /\b\d{1,10}\.\d{1,4} BogoMIPS \(lpj=\d{1,12}\)/g,
    to: '<speed> BogoMIPS',
  },
]

/** Lines that are figures of the build and of memory: all numbers in them go. */
export const FIGURES: readonly { start: string; why: string }[] = [
  { start: 'Memory: ', why: "the kernel's own size, and what is free by then" },
  { start: 'Freeing ', why: "the sizes of the kernel's sections and of the initramfs" },
  { start: 'percpu: ', why: "by the kernel's sections" },
  { start: 'pcpu-alloc: ', why: 'the same' },
  { start: 'Built 1 zonelists', why: 'pages that are left of memory' },
]

/** Lines that stay as they are: the board's memory, which is no chance, and decides what DMA can reach. */
export const MEANT_AS_IT_IS: readonly string[] = [
  '  DMA ',
  '  DMA32 ',
  '  Normal ',
  '  node ',
  'Initmem setup node ',
]

/** Whole lines, by how they begin, that say the same whatever follows. */
export const WHOLE: readonly { start: string; to: string; why: string }[] = [
  { start: 'Linux version ', to: 'Linux version <version>', why: 'a diff names both kernels at its top' },
  { start: 'Code: ', to: 'Code: <code>', why: 'the instructions around a crash, by compiler' },
]

/**
 * Lines that are not held against each other: a busy host's, not a kernel's, which come and go from boot to boot; and
 * those that are facts of the report, and compared as such. All texts must be in the line.
 */
export const LEFT_OUT: readonly { has: readonly string[]; why: string }[] = [
  { has: ['hrtimer: interrupt took '], why: 'kernel/time/hrtimer.c: the host was busy' },
  { has: ['perf: interrupt took too long'], why: 'kernel/events/core.c: the same' },
  { has: ['clocksource: timekeeping watchdog'], why: 'kernel/time/clocksource.c: the same' },
  { has: ['workqueue: ', ' hogged CPU for '], why: 'kernel/workqueue.c: the same' },
  { has: ['sched: RT throttling activated'], why: 'kernel/sched/rt.c: the same' },
  { has: ['sched: DL replenish lagged too much'], why: 'kernel/sched/deadline.c: the same' },
  { has: ['sched_clock: Marking stable'], why: 'kernel/sched/clock.c: figures of the host’s clock' },
  { has: ['random: ', 'init done'], why: 'drivers/char/random.c: when there is enough entropy is chance' },
  { has: ['random: ', 'uninitialized urandom read'], why: 'the same' },
  { has: [' callbacks suppressed'], why: 'lib/ratelimit.c: by how fast messages came' },
  {
    has: ['Freeing initrd memory'],
    why: 'init/initramfs.c unpacks it beside everything else: before or after a crash is chance',
  },
  { has: ['---[ cut here ]---'], why: 'kernel/panic.c: opens an oops or a WARN, which is compared as one' },
  { has: ['dmaspec: page table '], why: "the observation patch's: compared by kind" },
  { has: ['dmaspec: ', ' disk device='], why: "the init's verdict: compared step by step" },
]
