import { LineSplitter } from '../report/input/chunks.ts'
import { toJson } from '../report/json.ts'
import { ConsoleParser } from '../report/parse.ts'

/** No input of a few kilobytes takes longer, in milliseconds, on a machine that is busy with other things. */
export const PATIENCE = 2000
/** A report says no more than so many characters for one that it read, and this for none at all. */
const MOST_GROWTH = { factor: 200, base: 20_000 }

/** Parses bytes as files are parsed, in two chunks; throws if the parser does, takes too long or says too much. */
export function parseHostile(bytes: Uint8Array): void {
  const started = performance.now()
  const parser = new ConsoleParser()
  const lines = new LineSplitter(
    (line, form) => parser.line(line, form),
    (block, from, end) => parser.plain(block, from, end),
  )
  lines.write(bytes.subarray(0, bytes.length >> 1))
  lines.write(bytes.subarray(bytes.length >> 1))
  lines.end()
  const json = toJson(parser.report())
  const took = performance.now() - started
  if (took > PATIENCE) throw new Error(`took ${took.toFixed(0)} ms for ${bytes.length} bytes`)
  if (json.length > MOST_GROWTH.base + MOST_GROWTH.factor * bytes.length)
    throw new Error(`a report of ${json.length} characters for ${bytes.length} bytes`)
}
