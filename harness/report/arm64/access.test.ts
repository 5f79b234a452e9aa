import t from 'tap'
import { explainAccess } from './access.ts'
import { decodeInstruction } from './instruction.ts'

const explain = (word: number, registers: Record<string, bigint>, address: bigint | null) =>
  explainAccess(decodeInstruction(word), registers, address)

// word, registers, address, what is said
const rows: [number, Record<string, bigint>, bigint | null, string | null][] = [
  [0xf9401c20, { x1: 0n }, 0x38n, 'ldr x0, [x1, #56] with x1 = 0: NULL + 0x38'],
  [0xf9401c20, { x1: 0n }, null, 'ldr x0, [x1, #56] with x1 = 0: NULL + 0x38'],
  [0xf9400020, { x1: 0n }, 0n, 'ldr x0, [x1] with x1 = 0: NULL'],
  [
    0xf85f8020,
    { x1: 0n },
    0xfffffffffffffff8n,
    'ldur x0, [x1, #-8] with x1 = 0: NULL - 0x8 = 0xfffffffffffffff8',
  ],
  [0xf9401c20, { x1: 0x10n }, 0x48n, 'ldr x0, [x1, #56] with x1 = 0x10: 0x10 + 0x38 = 0x48, near NULL'],
  [
    0xf9000420,
    { x1: 0xdead000000000100n },
    0xdead000000000108n,
    'str x0, [x1, #8] with x1 = 0xdead000000000100: 0xdead000000000100 + 0x8 = 0xdead000000000108, ' +
      'LIST_POISON1: the next of a list entry that was deleted',
  ],
  [
    0xf9401c20,
    { x1: 0xfffffffffffffff4n },
    0x2cn,
    'ldr x0, [x1, #56] with x1 = 0xfffffffffffffff4: 0xfffffffffffffff4 + 0x38 = 0x2c, ' +
      'ERR_PTR(-ENOMEM): an error in place of a pointer',
  ],
  // An index, widened and shifted
  [0xf8627820, { x1: 0n, x2: 7n }, 0x38n, 'ldr x0, [x1, x2, lsl #3] with x1 = 0, x2 = 7: NULL + 0x38'],
  [
    0xf862d820,
    { x1: 0xffff000012340000n, x2: 0x1234ffffffffn },
    0xffff00001233fff8n,
    'ldr x0, [x1, w2, sxtw #3] with x1 = 0xffff000012340000, w2 = 0xffffffff: ' +
      '0xffff000012340000 - 0x8 = 0xffff00001233fff8',
  ],
  [
    0xf8625820,
    { x1: 0n, x2: 0x1234ffffffffn },
    0x7fffffff8n,
    'ldr x0, [x1, w2, uxtw #3] with x1 = 0, w2 = 0xffffffff: NULL + 0x7fffffff8',
  ],
  [0xf87f6820, { x1: 0n }, 0n, 'ldr x0, [x1, xzr] with x1 = 0, xzr = 0: NULL'],
  // Before the access, or after it
  [0xf8408c20, { x1: 0n }, 8n, 'ldr x0, [x1, #8]! with x1 = 0: NULL + 0x8'],
  [0xf8408420, { x1: 0n }, 0n, 'ldr x0, [x1], #8 with x1 = 0: NULL'],
  [
    0xa9bf7bfd,
    { sp: 0xffff800012340000n },
    0xffff80001233fff0n,
    'stp x29, x30, [sp, #-16]! with sp = 0xffff800012340000: 0xffff800012340000 - 0x10 = 0xffff80001233fff0',
  ],
  // Tags are no part of the address
  [
    0xf9401c20,
    { x1: 0xf4ffff8000001000n },
    0xffff8000001038n | (0xffn << 56n),
    'ldr x0, [x1, #56] with x1 = 0xf4ffff8000001000: 0xf4ffff8000001000 + 0x38 = 0xf4ffff8000001038',
  ],
  // An access that is not aligned, at its second page
  [
    0xf9400020,
    { x1: 0xffff800012340ffcn },
    0xffff800012341000n,
    'ldr x0, [x1] with x1 = 0xffff800012340ffc: 0xffff800012340ffc, faulted at its byte 4',
  ],
  [
    0xf9401c20,
    { x1: 0x1000n },
    0x38n,
    'ldr x0, [x1, #56] with x1 = 0x1000: that is 0x1038 and not 0x38: the registers are not those of the access',
  ],
  // KASAN's check of the address, not the access itself
  [
    0x38626820,
    { x1: 7n, x2: 0xdfff800000000000n },
    0xdfff800000000007n,
    'ldrb w0, [x1, x2] with x1 = 7, x2 = 0xdfff800000000000: 0xdfff800000000007, ' + "KASAN's shadow of 0x38",
  ],
  // The index is the pointer
  [
    0xf8626820,
    { x1: 0n, x2: 0xffff800012340000n },
    0xffff800012340000n,
    'ldr x0, [x1, x2] with x1 = 0, x2 = 0xffff800012340000: 0x0 + 0xffff800012340000 = 0xffff800012340000',
  ],
  [0xf94007c0, { lr: 0n }, 8n, 'ldr x0, [x30, #8] with x30 = 0: NULL + 0x8'],
  // Nothing to say
  [0xf9401c20, {}, 0x38n, null],
  [0xf8627820, { x1: 0n }, 0x38n, null],
  [0x58000140, { x0: 0n }, 0x38n, null],
  [0xf9800020, { x1: 0n }, 0n, null],
  [0xd4210000, { x1: 0n }, 0n, null],
]
for (const [word, registers, address, words] of rows) {
  t.test(words ?? `nothing is said of ${decodeInstruction(word).text}`, async t => {
    t.equal(explain(word, registers, address), words)
  })
}

t.test('registers that an object has by nature are none of the log', async t => {
  const instruction = { ...decodeInstruction(0xf9401c20) }
  instruction.memory = { access: 'load', base: 'constructor', index: null, displacement: 0n, size: 8 }
  t.equal(explainAccess(instruction, {}, 0n), null)
})
