import { hex } from '../report/json.ts'
import { oneLine } from '../text.ts'

/** A piece of a sentence: prose of ours, or a fact out of the log, which was written by a guest. */
export interface Piece {
  text: string
  fact: boolean
}

/** A sentence. Each format shows facts its own way, and so that they can't be anything else than text. */
export type Say = readonly Piece[]

export type Value = string | number | bigint | Say

/** Longest fact in a sentence, in UTF-16 units. */
const LONGEST = 400

/**
 * Makes a sentence: what stands in the template is prose, what is put into it is a fact. A bigint is an address:
 * say`${0x38n} is NULL` has the fact `0x38`.
 */
export function say(prose: TemplateStringsArray, ...values: readonly Value[]): Say {
  return prose.flatMap((text, i) => {
    const value = values[i]
    return [{ text, fact: false }, ...(value === undefined ? [] : pieces(value))]
  })
}

/** Several sentences as one. */
export function join(sentences: readonly Say[], between = ' '): Say {
  return sentences.flatMap((sentence, i) =>
    i === 0 ? sentence : [{ text: between, fact: false }, ...sentence],
  )
}

/** Only prose: for words that come from a table of ours. */
export function prose(text: string): Say {
  return [{ text, fact: false }]
}

/** The sentence as plain text. */
export function plain(sentence: Say): string {
  return sentence.map(({ text }) => text).join('')
}

function pieces(value: Value): Say {
  if (typeof value === 'object') return value
  // A number can do no harm, and reads as prose.
  if (typeof value === 'number') return prose(String(value))
  return [{ text: typeof value === 'bigint' ? hex(value) : oneLine(String(value), LONGEST), fact: true }]
}
