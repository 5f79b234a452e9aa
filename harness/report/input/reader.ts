import { LIMITS } from '../limits.ts'
import { isDigit } from '../text.ts'
import { callerEnd, isAddress } from './brackets.ts'
import { messagesOf } from './collapsed.ts'
import { withoutControls } from './controls.ts'
import { mayBeEscaped, unescaped } from './escaped.ts'
import type { Line } from './line.ts'
import { PlainLine } from './plain-line.ts'
import { Skim, unseen, WordTable } from './skim.ts'
import { BLANK_END, decoded, isSoftBreak, looksEncoded, withoutMarkup } from './mail.ts'
import { readPrefix, type Prefix } from './prefix.ts'
import { cutBack, firstStamp, isLater, repeatsOf, unmarked } from './repeats.ts'
import { startsLine } from './wrapped.ts'
import { Wraps } from './wraps.ts'

/** What is told of a physical line (LineForm in chunks.ts); a line of which nothing is told is looked at for all. */
interface Told {
  plain?: boolean
  continued?: boolean
}

/** No process printed so much before printk cut it short: lines were joined. */
const LONG = 240

const BRACKET = 0x5b
/** In a time stamp, as prefix.ts has it. */
const [MOST_BLANKS, MOST_DIGITS] = [8, 10]

/** Hosts of journalctl -o short-monotonic are looked for in so many lines. */
const HOST_WITHIN = 64

/**
 * Physical lines in, the kernel's lines out, in order: what terminals, loggers and mail programs did to them is undone.
 * One line is held back, since the next one may be the rest of it.
 *
 * A line that starts with a time stamp and has nothing odd in it costs next to nothing.
 */
export class LineReader {
  readonly #wraps: Wraps
  #number = 0
  /** A quoted-printable line goes on in the next one. */
  #soft: string | null = null
  #encoded = false
  /** `host kernel: ` of journalctl -o short-monotonic, which looks as if the kernel printed it. */
  #host: string | null = null
  #stamps = 0
  /** A line that a signal of LAVA's stands in. */
  #torn: Line | null = null

  readonly #skim: Skim

  /** Plain lines tell by these words who may know them. */
  constructor(onLine: (line: Line) => void, words: WordTable = NO_WORDS) {
    this.#wraps = new Wraps(onLine)
    this.#skim = new Skim(words)
  }

  line(raw: string, { plain = false, continued = false }: Told = {}): void {
    if (!continued) this.#number++
    if (plain && this.#plain(raw, 0, raw.length, false)) return
    for (let at = 0; at === 0 || at < raw.length; at += LIMITS.line)
      this.#any(raw.slice(at, at + LIMITS.line))
  }

  /** Hands out what is held. */
  end(): void {
    if (this.#soft !== null) this.#read(this.#soft)
    this.#soft = null
    if (this.#torn !== null) this.#wraps.prefixed(this.#torn, this.#torn.text.length, 0)
    this.#torn = null
    this.#wraps.end()
  }

  /**
   * A plain line (LineForm), of a text that has more of them, from `from` to `end`. True if that was all that it takes;
   * if not, it is to be given to line(). This is several times as fast: V8 reads the characters of a whole text at once,
   * but those of a slice one by one through its parent.
   */
  plain(block: string, from: number, end: number): boolean {
    this.#number++
    if (this.#plain(block, from, end, true)) return true
    this.#number--
    return false
  }

  /** `[    1.234567] text`, and no other time stamp in it: what nearly all lines are. */
  #plain(raw: string, from: number, to: number, skimmed: boolean): boolean {
    if (raw.charCodeAt(from) !== BRACKET || this.#soft !== null || this.#torn !== null) return false
    let at = from + 1
    while (raw.charCodeAt(at) === 0x20) at++
    const first = at
    while (isDigit(raw, at)) at++
    if (
      raw.charCodeAt(at) !== 0x2e ||
      at === first ||
      at - first > MOST_DIGITS ||
      first - from > MOST_BLANKS + 1
    )
      return false
    for (let micro = at + 1; micro <= at + 6; micro++) if (!isDigit(raw, micro)) return false
    if (raw.charCodeAt(at + 7) !== 0x5d || at + 8 > to) return false
    let start = at + 8
    if (raw.charCodeAt(start) === 0x20) start++
    let caller = start
    if (raw.charCodeAt(start) === BRACKET) {
      const end = callerEnd(raw, start)
      if (end !== -1) {
        caller++
        start = raw.charCodeAt(end + 1) === 0x20 ? end + 2 : end + 1
      }
      // What else a bracket begins may belong to the kernel's prefix: prefix.ts.
      if (raw.charCodeAt(start) === BRACKET && !isAddress(raw, start)) return false
    }
    const bracket = raw.indexOf('[', start)
    // Another stamp, or `[mem 0x…]`: a bracket tells which lines need a look.
    if (bracket !== -1 && bracket < to && firstStamp(raw, bracket, to) !== null) return false
    if (this.#stamps < HOST_WITHIN || this.#host !== null) {
      this.#stamps++
      if (this.#namesHost(raw, start)) return false
    }
    const seen = skimmed ? this.#skim.look(raw, start, to) : unseen(start, to)
    this.#wraps.stamped(new PlainLine(raw, first, caller, start, to, this.#number, seen), to - from)
    return true
  }

  #namesHost(raw: string, start: number): boolean {
    if (this.#host !== null) return raw.startsWith(this.#host, start)
    HOST.lastIndex = start
    const host = HOST.exec(raw)?.[1]
    if (host !== undefined) this.#host = `${host} `
    return host !== undefined
  }

  #any(raw: string): void {
    for (const line of withoutControls(raw, startsWithStamp)) {
      const text = this.#soft === null ? line : this.#soft + line
      this.#soft = null
      if (text.includes('=') && this.#unencoded(text)) continue
      this.#read(text)
    }
  }

  /** Quoted-printable: true if the line was, and is done with. */
  #unencoded(text: string): boolean {
    const only = text.indexOf('=') === text.length - 1
    if (looksEncoded(text)) this.#encoded = true
    else if (!(only && (this.#encoded || isSoftBreak(text))) && !(this.#encoded && BLANK_END.test(text)))
      return false
    const plain = decoded(text)
    if (plain.endsWith('=') && plain.length < LIMITS.line) this.#soft = plain.slice(0, -1)
    else this.#read(plain)
    return true
  }

  #read(raw: string): void {
    const text = withoutMarkup(raw)
    if (!mayBeEscaped(text)) return this.#readOne(text)
    for (const line of unescaped(text, startsKnown)) this.#readOne(line)
  }

  #readOne(text: string): void {
    const prefix = readPrefix(text)
    if (this.#torn !== null && prefix.end < text.trimEnd().length && this.#mended(text, prefix)) return
    if (prefix.stamped || prefix.row !== null) this.#repeated(text, prefix, '')
    else this.#unstamped(text, prefix)
  }

  /** A line with something in front, which may be in front of others that were joined to it, too. */
  #repeated(text: string, prefix: Prefix, before: string, joined = false): void {
    let now = prefix
    let from = now.end
    let held = before
    for (const cut of repeatsOf(text, prefix)) {
      const next = readPrefix(text, cut)
      if (next.end <= cut || !isLater(now, next)) continue
      const message = text.slice(from, unmarked(text, from, cut))
      if (text.startsWith('<LAVA_', next.end)) this.#torn = this.#line(message, now, held)
      else this.#emitAll(message, now, held, text.length, joined)
      now = next
      from = next.end
      held = ''
    }
    this.#emitAll(text.slice(from, now.last), now, held, text.length, joined)
  }

  /** In a line that others without a time stamp were joined to, what follows one may be more messages. */
  #emitAll(text: string, prefix: Prefix, before: string, width: number, joined: boolean): void {
    const [first = '', ...others] = (joined ? messagesOf(text) : null) ?? [text]
    this.#emit(first, prefix, before, width)
    for (const message of others) this.#emit(message, prefix, '', width)
  }

  /**
   * LAVA's test runner prints its signals to the same console, in the middle of what dmesg prints: the rest of that line
   * comes on the next one, without dmesg's prefix. True if this one is.
   */
  #mended(text: string, prefix: Prefix): boolean {
    const torn = this.#torn
    if (torn === null) return false
    this.#torn = null
    const rest = !prefix.stamped && prefix.printedBy === null
    if (rest) torn.text += text.slice(prefix.end)
    this.#wraps.prefixed(torn, torn.text.length, prefix.quotes)
    return rest
  }

  /** A line without any prefix: prose, a process's print that printk cut short, or several messages in one. */
  #unstamped(text: string, prefix: Prefix): void {
    const stamp = firstStamp(text, prefix.end)
    if (stamp) {
      const at = cutBack(text, stamp.at)
      const inner = { ...readPrefix(text, at), quotes: prefix.quotes }
      const before = text.slice(prefix.end, unmarked(text, prefix.end, at))
      const messages = messagesOf(before)
      if (messages) for (const message of messages) this.#emit(message, prefix, '', text.length)
      this.#repeated(text, inner, messages ? '' : before, messages !== null || before.length > LONG)
      return
    }
    const body = text.slice(prefix.end)
    const messages = messagesOf(body)
    if (messages) for (const message of messages) this.#emit(message, prefix, '', text.length)
    else this.#emit(body, prefix, '', text.length)
  }

  #emit(text: string, prefix: Prefix, before: string, width: number): void {
    const line = this.#line(text, prefix, before)
    if (prefix.stamped || prefix.row !== null) this.#wraps.prefixed(line, width, prefix.quotes)
    else this.#wraps.bare(line, width, prefix.quotes)
  }

  #line(text: string, { caller, stamped, time, printedBy }: Prefix, before: string): Line {
    return { text, caller, stamped, time, before, printedBy, number: this.#number }
  }
}

const NO_WORDS = new WordTable([])
const HOST = /([\w.-]{1,64}) kernel: /y

/** As the kernel's lines do, of whatever form. */
function startsKnown(part: string): boolean {
  const { end, stamped } = readPrefix(part)
  return stamped || startsLine(part.slice(end).trimStart())
}

function startsWithStamp(part: string): boolean {
  return readPrefix(part).stamped
}
