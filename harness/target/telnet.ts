/** RFC 854's commands, as far as a console server sends them. */
const IAC = 255
const [SE, SB, WILL, WONT, DO, DONT] = [240, 250, 251, 252, 253, 254] as const

/** What a console may be: binary (0), echoed by the other side (1), without go-ahead (3). */
const LET = new Set([0, 1, 3])
/** What we offer when asked: binary, no go-ahead. */
const OFFERED = new Set([0, 3])
/** The highest option that there is (RFC 2066 and before, and COM-PORT-OPTION's 44): what is above it is noise. */
const MOST_OPTION = 49

/**
 * Takes telnet's negotiation out of what a console server sends, and answers it. Until there is one, the port is taken
 * to be raw: 0xff is noise of the line then, and kept.
 */
export class Telnet {
  #rest = Buffer.alloc(0)
  #spoken = false
  readonly #answered = new Set<string>()

  /** What the board sent, and what the server is to be answered. */
  feed(bytes: Buffer): { data: Buffer; reply: Buffer } {
    const all = Buffer.concat([this.#rest, bytes])
    const data: number[] = []
    const reply: number[] = []
    let at = 0
    while (at < all.length) {
      const byte = all[at]!
      if (byte !== IAC) {
        // A carriage return is sent as CR NUL.
        if (!(this.#spoken && byte === 0 && all[at - 1] === 13)) data.push(byte)
        at++
        continue
      }
      const length = this.#commandAt(all, at)
      if (length === null) break
      if (length === 0) data.push(byte)
      else reply.push(...this.#obey(all.subarray(at, at + length), data))
      at += Math.max(1, length)
    }
    this.#rest = all.subarray(at)
    return { data: Buffer.from(data), reply: Buffer.from(reply) }
  }

  /** What is sent to the board, as the server wants it. */
  escape(bytes: Buffer): Buffer {
    if (!this.#spoken || !bytes.includes(IAC)) return bytes
    return Buffer.from([...bytes].flatMap(byte => (byte === IAC ? [IAC, IAC] : [byte])))
  }

  /** How long the command is that begins there: null if it isn't all there yet, 0 if it is none. */
  #commandAt(all: Buffer, at: number): number | null {
    const [, verb, option] = all.subarray(at, at + 3)
    if (verb === undefined) return null
    if (verb >= WILL && verb < IAC) {
      if (option === undefined) return null
      if (option > MOST_OPTION) return 0
      this.#spoken = true
      return 3
    }
    if (!this.#spoken || verb < SE) return 0
    if (verb !== SB) return 2
    const end = all.indexOf(Buffer.from([IAC, SE]), at)
    if (end !== -1) return end + 2 - at
    return all.length - at > MOST_SUBNEGOTIATION ? 0 : null
  }

  #obey([, verb = 0, option = 0]: Buffer, data: number[]): number[] {
    if (verb === IAC) data.push(IAC)
    if (verb !== WILL && verb !== DO) return []
    // Each once: two ends that answer answers never stop.
    const key = `${verb} ${option}`
    if (this.#answered.has(key)) return []
    this.#answered.add(key)
    if (verb === WILL) return [IAC, LET.has(option) ? DO : DONT, option]
    return [IAC, OFFERED.has(option) ? WILL : WONT, option]
  }
}

const MOST_SUBNEGOTIATION = 4096
