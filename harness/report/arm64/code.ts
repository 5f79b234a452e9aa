import type { Arch, Code } from '../report.ts'
import { decodeInstruction } from './instruction.ts'

/** x86 prints 64 bytes, RISC-V 12 halfwords, the others fewer words. */
const MOST_WORDS = 128

/** What is printed in place of a word that could not be read: `?` by most, `X` by powerpc. */
const UNREADABLE = /^(?:\?{2}|\?{4}|\?{8}|X{8})$/
const WORD = /^(?:[0-9a-f]{2}|[0-9a-f]{4}|[0-9a-f]{8})$/i

/**
 * What follows `Code: `, or all that does: words with the faulting one in brackets.
 *
 * - arm64, `aa0003f3 97ffeb1a d1002274 f85f8261 (f9401c20)`: arch/arm64/kernel/traps.c, dump_instr() to 5.1,
 *   dump_kernel_instr() since; `bad PC value` in place of the first that cannot be read, `????????` for each of them in 6.12
 * - arm32, the same, or halfwords of Thumb: arch/arm/kernel/traps.c, __dump_instr()
 * - x86, bytes `48 8b <0f> 0b`, `Bad RIP value.`, `Unable to access opcode bytes at RIP 0x…`:
 *   arch/x86/kernel/dumpstack.c, show_opcodes()
 * - RISC-V, halfwords with the faulting one in brackets; powerpc, `<0fe00000>`
 *
 * What was glued to the line behind the words is left out of `text`. Only arm64's faulting word is decoded.
 */
export function readCode(text: string, arch: Arch | null): Code {
  const words: (number | null)[] = []
  let at: number | null = null
  let width = 0
  let end = 0
  for (const { token, start } of tokens(text)) {
    const marked = /^[(<]/.test(token) && token.length > 2
    const word = marked ? unmarked(token) : token
    const readable = WORD.test(word)
    if (!readable && !UNREADABLE.test(word)) break
    width ||= word.length
    if (word.length !== width) break
    if (marked) at ??= words.length
    words.push(readable ? parseInt(word, 16) : null)
    end = start + token.length
  }
  const faulting = arch === 'arm64' && at !== null ? (words[at] ?? null) : null
  return {
    text: printed(text, end),
    words,
    at,
    faulting: faulting === null ? null : decodeInstruction(faulting),
  }
}

function* tokens(text: string): Generator<{ token: string; start: number }> {
  for (let start = 0, found = 0; found < MOST_WORDS; found++) {
    while (isBlank(text.charCodeAt(start))) start++
    if (start >= text.length) return
    let end = start
    // A token that is longer than `(????????)` is no word: no need to look where it ends.
    while (end < text.length && end - start < 12 && !isBlank(text.charCodeAt(end))) end++
    yield { token: text.slice(start, end), start }
    start = end
  }
}

const isBlank = (code: number) => code === 0x20 || code === 0x09 || code === 0x0d

/** `f9401c20` of `(f9401c20)`; '' if it is not closed, or by another bracket. */
function unmarked(token: string): string {
  const close = token.startsWith('(') ? ')' : '>'
  return token.endsWith(close) ? token.slice(1, -1) : ''
}

const NO_WORDS = ['bad PC value', 'Bad RIP value.', 'Bad EIP value.']

/** The words and what is said in place of more of them; all of it if there are none. */
function printed(text: string, end: number): string {
  const rest = text.slice(end, end + MOST_SAID).trim()
  const said = NO_WORDS.find(words => rest.startsWith(words))
  if (said !== undefined) return `${text.slice(0, end).trim()} ${said}`.trim()
  return end === 0 ? rest : text.slice(0, end).trim()
}

const MOST_SAID = 200
