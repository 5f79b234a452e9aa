import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { CellError } from '../errors.ts'
import { type LineForm, LineSplitter } from '../report/input/chunks.ts'

/** What is no log, by how it begins, and what to do with it. */
const MAGICS: readonly { bytes: number[]; says: (name: string) => string }[] = [
  {
    bytes: [0x7f, 0x45, 0x4c, 0x46],
    says: name => `${name} is an ELF file and no log: a vmlinux is given with --vmlinux ${name}`,
  },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], says: name => compressed(name, 'xz') },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], says: name => compressed(name, 'zstd') },
  { bytes: [0x42, 0x5a, 0x68], says: name => compressed(name, 'bzip2') },
]
const GZIP = [0x1f, 0x8b]
const LF = 10

function compressed(name: string, tool: string): string {
  return `${name} is compressed: ${tool} -dc ${name} | dmaspec explain`
}

/** How far reading is: bytes of the file, and of how many. `of` is null of a pipe. */
export type Reading = (bytes: number, of: number | null) => void

export interface InputOptions {
  /** Takes plain lines where they stand (ConsoleParser.plain); without it, `line` gets them all. */
  plain?: ((block: string, from: number, end: number) => boolean) | undefined
  signal?: AbortSignal | undefined
  onBytes?: Reading | undefined
}

/**
 * Feeds a log to `line`, line by line: a file, or stdin if it is `-`. gzip is unpacked on the way. Memory is bounded by
 * one line; a CellError says what can't be read, and what to do.
 */
export async function readLog(
  name: string,
  line: (text: string, form: LineForm) => void,
  { signal, onBytes, plain }: InputOptions = {},
): Promise<void> {
  const shown = name === '-' ? 'stdin' : name
  const size = name === '-' ? null : await sizeOf(name)
  const source: Readable = name === '-' ? process.stdin : createReadStream(name, { highWaterMark: 1 << 18 })
  let [bytesRead, hasLineEnd, hasNul] = [0, false, false]
  const splitter = new LineSplitter(line, plain)
  try {
    for await (const bytes of unpacked(source, shown, size, onBytes)) {
      signal?.throwIfAborted()
      hasLineEnd ||= bytes.includes(LF)
      if (!hasLineEnd) hasNul ||= bytes.includes(0)
      bytesRead += bytes.length
      splitter.write(bytes)
    }
  } catch (error) {
    throw asCellError(error, shown)
  }
  splitter.end()
  if (bytesRead === 0) throw new CellError(`${shown} is empty: there is nothing to explain`)
  if (hasNul && !hasLineEnd)
    throw new CellError(`${shown} is no text: give a console's log, or dmesg's output`)
}

async function sizeOf(name: string): Promise<number | null> {
  const found = await stat(name).catch((error: NodeJS.ErrnoException) => error)
  if (found instanceof Error) throw asCellError(found, name)
  if (found.isDirectory()) throw new CellError(`${name} is a folder: name the log in it`)
  return found.isFile() ? found.size : null
}

function asCellError(error: unknown, name: string): unknown {
  if (error instanceof CellError || !(error instanceof Error)) return error
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return new CellError(`there is no ${name}: give a file, or nothing to read stdin`)
  if (code === 'EACCES') return new CellError(`${name} may not be read: ${error.message}`)
  if (code?.startsWith('Z_')) return new CellError(`${name} is damaged: gzip says: ${error.message}`)
  return code === undefined ? error : new CellError(`${name} can't be read: ${error.message}`)
}

async function* unpacked(
  source: Readable,
  name: string,
  size: number | null,
  onBytes: Reading | undefined,
): AsyncGenerator<Buffer> {
  let read = 0
  const counted = async function* () {
    for await (const chunk of source) {
      const bytes = chunk as Buffer
      read += bytes.length
      onBytes?.(read, size)
      yield bytes
    }
  }
  const chunks = counted()
  const head = await firstBytes(chunks, 6)
  const magic = MAGICS.find(({ bytes }) => startsWith(head, bytes))
  if (magic) throw new CellError(magic.says(name))
  const all = async function* () {
    yield head
    yield* chunks
  }
  if (!startsWith(head, GZIP)) {
    yield* all()
    return
  }
  const gunzip = createGunzip()
  const piped = pipeline(all(), gunzip)
  piped.catch(() => {})
  for await (const chunk of gunzip) yield chunk as Buffer
  await piped
}

async function firstBytes(chunks: AsyncGenerator<Buffer>, least: number): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0)
  while (head.length < least) {
    const next = await chunks.next()
    if (next.done === true) break
    head = Buffer.concat([head, next.value])
  }
  return head
}

function startsWith(bytes: Buffer, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte)
}
