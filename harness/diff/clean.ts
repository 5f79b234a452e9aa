import { cut, printable } from '../text.ts'

const LONGEST = 500

/** Text of a guest or of a file as one line that is fit to be shown, with its blanks; what is longer than `max` is cut. */
export function cleanLine(text: string, max = LONGEST): string {
  const line = printable(cut(text, max)).replaceAll('\n', '\ufffd').replaceAll('\t', ' ')
  return line.trimEnd()
}
