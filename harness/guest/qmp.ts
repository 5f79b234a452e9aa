import type { Duplex } from 'node:stream'
import { createInterface } from 'node:readline'
import { InfraError } from '../errors.ts'

interface Waiting {
  resolve: (answer: unknown) => void
  reject: (error: Error) => void
}

/** QEMU's monitor (docs/interop/qmp-spec.rst), over a stream that is its alone. Events are not kept. */
export class Qmp {
  readonly #stream: Duplex
  readonly #waiting: Waiting[] = []
  #closed = false

  constructor(stream: Duplex) {
    this.#stream = stream
    createInterface({ input: stream }).on('line', line => this.#line(line))
    const close = () => this.#close()
    stream.on('close', close).on('end', close).on('error', close)
    // QEMU greets; until this command was taken it takes no other.
    void this.execute('qmp_capabilities').catch(() => undefined)
  }

  /** What QEMU answers; an InfraError with its words if it refuses, or if it is gone. */
  execute(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
    if (this.#closed) return Promise.reject(gone())
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#stream.write(JSON.stringify({ execute: command, arguments: args }) + '\n')
    })
  }

  /** A command of the human monitor: its text. */
  async human(line: string): Promise<string> {
    return String(await this.execute('human-monitor-command', { 'command-line': line }))
  }

  #line(line: string): void {
    const said = parse(line)
    // Answers come in the order of the commands; greetings and events are something else.
    if (!said || !('return' in said || 'error' in said)) return
    const waiting = this.#waiting.shift()
    if ('error' in said) waiting?.reject(new InfraError(`qemu's monitor: ${said.error?.desc ?? line}`))
    else waiting?.resolve(said.return)
  }

  #close(): void {
    this.#closed = true
    for (const { reject } of this.#waiting.splice(0)) reject(gone())
  }
}

function gone(): InfraError {
  return new InfraError("qemu's monitor is closed: QEMU has ended")
}

function parse(line: string): { return?: unknown; error?: { desc?: string } } | null {
  try {
    const said: unknown = JSON.parse(line)
    return typeof said === 'object' && said !== null ? said : null
  } catch {
    return null
  }
}
