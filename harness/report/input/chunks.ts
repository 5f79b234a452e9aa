import { LIMITS } from '../limits.ts'

/** What the reader of lines is told of each. */
export interface LineForm {
  /**
   * It has nothing but printable ASCII and tabs, and neither `&` nor `=3D`: nothing in it can be mangled but by
   * quoting, joining and wrapping.
   */
  plain: boolean
  /** It is the rest of the line before, which was too long. */
  continued: boolean
}

type OnLine = (line: string, form: LineForm) => void

const FORMS = {
  plain: { plain: true, continued: false },
  raw: { plain: false, continued: false },
  rest: { plain: false, continued: true },
} as const

/**
 * A line is a slice of the block that it came in, and V8 keeps the whole block alive as long as a slice of it. So the
 * blocks are small: a report that keeps 10,000 lines keeps 80 MB at most, and not ten times that.
 */
const BLOCK = 8192
const LF = 10

/**
 * Cuts chunks of a file into lines. LF and CRLF end a line; a lone CR is the reader's to judge: it may overwrite. Bytes
 * are UTF-8, what isn't becomes U+FFFD; with a byte order mark they may be UTF-16, as PowerShell's `>` writes them. Lines
 * longer than LIMITS.line are cut. No more than that is ever held.
 */
export class LineSplitter {
  readonly #onLine: OnLine
  #decoder: InstanceType<typeof TextDecoder> | null = null
  /** The bytes of a line that has not ended yet, or too few bytes to tell the encoding. */
  #bytes: Uint8Array[] = []
  #held = 0
  /** Such a line's text. */
  #text: string[] = []
  #length = 0
  #continued = false
  #started = false

  constructor(onLine: OnLine) {
    this.#onLine = onLine
  }

  write(chunk: Uint8Array | string): void {
    if (typeof chunk === 'string') this.#string(chunk)
    else if (this.#started) this.#chunk(chunk)
    else this.#start(chunk)
  }

  /** The last line may lack its end. */
  end(): void {
    if (!this.#started) this.#begin(join(this.#bytes.splice(0)))
    this.#flushBytes()
    if (this.#decoder) this.#string(this.#decoder.decode())
    if (this.#length > 0) this.#line(this.#takeText(), false)
  }

  #start(chunk: Uint8Array): void {
    const first = join([...this.#bytes.splice(0), chunk])
    if (first.length < 2) this.#bytes.push(first)
    else this.#begin(first)
  }

  #begin(first: Uint8Array): void {
    this.#started = true
    this.#held = 0
    const mark = ((first[0] ?? 0) << 8) | (first[1] ?? 0)
    if (mark === 0xfffe) this.#decoder = new TextDecoder('utf-16le')
    else if (mark === 0xfeff) this.#decoder = new TextDecoder('utf-16be')
    this.#chunk(first)
  }

  #chunk(chunk: Uint8Array): void {
    if (this.#decoder) {
      this.#string(this.#decoder.decode(chunk, { stream: true }))
      return
    }
    const last = chunk.lastIndexOf(LF)
    if (last === -1) {
      this.#hold(chunk)
      return
    }
    let at = 0
    if (this.#held > 0 || this.#length > 0) {
      at = chunk.indexOf(LF) + 1
      this.#hold(chunk.subarray(0, at))
      this.#flushBytes()
    }
    while (at <= last) {
      let end = last + 1
      if (end - at > BLOCK) {
        const cut = chunk.subarray(at, at + BLOCK).lastIndexOf(LF)
        end = (cut === -1 ? chunk.indexOf(LF, at + BLOCK) : at + cut) + 1
      }
      this.#string(UTF8.decode(chunk.subarray(at, end)))
      at = end
    }
    if (last + 1 < chunk.length) this.#hold(chunk.subarray(last + 1))
  }

  /** Keeps a copy: the caller may use its buffer again. */
  #hold(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += LIMITS.line) {
      const piece = bytes.slice(at, at + LIMITS.line)
      this.#bytes.push(piece)
      this.#held += piece.length
      if (this.#held >= LIMITS.line) this.#flushBytes(true)
    }
  }

  /** Decodes what is held; the last character may be incomplete if more is to come. */
  #flushBytes(more = false): void {
    if (this.#held === 0) return
    const bytes = join(this.#bytes.splice(0))
    const whole = more ? wholeCharacters(bytes) : bytes.length
    this.#held = bytes.length - whole
    if (this.#held > 0) this.#bytes.push(bytes.slice(whole))
    this.#string(UTF8.decode(bytes.subarray(0, whole)))
  }

  #string(text: string): void {
    if (text.length === 0) return
    const block = text.includes('\r') ? text.replaceAll('\r\n', '\n') : text
    const form = isPlain(block) ? FORMS.plain : FORMS.raw
    let at = 0
    let end = block.indexOf('\n')
    if (end !== -1 && this.#length > 0) {
      this.#keep(block.slice(0, end))
      this.#line(this.#takeText(), false)
      at = end + 1
      end = block.indexOf('\n', at)
    }
    for (; end !== -1; end = block.indexOf('\n', at)) {
      if (end - at > LIMITS.line || this.#continued) this.#line(block.slice(at, end), false)
      else this.#onLine(block.slice(at, end), form)
      at = end + 1
    }
    if (at < block.length) this.#keep(block.slice(at))
  }

  #keep(text: string): void {
    this.#text.push(text)
    this.#length += text.length
    if (this.#length > LIMITS.line) this.#line(this.#takeText(), true)
  }

  #takeText(): string {
    const text = this.#text.join('')
    this.#text = []
    this.#length = 0
    return text
  }

  /** A line that may be too long, or the start of one. */
  #line(text: string, more: boolean): void {
    let at = 0
    for (; text.length - at > LIMITS.line; this.#continued = true) {
      const end = cutBefore(text, at + LIMITS.line)
      this.#onLine(text.slice(at, end), this.#continued ? FORMS.rest : FORMS.raw)
      at = end
    }
    const rest = text.slice(at)
    if (more) {
      this.#text = [rest]
      this.#length = rest.length
      return
    }
    // A CR may have come in another chunk than its LF.
    const line = rest.endsWith('\r') ? rest.slice(0, -1) : rest
    this.#onLine(line, this.#continued ? FORMS.rest : FORMS.raw)
    this.#continued = false
  }
}

const UTF8 = new TextDecoder()

/** At a blank, so that no word is torn, if there is one nearby. */
function cutBefore(text: string, limit: number): number {
  const blank = text.lastIndexOf(' ', limit)
  return blank > limit - 1024 && blank > 0 ? blank : limit
}

const UNPLAIN = /[^\t\n -%'-~]/

function isPlain(block: string): boolean {
  return !UNPLAIN.test(block) && !block.includes('=3D') && !block.includes('=\n')
}

/** How many of the bytes are whole UTF-8 characters: the last one may lack up to three. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte >= 0xc0) return bytes.length - back
    if (byte < 0x80) break
  }
  return bytes.length
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (only && parts.length === 1) return only
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
