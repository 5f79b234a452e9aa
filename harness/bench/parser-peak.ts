/** Parses what comes on stdin, and prints the most memory that this process ever had: VmHWM, in KiB of the kernel's. */
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { LineSplitter } from '../report/input/chunks.ts'
import { ConsoleParser } from '../report/parse.ts'

// As `dmaspec explain` does (cli/explain.ts).
setFlagsFromString('--optimize-for-size')
const parser = new ConsoleParser()
const lines = new LineSplitter(
  (line, form) => parser.line(line, form),
  (block, from, end) => parser.plain(block, from, end),
)
for await (const chunk of process.stdin) lines.write(chunk as Buffer)
lines.end()
parser.report()
const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
process.stdout.write(`${peak ?? 0}\n`)
