import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cacheRoot } from '../../images/cache.ts'
import { decodeInstruction, ROWS } from './instruction.ts'
import { WORDS } from './instruction.words.ts'

const decode = (word: number) => decodeInstruction(word).text
const memory = (word: number) => decodeInstruction(word).memory

t.test('instructions as objdump prints them', async t => {
  const lines = WORDS.trim().split('\n')
  t.ok(lines.length >= 150)
  for (const line of lines) {
    const [word = '', text] = [line.slice(0, 8), line.slice(9)]
    t.equal(decode(parseInt(word, 16)), text, line)
  }
})

t.test('what is done to memory', async t => {
  const ldr = { access: 'load', base: 'x1', index: null, displacement: 56n, size: 8 }
  t.same(memory(0xf9401c20), ldr, 'ldr x0, [x1, #56]')
  t.same(memory(0xf85f8c20), { ...ldr, displacement: -8n }, 'ldr x0, [x1, #-8]!: the base changes first')
  t.same(memory(0xf8408420), { ...ldr, displacement: 0n }, 'ldr x0, [x1], #8: the base changes after it')
  t.same(memory(0xb8627820), { ...ldr, displacement: 0n, index: 'x2', size: 4 }, 'ldr w0, [x1, x2, lsl #2]')
  t.same(
    memory(0xa9bf7bfd),
    { access: 'store', base: 'sp', index: null, displacement: -16n, size: 16 },
    'stp',
  )
  t.same(
    memory(0xb8e00020),
    { access: 'atomic', base: 'x1', index: null, displacement: 0n, size: 4 },
    'ldaddal',
  )
  t.same(memory(0xf9800020), { ...ldr, access: 'prefetch', displacement: 0n, size: null }, 'prfm')
  t.same(memory(0x58000140), { ...ldr, base: 'pc', displacement: 40n }, 'ldr x0, .+0x28')
  t.same(
    memory(0xd50b7420),
    { access: 'store', base: 'x0', index: null, displacement: 0n, size: null },
    'dc zva',
  )
  t.equal(memory(0x8b020c20), null, 'add')
})

t.test('what it is there for', async t => {
  const meaning = (word: number) => decodeInstruction(word).meaning
  t.equal(meaning(0xd4210000), 'BUG() or WARN()')
  t.equal(meaning(0xd4212400), 'KASAN (software tags): a bad read of 1 byte at x0')
  t.equal(meaning(0xd4212680), 'KASAN (software tags): a bad write of 16 bytes at x0')
  t.equal(meaning(0xd42aa240), 'UBSAN: array index out of bounds')
  t.equal(meaning(0xd43045a0), 'CFI: a call through x13, which is of another type than w17 says')
  t.equal(meaning(0xd4200020), 'code that clang holds for unreachable (__builtin_trap)')
  t.equal(meaning(0xd43fffe0), null, 'brk #0xffff')
  t.match(meaning(0), /zeroes/)
  t.match(meaning(0x6b6b6b6b), /POISON_FREE/)
  t.match(meaning(0xd4000002), /hypervisor/)
  t.equal(meaning(0xf9401c20), null)
})

t.test('any number has an instruction', async t => {
  for (const number of [-1, 0.5, NaN, Infinity, -Infinity, 2 ** 32, 2 ** 53, -(2 ** 40), 1e300]) {
    t.equal(decodeInstruction(number).word, number >>> 0, String(number))
  }
  for (let i = 0, word = 1; i < 300_000; i++, word = next(word)) decodeInstruction(word)
  t.equal(decode(0xffffffff), '.inst 0xffffffff')
})

const OBJDUMP = ['aarch64-linux-gnu-objdump', 'objdump'].find(program => {
  return /aarch64/.test(spawnSync(program, ['-i'], { encoding: 'utf8' }).stdout ?? '')
})
const noObjdump = OBJDUMP === undefined && 'no objdump that knows aarch64'

t.test('words of every row, at random, as this objdump prints them', { skip: noObjdump }, async t => {
  const words: number[] = []
  let random = 1
  for (const { mask, value } of ROWS) {
    for (let i = 0; i < 200; i++) {
      random = next(random)
      // Every other one has 31 where registers are: the zero register and the stack pointer
      const bits = i % 2 ? random | (31 << (5 * (i % 3 === 0 ? 1 : 0))) : random
      words.push(((bits & ~mask) | value) >>> 0)
    }
  }
  const file = join(t.testdir(), 'words')
  writeFileSync(file, new Uint8Array(Uint32Array.from(words).buffer))
  const { share, wrong } = compare(['-D', '-b', 'binary', '-m', 'aarch64', '-EL', '-z', file])
  t.ok(share > 0.98, `${(share * 100).toFixed(2)} % alike`)
  if (share <= 0.98) t.comment(wrong.slice(0, 20))
})

const kernel = existsSync(join(cacheRoot(), 'entries'))
  ? readdirSync(join(cacheRoot(), 'entries'))
      .filter(name => name.startsWith('linux-'))
      .map(name => join(cacheRoot(), 'entries', name, 'vmlinux'))
      .findLast(existsSync)
  : undefined
const noKernel = noObjdump || (kernel === undefined && 'no kernel is built')

t.test('a kernel of ours, as this objdump prints it', { skip: noKernel }, async t => {
  const start = 0xffff800080010000n
  const range = [`--start-address=${start}`, `--stop-address=${start + 0x200000n}`]
  const { share, words, wrong } = compare([
    '-d',
    '-z',
    ...(sample(kernel ?? '', start) ? range : []),
    kernel ?? '',
  ])
  t.ok(words > 1000)
  t.ok(share >= 0.995, `${(share * 100).toFixed(3)} % of ${words} words alike`)
  if (share < 0.995) t.comment(wrong.slice(0, 20))
})

/** Is there code at `start`? Kernels are linked elsewhere before 6.10 or so; those are read whole. */
function sample(file: string, start: bigint): boolean {
  const headers = execFileSync(OBJDUMP ?? '', ['-h', '-j', '.text', file], { encoding: 'utf8' })
  return headers.includes(start.toString(16))
}

/** How many words of objdump's listing are printed alike: comments apart, targets as addresses. */
function compare(options: string[]): { words: number; share: number; wrong: string[] } {
  const listing = execFileSync(OBJDUMP ?? '', options, { encoding: 'utf8', maxBuffer: 2 ** 30 })
  let words = 0
  const wrong: string[] = []
  for (const line of listing.split('\n')) {
    const found = /^ *([0-9a-f]+):\t([0-9a-f]{8}) \t(.+)$/.exec(line)
    if (!found || /^\.(word|short|byte)/.test(found[3] ?? '')) continue
    words++
    const pc = BigInt(`0x${found[1]}`)
    const theirs = (found[3] ?? '')
      .replace(/ *(\/\/|;| <).*/, '')
      .replace(/\s+/g, ' ')
      .trim()
    const ours = decode(parseInt(found[2] ?? '', 16))
    if (absolute(ours, pc) !== theirs.replace(/\b0x(?=[0-9a-f]+$)/, at => (target(theirs) ? '' : at))) {
      wrong.push(`${found[2]} theirs '${theirs}' ours '${ours}'`)
    }
  }
  return { words, share: (words - wrong.length) / words, wrong }
}

const target = (text: string) => /^(b|bl|bc|cbn?z|tbn?z|adrp?|ldr|ldrsw|prfm)[ .][^[]*$/.test(text)

function absolute(text: string, pc: bigint): string {
  return text.replace(/\.([+-])(0x[0-9a-f]+)$/, (_, sign: string, distance: string) => {
    const from = text.startsWith('adrp') ? pc & ~0xfffn : pc
    return BigInt.asUintN(64, sign === '+' ? from + BigInt(distance) : from - BigInt(distance)).toString(16)
  })
}

/** xorshift32 */
function next(word: number): number {
  let bits = word
  bits ^= bits << 13
  bits ^= bits >>> 17
  bits ^= bits << 5
  return bits >>> 0
}
