import type { Readable, Writable } from 'node:stream'

/** The way to a board's console, open: a serial line, a console server, or a program. */
export interface Port {
  /** What it is, as an error calls it: `/dev/ttyUSB0 at 115200 baud`. */
  readonly name: string
  readonly input: Readable
  write(bytes: Buffer): void
  /** Settles when it is gone, with why; never rejects. */
  readonly closed: Promise<string>
  close(): Promise<void>
}

/** Why a stream ended, as soon as it has. */
export function closing(input: Readable, output: Writable): Promise<string> {
  return new Promise(resolve => {
    for (const stream of [input, output]) stream.once('error', error => resolve(error.message))
    input.once('end', () => resolve('it was closed from the other side'))
    input.once('close', () => resolve('it was closed'))
  })
}
