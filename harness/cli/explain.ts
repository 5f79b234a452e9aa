import { basename } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { Command } from 'commander'
import { CellError } from '../errors.ts'
import { explain as explained } from '../explain/explain.ts'
import { readLog } from '../explain/input.ts'
import { pageMarkdown } from '../explain/markdown.ts'
import { pageText } from '../explain/text.ts'
import { ConsoleParser, type KernelReport, toJson } from '../report/index.ts'
import { vmlinuxOf } from '../symbols/kept.ts'
import { sourcesOf } from '../symbols/source.ts'
import { symbolize } from '../symbols/symbolize.ts'
import { collect } from './collect.ts'
import { interruptible } from './interrupt.ts'
import { readingProgress } from './reading-progress.ts'

interface Options {
  json?: boolean
  markdown?: boolean
  color?: boolean
  vmlinux?: string
  module?: string[]
  source?: string
}

/** Of a line in a pipe or a file. */
const WIDTH = 100

const EXAMPLES = `
FILE is a log as it comes: a serial capture, dmesg, dmesg -T, journalctl -k, a mail with a log in it, quoted, wrapped or
joined, or one of these as .gz. Without FILE, or with -, it is read from stdin.

Examples:
  dmaspec explain out/console.log
  dmesg | dmaspec explain
  ssh board journalctl -k | dmaspec explain --markdown
      to answer a mail or a bug with
  dmaspec explain --json console.log | jq '.oopses[].title'
      the report itself: docs/report.md
  dmaspec explain --vmlinux ~/linux/vmlinux console.log
      with the source lines of the crash, if that kernel has debug info

Exit status: 0 no crash, 1 a crash (a WARN, too), 2 it could not be read, 130 interrupted.`

/** `dmaspec explain [FILE]`: what happened in a kernel's log, where, why, and what came before it. */
export function explainCommand(): Command {
  return new Command('explain')
    .description("say what happened in a kernel's log: crashes, and what DMA and IOMMUs have to do with them")
    .argument('[FILE]', 'the log; - is stdin', '-')
    .option('--json', 'print the report as JSON, and nothing else')
    .option('--markdown', 'print it as Markdown, to answer a mail or a bug with')
    .option('--vmlinux <file>', 'of the kernel of the log: file and line of pc, lr and every frame')
    .option('--module <file>', 'a .ko of it, for frames in modules (repeatable)', collect)
    .option('--source <dir>', 'its source tree, if it is not where it was built: shows the line')
    .option('--color', 'colours, though it is no terminal')
    .option('--no-color', 'no colours, though it is one')
    .addHelpText('after', EXAMPLES)
    .action((file: string, options: Options) => explain(file, options))
}

async function explain(file: string, options: Options): Promise<void> {
  if (options.json && options.markdown) throw new CellError('--json and --markdown: take one of the two')
  if (options.vmlinux === undefined && (options.module ?? options.source) !== undefined)
    throw new CellError('--module and --source need --vmlinux')
  if (file === '-' && process.stdin.isTTY)
    process.stderr.write('dmaspec: reading the log from the terminal; Ctrl-D ends it\n')
  // V8 lets garbage grow while there is memory; a log of gigabytes must not fill it. Costs a fifth of the speed.
  setFlagsFromString('--optimize-for-size')
  const parser = new ConsoleParser()
  const progress = readingProgress(process.stderr)
  await interruptible(async signal => {
    try {
      await readLog(file, (line, form) => parser.line(line, form), {
        plain: (block, from, end) => parser.plain(block, from, end),
        signal,
        onBytes: (bytes, of) => progress.at(bytes, of),
      })
    } finally {
      progress.stop()
    }
  })
  const { report, ...rest } = await withSymbols(parser.report(), file, options)
  process.stdout.write(options.json ? toJson(report) + '\n' : show(explained(report, rest), options))
  // The JSON is the report alone.
  if (options.json) for (const line of rest.warnings) process.stderr.write(`dmaspec: ${line}\n`)
  process.exitCode = report.oopses.length > 0 ? 1 : 0
}

async function withSymbols(report: KernelReport, log: string, options: Options) {
  const { module: files = [], source } = options
  const vmlinux = options.vmlinux ?? (report.oopses.length > 0 ? vmlinuxOf(log) : null)
  if (vmlinux === null) return { report, warnings: [] }
  const modules = Object.fromEntries(files.map(file => [moduleName(file), file]))
  const found = await symbolize(report, { vmlinux, modules })
  const tree = source ?? found.tree
  const { report: placed, warnings } = found
  return {
    report: placed,
    warnings,
    source: tree === null ? undefined : await sourcesOf(placed.oopses, tree),
  }
}

/** Modules have underscores where their files may have dashes. */
function moduleName(file: string): string {
  return basename(file, '.ko').replaceAll('-', '_')
}

function show(page: ReturnType<typeof explained>, { markdown, color }: Options): string {
  if (markdown) return pageMarkdown(page)
  const { isTTY, columns } = process.stdout
  return pageText(page, { width: isTTY ? columns || WIDTH : WIDTH, color: color ?? wantsColor(isTTY) })
}

/** no-color.org and force-color.org: set and not empty; what is on the command line counts more than both. */
function wantsColor(isTTY: boolean): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  if (NO_COLOR) return false
  if (FORCE_COLOR) return FORCE_COLOR !== '0'
  return isTTY && TERM !== 'dumb'
}
