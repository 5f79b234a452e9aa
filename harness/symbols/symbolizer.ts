import { execa } from 'execa'
import type { SourcePlace } from '../report/report.ts'

/** The functions at an address, the innermost inlined one first. */
export interface Found {
  name: string
  file: string
  line: number
}

/** A program that finds places in the source; asked for all addresses at once. */
interface Tool {
  command: string
  args: (file: string) => string[]
  /** What it printed, as one entry an address. */
  read: (output: string) => Found[][]
}

const TOOLS: readonly Tool[] = [
  // LLVM's own format, before JSON was one: function and file:line:column in turns, a blank line after each address
  {
    command: 'llvm-symbolizer',
    args: file => [`--obj=${file}`, '--inlines', '--functions=linkage', '--no-demangle'],
    read: output => output.split('\n\n').slice(0, -1).map(pairs),
  },
  ...['aarch64-linux-gnu-addr2line', 'addr2line'].map(command => ({
    command,
    // -a prints the address before each answer
    args: (file: string) => ['-e', file, '-a', '-f', '-i'],
    read: (output: string) =>
      output
        .split(/^0x[0-9a-f]+$/m)
        .slice(1)
        .map(pairs),
  })),
]

/** What to install if there is none. */
export const NO_TOOL =
  'no llvm-symbolizer and no addr2line is on this machine: install llvm or binutils-aarch64-linux-gnu'

/**
 * The places of these addresses in that file, in their order: one child process for all. Null if no tool is there.
 * One that fails counts as not there.
 */
export async function findPlaces(file: string, addresses: readonly bigint[]): Promise<Found[][] | null> {
  const input = addresses.map(address => `0x${address.toString(16)}\n`).join('')
  for (const { command, args, read } of TOOLS) {
    const { failed, stdout } = await execa(command, args(file), {
      input,
      reject: false,
      stripFinalNewline: false,
    })
    if (failed) continue
    const found = read(stdout)
    if (found.length === addresses.length) return found
  }
  return null
}

// `foo` and `/build/file.c:12:3`, or `file.c:12 (discriminator 2)`; `??` and `??:0` if nothing is known
function pairs(text: string): Found[] {
  const lines = text.trim().split('\n')
  const found: Found[] = []
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const [, file = '??', line = '0'] =
      /^(.*?):(\d+)(?::\d+)?(?: \(discriminator \d+\))?$/.exec(lines[i + 1] ?? '') ?? []
    if (file !== '??' && file !== '') found.push({ name: lines[i] ?? '', file, line: Number(line) })
  }
  return found
}

/** As a report has it: files relative to the tree, the name of what was inlined. */
export function asPlaces(found: readonly Found[], tree: string): SourcePlace[] {
  return found.map(({ name, file, line }, i) => ({
    file: file.startsWith(tree) ? file.slice(tree.length) : file,
    line,
    ...(i < found.length - 1 ? { inlined: name } : {}),
  }))
}
