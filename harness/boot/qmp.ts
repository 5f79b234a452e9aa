import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import { InfraError } from '../errors.ts'

interface Waiting {
  command: string
  resolve: (answer: unknown) => void
  reject: (error: Error) => void
}

/** QEMU's monitor (docs/interop/qmp-spec.rst), over a stream that is its alone. Events are not kept. */
export class Qmp {
  readonly #stream: Duplex
  readonly #waiting: Waiting[] = []
  readonly #greeted: Promise<unknown>
  #error: Error | null = null

  constructor(stream: Duplex) {
    this.#stream = stream
    // It hears of the stream's errors, too, and would throw them if nobody took them.
    createInterface({ input: stream })
      .on('line', line => this.#line(line))
      .on('error', () => undefined)
    const close = () => this.fail(new InfraError("qemu's monitor is closed: QEMU has ended"))
    stream.on('close', close).on('end', close).on('error', close)
    // QEMU greets; until this command was taken it takes no other.
    this.#greeted = this.execute('qmp_capabilities')
    this.#greeted.catch(() => undefined)
  }

  /** A monitor that has answered once. */
  static async on(stream: Duplex): Promise<Qmp> {
    const qmp = new Qmp(stream)
    await qmp.#greeted
    return qmp
  }

  /** What QEMU answers; an InfraError with its words if it refuses, or if it is gone. */
  execute(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
    if (this.#error) return Promise.reject(this.#error)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ command, resolve, reject })
      this.#stream.write(JSON.stringify({ execute: command, arguments: args }) + '\n')
    })
  }

  /** A command of the human monitor: its text. */
  async human(line: string): Promise<string> {
    return String(await this.execute('human-monitor-command', { 'command-line': line }))
  }

  /** Ends it: what waits, and what will be asked, is rejected with this. */
  fail(error: Error): void {
    if (this.#error) return
    this.#error = error
    for (const { command, reject } of this.#waiting.splice(0))
      reject(error instanceof InfraError ? error : new InfraError(`qmp ${command}`, { cause: error }))
    this.#stream.destroy()
  }

  #line(line: string): void {
    const said = parse(line)
    // Answers come in the order of the commands; greetings and events are something else.
    if (!said || !('return' in said || 'error' in said)) return
    const waiting = this.#waiting.shift()
    if ('error' in said) waiting?.reject(new InfraError(`qemu's monitor: ${said.error?.desc ?? line}`))
    else waiting?.resolve(said.return)
  }
}

function parse(line: string): { return?: unknown; error?: { desc?: string } } | null {
  try {
    const said: unknown = JSON.parse(line)
    return typeof said === 'object' && said !== null ? said : null
  } catch {
    return null
  }
}
