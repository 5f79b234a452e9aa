import type { Socket } from 'node:net'
import { InfraError } from '../errors.ts'

/** A command that waits for its answer; a posted one has nobody to tell. */
interface Pending {
  line: string
  take: ((words: string[]) => void) | null
  fail: ((error: Error) => void) | null
}

/** How long QEMU may be silent while commands wait. */
export const SILENCE_MS = 30_000

/**
 * qtest's lines on a socket: commands out in the order in which they were given, answers in, interrupts between them.
 *
 * What is sent in one turn of the event loop goes in one write, so that a thousand commands cost one round trip. A
 * posted command answers `OK` and no more; anything else ends the channel, and is thrown by whatever is awaited next.
 */
export class Channel {
  readonly #socket: Socket
  readonly #silence: number
  readonly #onSilence: () => void
  readonly #pending: Pending[] = []
  readonly #irqs = new Map<number, boolean>()
  #next = 0
  #unsent = ''
  #partial = ''
  #error: Error | null = null
  #timer: NodeJS.Timeout | null = null
  #heard = 0

  constructor(socket: Socket, { silence = SILENCE_MS, onSilence = () => {} } = {}) {
    this.#socket = socket
    this.#silence = silence
    this.#onSilence = onSilence
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.#received(text))
    // Who ends QEMU, and who sees it end, calls fail(): they know more.
    socket.on('error', () => {})
  }

  /** Levels of the intercepted interrupts that have changed, by number. */
  get irqs(): ReadonlyMap<number, boolean> {
    return this.#irqs
  }

  /** Sends a command that answers no more than OK, without waiting for it. */
  post(line: string): void {
    if (this.#error === null) this.#send({ line, take: null, fail: null })
  }

  /** Sends a command; what follows OK in its answer. Rejects with an InfraError if QEMU refuses it or dies. */
  ask(line: string): Promise<string[]> {
    return new Promise((take, fail) => {
      if (this.#error !== null) fail(this.#error)
      else this.#send({ line, take, fail })
    })
  }

  /** Ends it: what waits and what will be asked is rejected with this. */
  fail(error: Error): void {
    if (this.#error !== null) return
    this.#error = error
    if (this.#timer !== null) clearInterval(this.#timer)
    for (const { fail } of this.#pending.splice(0).slice(this.#next)) fail?.(error)
    this.#next = 0
    this.#socket.destroy()
  }

  /** The oldest command without an answer: what QEMU was at when it died. */
  get oldest(): string | null {
    return this.#pending[this.#next]?.line ?? null
  }

  #send(command: Pending): void {
    if (this.#unsent === '') setImmediate(() => this.#flush())
    this.#unsent += command.line + '\n'
    this.#pending.push(command)
    if (this.#timer === null) this.#watch()
  }

  #flush(): void {
    const text = this.#unsent
    this.#unsent = ''
    if (this.#error === null) this.#socket.write(text, 'latin1')
  }

  #watch(): void {
    this.#heard = Date.now()
    this.#timer = setInterval(() => {
      if (this.oldest === null) this.#heard = Date.now()
      else if (Date.now() - this.#heard > this.#silence) this.#onSilence()
    }, this.#silence / 4)
    this.#timer.unref()
  }

  #received(text: string): void {
    this.#heard = Date.now()
    const lines = (this.#partial + text).split('\n')
    this.#partial = lines.pop() ?? ''
    for (const line of lines) this.#line(line)
    // Not shifted one by one: that would move the whole queue for each.
    if (this.#next < 1000 && this.#next < this.#pending.length) return
    this.#pending.splice(0, this.#next)
    this.#next = 0
  }

  #line(line: string): void {
    const words = line.split(' ')
    if (words[0] === 'IRQ') {
      this.#irqs.set(Number(words[2]), words[1] === 'raise')
      return
    }
    const command = this.#pending[this.#next]
    if (!command) {
      this.fail(new InfraError(`qemu's qtest answers what nobody asked: ${line}`))
      return
    }
    this.#next++
    if (words[0] === 'OK') {
      command.take?.(words.slice(1))
      return
    }
    const refused = new InfraError(`qemu's qtest refused '${shortened(command.line)}': ${line}`)
    if (command.fail) command.fail(refused)
    else this.fail(refused)
  }
}

/** A command as a message quotes it. */
export function shortened(line: string): string {
  return line.length > 80 ? `${line.slice(0, 80)}…` : line
}
