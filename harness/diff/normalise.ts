import { readLine } from '../report/input/line.ts'
import { LEFT_OUT, FIGURES, MEANT_AS_IT_IS, RULES, WHOLE } from './rules.ts'

/** kernel/printk/printk.c cuts messages at 1024 bytes (LOG_LINE_MAX, PRINTKRB_RECORD_MAX): what is longer is no kernel's. */
const LONGEST = 1024

/** A console line as it is held against another boot's. */
export interface StableLine {
  /** What is the same in each boot that did the same. */
  stable: string
  /** The message as it was printed: no time stamp, no caller. */
  message: string
}

/** The messages of a console line: none of one that is empty or left out, two where printk cut a process's print short. */
export function stableLines(raw: string): StableLine[] {
  const { text, before } = readLine(raw, 0)
  return [before, text].flatMap(part => {
    const message = part.slice(0, LONGEST).trimEnd()
    if (message.trim() === '' || isLeftOut(message)) return []
    return [{ stable: stableMessage(message), message }]
  })
}

/** A message without what differs between two boots that did the same (rules.ts). Takes linear time. */
export function stableMessage(message: string): string {
  const line = message.slice(0, LONGEST).trimEnd()
  const whole = WHOLE.find(({ start }) => line.startsWith(start))
  if (whole) return whole.to
  if (MEANT_AS_IT_IS.some(start => line.startsWith(start))) return line
  if (FIGURES.some(({ start }) => line.startsWith(start))) return line.replace(/\d{1,20}/g, '#')
  return RULES.reduce((text, { pattern, to }) => replace(text, pattern, to), line)
}

function replace(text: string, pattern: RegExp, to: (typeof RULES)[number]['to']): string {
  return typeof to === 'string' ? text.replaceAll(pattern, to) : text.replaceAll(pattern, to)
}

function isLeftOut(message: string): boolean {
  return LEFT_OUT.some(({ has }) => has.every(part => message.includes(part)))
}
