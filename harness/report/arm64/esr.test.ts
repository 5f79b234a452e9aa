import t from 'tap'
import { decodeEsr } from './esr.ts'

t.test('the syndrome of a NULL pointer', async t => {
  t.same(decodeEsr(0x96000004n), {
    value: 0x96000004n,
    ec: 0x25,
    ecName: 'DABT (current EL)',
    il: true,
    iss: 4n,
    fsc: 4,
    fscName: 'level 0 translation fault',
    write: false,
    words: 'data abort in the kernel, reading: level 0 translation fault',
  })
})

// value, class, fault, words
const rows: [bigint, string, string | null, string][] = [
  [
    0x96000046n,
    'DABT (current EL)',
    'level 2 translation fault',
    'data abort in the kernel, writing: level 2 translation fault',
  ],
  [
    0x9600004fn,
    'DABT (current EL)',
    'level 3 permission fault',
    'data abort in the kernel, writing: level 3 permission fault',
  ],
  [0x96000021n, 'DABT (current EL)', 'alignment fault', 'data abort in the kernel, reading: alignment fault'],
  [
    0x96000010n,
    'DABT (current EL)',
    'synchronous external abort',
    'data abort in the kernel, reading: synchronous external abort',
  ],
  [
    0x96001410n,
    'DABT (current EL)',
    'synchronous external abort',
    'data abort in the kernel, reading: synchronous external abort, uncontainable, the address is not known',
  ],
  [
    0x96000011n,
    'DABT (current EL)',
    'synchronous tag check fault',
    'data abort in the kernel, reading: synchronous tag check fault',
  ],
  [
    0x9600002bn,
    'DABT (current EL)',
    'level -1 translation fault',
    'data abort in the kernel, reading: level -1 translation fault',
  ],
  [
    0x96000028n,
    'DABT (current EL)',
    'granule protection fault',
    'data abort in the kernel, reading: granule protection fault',
  ],
  [
    0x96000030n,
    'DABT (current EL)',
    'TLB conflict abort',
    'data abort in the kernel, reading: TLB conflict abort',
  ],
  [0x96000039n, 'DABT (current EL)', 'unknown 57', 'data abort in the kernel, reading: unknown 57'],
  [
    0x96000147n,
    'DABT (current EL)',
    'level 3 translation fault',
    'data abort in the kernel, maintaining caches: level 3 translation fault',
  ],
  [
    0x93800007n,
    'DABT (lower EL)',
    'level 3 translation fault',
    'data abort in a process, reading 4 bytes: level 3 translation fault',
  ],
  [
    0x92000087n,
    'DABT (lower EL)',
    'level 3 translation fault',
    'data abort in a process, reading: level 3 translation fault, while page tables were walked at stage 2',
  ],
  [
    0x400_9600000fn,
    'DABT (current EL)',
    'level 3 permission fault',
    'data abort in the kernel, reading: level 3 permission fault, by an access to tags',
  ],
  [
    0x8600000fn,
    'IABT (current EL)',
    'level 3 permission fault',
    'instruction abort in the kernel: level 3 permission fault',
  ],
  [
    0x82000006n,
    'IABT (lower EL)',
    'level 2 translation fault',
    'instruction abort in a process: level 2 translation fault',
  ],
  [0xf2000800n, 'BRK (AArch64)', null, 'brk #0x800: BUG() or WARN()'],
  [0xf2000006n, 'BRK (AArch64)', null, 'brk #0x6: the single step of a kprobe'],
  [0xf2000931n, 'BRK (AArch64)', null, 'brk #0x931: KASAN (software tags): a bad write of 2 bytes at x0'],
  [0xf2005515n, 'BRK (AArch64)', null, 'brk #0x5515: UBSAN: integer subtraction overflow'],
  [0xf200ffffn, 'BRK (AArch64)', null, 'brk #0xffff'],
  [0x02000000n, 'Unknown/Uncategorized', null, 'undefined instruction, or a reason without a class'],
  [0x34000003n, 'BTI', null, 'branch to a place that is no branch target (BTYPE 3)'],
  [0x72000002n, 'FPAC', null, 'pointer authentication failed (data key A)'],
  [0x26000000n, 'PAC', null, 'pointer authentication used where it is off'],
  [0x9a000000n, 'SP Alignment', null, 'the stack pointer is not a multiple of 16'],
  [0x8a000000n, 'PC Alignment', null, 'the pc is not a multiple of 4'],
  [0x3a000000n, 'PSTATE.IL', null, 'illegal execution state (PSTATE.IL)'],
  [0xd6000062n, 'Watchpoint (current EL)', null, 'watchpoint: a write by the kernel'],
  [0xc6000022n, 'Breakpoint (current EL)', null, 'hardware breakpoint in the kernel'],
  [0xca000022n, 'Software Step (lower EL)', null, 'single step in a process'],
  [0x62300001n, 'MSR/MRS (AArch64)', null, 'reading midr_el1 trapped'],
  [0x62300440n, 'MSR/MRS (AArch64)', null, 'writing sctlr_el1 trapped'],
  [0xb0800012n, 'FP (AArch64)', null, 'floating-point exception: division by zero, inexact result'],
  [0x1e000000n, 'ASIMD', null, 'floating point or SIMD used where it is off'],
  [
    0xb6000000n,
    'Guarded Control Stack',
    null,
    'guarded control stack: what is returned to is not what was called from',
  ],
  [0x9e000000n, 'MOPS', null, 'memcpy or memset instruction out of step'],
  [0xbe000000n, 'SError', 'uncategorized', 'asynchronous error from the bus or memory (SError)'],
  [
    0xbe000011n,
    'SError',
    'asynchronous SError interrupt',
    'asynchronous error from the bus or memory (SError): uncontainable',
  ],
  [
    0xbe000e11n,
    'SError',
    'asynchronous SError interrupt',
    'asynchronous error from the bus or memory (SError): recoverable, external',
  ],
  [
    0xbf000002n,
    'SError',
    null,
    'asynchronous error from the bus or memory (SError): 0x2, which the implementation defines',
  ],
  [0x0n, 'Unknown/Uncategorized', null, 'undefined instruction, or a reason without a class'],
  [0x0a000000n, 'UNRECOGNIZED EC', null, 'exception of a class that is not known (0x02)'],
]
for (const [value, ecName, fscName, words] of rows) {
  t.test(`0x${value.toString(16)}: ${words}`, async t => {
    t.match(decodeEsr(value), { value, ecName, fscName, words })
  })
}

t.test('writes, reads, and what is neither', async t => {
  t.equal(decodeEsr(0x96000046n).write, true)
  t.equal(decodeEsr(0x96000004n).write, false)
  t.equal(decodeEsr(0x86000044n).write, null, 'an instruction abort has no WnR')
  t.equal(decodeEsr(0xd6000062n).write, true, 'a watchpoint has')
  t.equal(decodeEsr(0xf2000800n).write, null)
})

t.test('the length bit, and what is above 32 bits', async t => {
  t.equal(decodeEsr(0x94000004n).il, false)
  t.equal(decodeEsr(0xff_96000004n).iss, 4n)
  t.equal(decodeEsr(0xff_96000004n).ec, 0x25)
})

t.test('any value has a syndrome', async t => {
  for (let ec = 0n; ec < 64n; ec++) {
    for (const iss of [0n, 0x1ffffffn, 0xaaaaaan, 0x1555555n]) {
      for (const high of [0n, 0xffffffffn << 32n]) t.ok(decodeEsr(high | (ec << 26n) | iss).words)
    }
  }
  t.equal(decodeEsr(-1n).value, 0xffffffffffffffffn)
  t.equal(decodeEsr(1n << 100n).value, 0n)
})
