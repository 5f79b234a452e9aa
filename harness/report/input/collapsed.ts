import { pastBlanks } from '../text.ts'
import { AFTER_A_NAME, anchorAt, deviceAt, frameAt, namedAt, registersAt } from './anchors.ts'

/** Shorter lines are no two messages. */
const SHORTEST = 24
const STACK_ROW = /^[0-9a-f]{4}: {1,40}[0-9a-f]{16}/
/** Part of a device's name. */
const DEVICE_LIKE = /[0-9a-f]{6}\.[a-z]|\d\d\.\d: |\d\.auto/
/** What decode_stacktrace names. */
const SOURCES = ['.c:', '.h:', '.S:', '.rs:']

/**
 * The messages of a line that a mail program made of several; null if it is one line. Two starts of messages must be in
 * it: a line that has but one, anywhere, may be a sentence.
 */
export function messagesOf(text: string): string[] | null {
  if (text.length < SHORTEST) return null
  const cuts = cutsOf(text)
  if (cuts.length === 0) return null
  const messages: string[] = []
  let from = 0
  for (const cut of [...cuts, text.length]) {
    const message = withoutMarks(text.slice(from, cut))
    if (message !== '') messages.push(message)
    from = cut
  }
  return messages
}

/** Where messages start, but for the first one; empty if there are not two starts. */
function cutsOf(text: string): number[] {
  const cuts: number[] = []
  const hasFrames = text.includes('+0x') || SOURCES.some(suffix => text.includes(suffix))
  const hasDevices = DEVICE_LIKE.test(text)
  const hasNames = AFTER_A_NAME.some(words => text.includes(words))
  // arch/arm64/kernel/traps.c, dump_mem() (to 4.14): a row of the stack, `3fe0: 0000…`
  const row = STACK_ROW.test(text)
  let starts = row ? 1 : 0
  let frameEnd = -1
  let frames = 0
  for (let at = pastBlanks(text, 0); at < text.length;) {
    const anchor = anchorAt(text, at)
    if (anchor) {
      starts++
      cuts.push(at)
      at = pastBlanks(text, anchor.end)
      if (anchor.whole) cuts.push(at)
      continue
    }
    const registers = registersAt(text, at)
    if (registers.length > 0) {
      starts += registers.length > 3 ? 2 : 1
      cuts.push(at)
      const each = registers.length > 3 ? 2 : 3
      for (let i = each - 1; i < registers.length; i += each) cuts.push((registers[i] ?? 0) + 1)
      at = pastBlanks(text, registers.at(-1) ?? at)
      cuts.push(at)
      continue
    }
    const frame = hasFrames ? frameAt(text, at) : -1
    if (frame !== -1) {
      const next = pastBlanks(text, frame)
      // One alone is a word of its message: `Kernel stack is corrupted in: foo+0x1/0x2`. Two side by side are two lines.
      if (row || frameEnd === at || cuts.at(-1) === at || frameAt(text, next) !== -1) {
        if (frames++ === 0 || frameEnd === at) starts++
        cuts.push(at, next)
        frameEnd = next
      }
      at = next
      continue
    }
    const named = hasNames ? namedAt(text, at) : -1
    if (named !== -1) {
      starts++
      cuts.push(at)
      at = pastBlanks(text, named)
      continue
    }
    const device = hasDevices ? deviceAt(text, at) : -1
    if (device !== -1) {
      starts++
      cuts.push(at)
      at = device
      continue
    }
    at = nextWord(text, at)
  }
  return starts < 2 ? [] : cuts.filter((cut, i) => cut > 0 && cut < text.length && cut !== cuts[i - 1])
}

function nextWord(text: string, at: number): number {
  const blank = text.indexOf(' ', at)
  return blank === -1 ? text.length : pastBlanks(text, blank)
}

/** Without the quote marks that stood before the next line. */
function withoutMarks(message: string): string {
  let end = message.trimEnd().length
  while (message.startsWith(' >', end - 2)) end = message.slice(0, end - 2).trimEnd().length
  return message.slice(0, end).trimStart()
}
