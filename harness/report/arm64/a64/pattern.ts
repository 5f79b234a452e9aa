import type { Instruction } from '../../report.ts'

/**
 * Instruction encodings as the Arm ARM draws them (C4, "A64 Instruction Set Encoding"): 32 bits from the left, a letter
 * for each bit of a field, `.` for a bit that does not matter. Blanks are for the eye.
 */

type Letter =
  | ('a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h' | 'i' | 'j' | 'k' | 'l' | 'm')
  | ('n' | 'o' | 'p' | 'q' | 'r' | 's' | 't' | 'u' | 'v' | 'w' | 'x' | 'y' | 'z')

/** The fields of one word, unsigned. A letter that its pattern doesn't have is 0. */
export type Fields = Readonly<Record<Letter, number>>

/** How the address of an access comes about, beyond what Instruction['memory'] says. */
export interface Addressing {
  /** `pre` and `post` change the base register. */
  mode: 'offset' | 'pre' | 'post'
  /** How the index register is widened: uxtw, sxtw; lsl and sxtx take all 64 bits. */
  extend: 'uxtw' | 'lsl' | 'sxtw' | 'sxtx' | null
  shift: number
}

/** What a row makes of a word. */
export interface Decoded {
  text: string
  memory?: NonNullable<Instruction['memory']>
  addressing?: Addressing
  meaning?: string
}

/** Null if the encoding is not allocated. */
type Decode = (fields: Fields, word: number) => Decoded | string | null

export interface Row {
  mask: number
  value: number
  decode(word: number): Decoded | null
}

/** A row of a decoder table. */
export function row(pattern: string, decode: Decode): Row {
  const bits = pattern.replaceAll(' ', '')
  if (bits.length !== 32) throw new Error(`not 32 bits: ${pattern}`)
  let mask = 0
  let value = 0
  const fields: { letter: Letter; shift: number; ones: number }[] = []
  for (const [at, bit] of [...bits].entries()) {
    const shift = 31 - at
    if (bit === '0' || bit === '1') mask |= 1 << shift
    if (bit === '1') value |= 1 << shift
    if (bit < 'a' || bit > 'z') continue
    const field = fields.find(({ letter }) => letter === bit)
    if (!field) fields.push({ letter: bit as Letter, shift, ones: 1 })
    else if (field.shift === shift + 1) {
      field.shift = shift
      field.ones = field.ones * 2 + 1
    } else throw new Error(`${bit} is in two places: ${pattern}`)
  }
  return {
    mask: mask >>> 0,
    value: value >>> 0,
    decode(word) {
      const found = { ...NONE }
      for (const { letter, shift, ones } of fields) found[letter] = (word >>> shift) & ones
      const decoded = decode(found, word)
      return typeof decoded === 'string' ? { text: decoded } : decoded
    },
  }
}

const NONE = Object.fromEntries([...'abcdefghijklmnopqrstuvwxyz'].map(letter => [letter, 0])) as Record<
  Letter,
  number
>
