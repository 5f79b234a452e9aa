import { AFTER_BRK, type ExpectedCrash, type Provocation } from '../provocation.ts'

const USERCOPY: ExpectedCrash = { kind: 'bug', symbol: 'usercopy_abort', fatal: true }

/** A reference count that goes wrong, and the words of lib/refcount.c, refcount_warn_saturate(). */
function refcount(name: string, type: string, says: string): Provocation {
  return {
    name,
    shows: `a reference count: ${says}`,
    provoke: `lkdtm:${type}`,
    flavour: 'crash',
    says: `refcount_t: ${says}`,
    crashes: [{ kind: 'warning', symbol: 'refcount', fatal: false }],
  }
}

/** BUG, WARN and what is made of them: reference counts, copies from and to user space, strings, arrays. */
export const bugs: readonly Provocation[] = [
  {
    name: 'bug',
    shows: 'BUG()',
    provoke: 'lkdtm:BUG',
    flavour: 'crash',
    says: 'kernel BUG at drivers/misc/lkdtm/bugs.c',
    crashes: [{ kind: 'bug', symbol: 'lkdtm_BUG', fatal: true }],
    more: AFTER_BRK,
  },
  {
    name: 'bug-in-interrupt',
    shows: 'BUG() in an interrupt, which the kernel does not survive',
    provoke: 'lkdtm-point:INT_HW_IRQ_EN:BUG',
    flavour: 'crash',
    says: 'Fatal exception in interrupt',
    crashes: [{ kind: 'bug', symbol: 'lkdtm_BUG', fatal: true }],
    panic: 'Fatal exception in interrupt',
  },
  {
    name: 'warning',
    shows: 'WARN_ON()',
    provoke: 'lkdtm:WARNING',
    flavour: 'crash',
    says: 'lkdtm_WARNING+0x',
    crashes: [{ kind: 'warning', symbol: 'lkdtm_WARNING', fatal: false }],
  },
  {
    name: 'warning-with-message',
    shows: 'WARN() with a message',
    provoke: 'lkdtm:WARNING_MESSAGE',
    flavour: 'crash',
    says: 'Warning message trigger count',
    crashes: [{ kind: 'warning', symbol: 'lkdtm_WARNING_MESSAGE', fatal: false }],
  },
  {
    name: 'warning-then-panic',
    shows: 'WARN_ON() with panic_on_warn',
    provoke: 'lkdtm:WARNING',
    bootargs: 'panic_on_warn=1',
    flavour: 'crash',
    says: 'panic_on_warn set',
    crashes: [{ kind: 'warning', symbol: 'lkdtm_WARNING', fatal: null }],
    more: true,
    panic: 'panic_on_warn set',
  },
  {
    name: 'warning-then-oops',
    shows: 'WARN_ON(), and then an oops of another process: the kernel is tainted',
    provoke: 'lkdtm:WARNING,EXCEPTION',
    flavour: 'crash',
    says: 'Tainted: ',
    crashes: [
      { kind: 'warning', symbol: 'lkdtm_WARNING', fatal: false },
      { kind: 'null-deref', symbol: 'lkdtm_EXCEPTION', fatal: true },
    ],
  },
  {
    name: 'two-warnings-at-once',
    shows:
      "two CPUs that warn ten times at the same time: their lines may stand between each other's, and nothing says whose",
    provoke: 'lkdtm-race:WARNING:WARNING_MESSAGE',
    flavour: 'crash',
    says: 'lkdtm_WARNING',
    crashes: [{ kind: 'warning', symbol: null, fatal: false }],
    more: true,
  },
  refcount('refcount-overflow', 'REFCOUNT_INC_OVERFLOW', 'saturated; leaking memory'),
  refcount('refcount-increment-of-zero', 'REFCOUNT_INC_ZERO', 'addition on 0; use-after-free'),
  refcount('refcount-underflow', 'REFCOUNT_DEC_AND_TEST_NEGATIVE', 'underflow; use-after-free'),
  refcount('refcount-leak', 'REFCOUNT_DEC_ZERO', 'decrement hit 0; leaking memory'),
  {
    name: 'usercopy-of-too-much',
    shows: 'a copy to user space of more than was allocated',
    provoke: 'lkdtm:USERCOPY_SLAB_SIZE_TO',
    provokeIn: { '5.10': 'lkdtm:USERCOPY_HEAP_SIZE_TO' },
    flavour: 'crash',
    says: 'usercopy: Kernel memory exposure attempt detected',
    // Since 6.17 it is off unless asked for.
    bootargs: 'hardened_usercopy=1',
    crashes: [USERCOPY],
    more: AFTER_BRK,
  },
  {
    name: 'usercopy-of-code',
    shows: "a copy to user space of the kernel's code",
    provoke: 'lkdtm:USERCOPY_KERNEL',
    flavour: 'crash',
    says: 'usercopy: Kernel memory exposure attempt detected from kernel text',
    // Since 6.17 it is off unless asked for.
    bootargs: 'hardened_usercopy=1',
    crashes: [USERCOPY],
    more: AFTER_BRK,
  },
  {
    name: 'usercopy-beyond-the-stack',
    shows: 'a copy to user space from beyond the stack',
    provoke: 'lkdtm:USERCOPY_STACK_BEYOND',
    flavour: 'crash',
    says: 'usercopy: Kernel memory',
    // Since 6.17 it is off unless asked for.
    bootargs: 'hardened_usercopy=1',
    crashes: [USERCOPY],
    more: AFTER_BRK,
  },
  {
    name: 'fortified-string',
    shows: 'a string that is copied to where it does not fit',
    provoke: 'lkdtm:FORTIFY_STRSCPY',
    flavour: 'crash',
    says: 'detected buffer overflow',
    crashes: [{ kind: 'bug', symbol: null, fatal: true }],
    more: true,
    only: { series: ['6.1', '6.12', '7.2', '7.3'], why: "5.10's LKDTM has no FORTIFY_STRSCPY" },
  },
  {
    name: 'ubsan-array-bounds',
    shows: 'a write past an array, which UBSAN sees',
    provoke: 'lkdtm:ARRAY_BOUNDS',
    flavour: 'crash',
    says: 'UBSAN: array-index-out-of-bounds in',
    crashes: [{ kind: 'ubsan', symbol: null, fatal: false }],
  },
]
