import type { OopsKind } from '../report/report.ts'

/** What one ought to know of a family of crashes. */
export interface Family {
  /** `a NULL pointer dereference`. */
  noun: string
  /** What the kernel says by it. */
  means: string
  /** Where to look, and which kernel option or parameter makes the kernel say more. */
  look: string[]
}

// What is said here is so of every crash of the kind; what is so of one only is said of its facts (readings/).
export const FAMILIES: Readonly<Record<OopsKind, Family>> = {
  'null-deref': {
    noun: 'a NULL pointer dereference',
    means: "The kernel used a pointer that was NULL, or NULL plus the offset of a structure's member.",
    look: [
      'Which pointer is it? The faulting instruction names its base register; `pahole` or `gdb vmlinux -ex "ptype /o struct …"` names the member at that offset.',
      'Then look for who should have set it: an error path, a probe that failed half-way, a remove that ran first.',
    ],
  },
  'paging-fault': {
    noun: 'an access to an address that is not mapped that way',
    means:
      'The kernel used a pointer that leads nowhere, or to memory that must not be read, written or executed so.',
    look: [
      'Is the address a poison value, an error code, or text? Then memory was freed, not checked, or overwritten.',
      'CONFIG_KASAN=y, or slub_debug=FZPU on the command line, says who freed it or wrote past its end.',
    ],
  },
  alignment: {
    noun: 'an alignment fault',
    means:
      "The address is not a multiple of the access's size where the CPU demands it: Device memory, exclusives, atomics.",
    look: [
      'Memory from ioremap() is Device memory: memcpy() and structure copies on it fault; use memcpy_fromio(), memcpy_toio(), readl().',
      'For exclusives and atomics, look for a packed structure or a cast pointer.',
    ],
  },
  'external-abort': {
    noun: 'a synchronous external abort',
    means: 'The access went out to the bus, and the bus answered with an error.',
    look: [
      "Is the device's clock on, its power domain up, its reset released (pm_runtime_get_sync())? Is the address in a `reg` of the device tree?",
      'clk_ignore_unused and pd_ignore_unused on the command line tell whether a clock or power domain was missing.',
    ],
  },
  serror: {
    noun: 'an SError interrupt',
    means:
      'Something outside the CPU reported an error for an earlier access: a posted write, a PCIe transaction, an ECC error. The pc is where the CPU was then, not who did it.',
    look: [
      'Look at what touched hardware just before: PCIe config space, a device whose clock or power domain was off, a wrong address in the device tree.',
      'Reading the register back after each suspected write makes the error synchronous, and the pc right. With RAS, EDAC drivers and GHES name the unit.',
    ],
  },
  'internal-error': {
    noun: 'an internal error',
    means: 'The CPU took an exception that the kernel has no use for in kernel mode.',
    look: ["The text after `Internal error:` is the exception's name; ESR says which one exactly."],
  },
  bug: {
    noun: 'a BUG',
    means: "The kernel's own check failed: it found what must not be.",
    look: [
      'Read the condition at the file and line that it names; CONFIG_DEBUG_BUGVERBOSE=y has it print them.',
    ],
  },
  warning: {
    noun: 'a WARN',
    means: "The kernel's own check failed, and the code went on.",
    look: [
      'Read the condition at the file and line that it names.',
      'panic_on_warn=1 stops the kernel there, before consequences hide the cause.',
    ],
  },
  panic: {
    noun: 'a panic',
    means: 'The kernel gave up.',
    look: [
      'The reason is what follows `not syncing:`. Without an oops before it, the lines just above it are the story.',
    ],
  },
  kasan: {
    noun: 'a memory bug that KASAN caught',
    means:
      'An access hit memory that was freed, or is outside of its object, and KASAN caught it in the act.',
    look: [
      "The stack is who did it; 'Allocated by' and 'Freed by' are whose memory it was.",
      'kasan_multi_shot on the command line reports more than the first one.',
    ],
  },
  kfence: {
    noun: 'a memory bug that KFENCE caught',
    means: "An access hit a guard page of KFENCE's, or an object that was freed.",
    look: [
      'KFENCE samples: kfence.sample_interval=1 on the command line finds more.',
      'CONFIG_KASAN=y finds every one of this kind, at a price.',
    ],
  },
  kcsan: {
    noun: 'a data race that KCSAN saw',
    means: 'Two CPUs accessed the same memory at once, one of them writing, without marks or a common lock.',
    look: ['Look which lock guards the variable; READ_ONCE() and WRITE_ONCE() if the race is meant.'],
  },
  ubsan: {
    noun: 'undefined behaviour that UBSAN saw',
    means:
      'The C language says nothing of what this expression does: an index out of its array, an overflow, a bad shift.',
    look: ['Read the expression at the file and line that it names: which value is it, and who bounds it?'],
  },
  lockdep: {
    noun: 'a locking rule that lockdep saw broken',
    means: 'No deadlock yet: lockdep saw locks taken in a way that allows one.',
    look: [
      "Read 'the existing dependency chain' against the stack: the order of locks of both is what must agree.",
      'Only the first is reported until the next boot: lockdep switches itself off.',
    ],
  },
  'atomic-sleep': {
    noun: 'a sleep where none is allowed',
    means:
      'Code that may sleep was called with a spinlock held, interrupts or preemption off, or in an interrupt.',
    look: [
      'Look up the stack for the spinlock, or for the callback that is called from an interrupt; an allocation there wants GFP_ATOMIC.',
      'CONFIG_DEBUG_ATOMIC_SLEEP=y and CONFIG_PREEMPT_COUNT=y say who switched preemption off.',
    ],
  },
  'soft-lockup': {
    noun: 'a soft lockup',
    means: 'A CPU ran in the kernel for 20 seconds or more without letting anything else run.',
    look: [
      'The pc is a sample of the loop: a device that never becomes ready, a lock whose holder is elsewhere.',
      'softlockup_all_cpu_backtrace=1 shows what the others did; softlockup_panic=1 stops it there.',
    ],
  },
  'hard-lockup': {
    noun: 'a hard lockup',
    means:
      'A CPU did not even take its timer interrupt for ten seconds or so: it ran, or hung, with interrupts off.',
    look: [
      'Look for a spinlock held with interrupts off, or an access to a device that never answers.',
      'hardlockup_all_cpu_backtrace=1 shows what the others did.',
    ],
  },
  'rcu-stall': {
    noun: 'an RCU stall',
    means:
      'A CPU or task kept an RCU grace period from ending: it never left a read-side section, or never ran the scheduler.',
    look: [
      "Look at the stack of the CPU or task that is named, not of the one that says so. If RCU's own kthread starved, look at what kept it from running.",
      'A guest or an emulator that was not scheduled looks the same. rcupdate.rcu_cpu_stall_timeout= changes how long it waits.',
    ],
  },
  'hung-task': {
    noun: 'a hung task',
    means: 'A task has been in uninterruptible sleep for longer than hung_task_timeout_secs.',
    look: [
      'It waits for a lock or for I/O: find who holds the lock, or which device never answered, above in the log.',
      '`echo w > /proc/sysrq-trigger` shows all that wait; CONFIG_DETECT_HUNG_TASK_BLOCKER=y (6.16) names the holder; with lockdep, so does the list of held locks.',
    ],
  },
  'workqueue-stall': {
    noun: 'a workqueue stall',
    means: 'A pool of workers made no progress: its work items run too long, or nothing wakes it.',
    look: [
      "The busy workers in 'Showing busy workqueues' and their stacks are what holds it up.",
      'workqueue.watchdog_thresh= changes how long it waits; WQ_CPU_INTENSIVE or WQ_UNBOUND are for long work.',
    ],
  },
  corruption: {
    noun: 'corrupted memory',
    means:
      "A structure of the kernel's holds what nobody can have put there on purpose: who is named here only found it.",
    look: [
      'The culprit ran earlier: CONFIG_KASAN=y, slub_debug=FZPU or CONFIG_DEBUG_LIST=y catch it nearer to the act.',
      'A device that writes where it should not looks the same: see what is said of DMA and IOMMU above.',
    ],
  },
  oom: {
    noun: 'out of memory',
    means: 'No memory could be freed for an allocation, and the kernel killed a process for it.',
    look: [
      "Read the zones' free pages against their min, and the largest RSS, or slab_unreclaimable, in the table.",
    ],
  },
  'undefined-instruction': {
    noun: 'an undefined instruction',
    means: 'The CPU was made to execute what is no instruction to it.',
    look: [
      'If the word of Code: in brackets is no code, a function pointer was wrong, or code was overwritten.',
      'If it is code, the CPU lacks that extension, or is denied it at this exception level.',
    ],
  },
  bti: {
    noun: "a branch that the CPU's control-flow checks refused",
    means:
      'An indirect branch led to a place that is none to branch to, or a signed pointer failed its check.',
    look: [
      'A function pointer or a return address was overwritten, or assembly lacks its BTI or PAC instruction.',
    ],
  },
  'stack-overflow': {
    noun: 'a kernel stack overflow',
    means:
      "The stack pointer left the task's stack (CONFIG_VMAP_STACK=y): recursion, or large variables on it.",
    look: [
      'Look for a repeating pattern in the call trace; CONFIG_FRAME_WARN= finds large frames when building.',
    ],
  },
  reboot: {
    noun: 'an unexpected reboot',
    means: 'The machine started again, and the log does not say why.',
    look: [
      'A watchdog, a reset line, a power failure, or a crash in firmware print nothing: look at the reset cause that firmware reports, and at pstore or ramoops.',
    ],
  },
  other: {
    noun: 'a crash',
    means: 'The kernel says that something is wrong.',
    look: ['Read the lines around it.'],
  },
}
