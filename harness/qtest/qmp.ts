import type { Socket } from 'node:net'
import { InfraError } from '../errors.ts'

interface Waiting {
  take: (value: unknown) => void
  fail: (error: Error) => void
}

type Message =
  { return: unknown } | { error: { class: string; desc: string } } | { event: string } | { QMP: unknown }

/** QEMU's monitor, as far as tests of a device need it (QEMU's docs/interop/qmp-spec.rst). */
export class Qmp {
  readonly #socket: Socket
  readonly #waiting: Waiting[] = []
  #partial = ''
  #error: Error | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => this.#received(text))
    socket.on('error', () => {})
  }

  /** Shakes hands. */
  static async on(socket: Socket): Promise<Qmp> {
    const qmp = new Qmp(socket)
    await qmp.execute('qmp_capabilities')
    return qmp
  }

  /** Runs a command; what it returns. Rejects with an InfraError if QEMU refuses it or dies. */
  execute(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
    return new Promise((take, fail) => {
      if (this.#error !== null) {
        fail(this.#error)
        return
      }
      this.#waiting.push({
        take,
        fail: cause =>
          fail(cause instanceof InfraError ? cause : new InfraError(`qmp ${command}`, { cause })),
      })
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`)
    })
  }

  /** Ends it: what waits and what will be asked is rejected with this. */
  fail(error: Error): void {
    if (this.#error !== null) return
    this.#error = error
    for (const { fail } of this.#waiting.splice(0)) fail(error)
    this.#socket.destroy()
  }

  #received(text: string): void {
    const lines = (this.#partial + text).split('\n')
    this.#partial = lines.pop() ?? ''
    for (const line of lines.filter(line => line.trim() !== '')) this.#message(JSON.parse(line) as Message)
  }

  #message(message: Message): void {
    if ('event' in message || 'QMP' in message) return
    const waiting = this.#waiting.shift()
    if ('error' in message) waiting?.fail(new InfraError(`qemu's monitor: ${message.error.desc}`))
    else waiting?.take(message.return)
  }
}
