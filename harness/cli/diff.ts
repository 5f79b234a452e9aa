import { Command, InvalidArgumentError } from 'commander'
import { CellError } from '../errors.ts'
import { diffBoots, type Diff } from '../diff/diff.ts'
import { diffMarkdown } from '../diff/markdown.ts'
import { readSide } from '../diff/read.ts'
import { diffRuns } from '../diff/runs.ts'
import { diffText } from '../diff/text.ts'
import { interruptible } from './interrupt.ts'
import { LINES, shownOnStdout } from './shown.ts'

interface Options {
  json?: boolean
  markdown?: boolean
  dmesg?: boolean
  lines: number
}

const EXAMPLES = `
A and B are each one of
  out/run, out/run/results.json   what 'dmaspec run' wrote
  out/run:6.1                     one kernel of it; B may be ':6.12', a kernel of the run that A names
  out/a, out/a/report.json        what 'dmaspec boot --out out/a' wrote
both a run, or both a boot. Two kernels of different names are held together spec by spec, test by test.

Behaviour is: verdicts and failing assertions, how a boot ended, oopses, where page tables and transfers are (direct or
bounced, above or below 4 GiB, through the IOMMU or past it, refused), groups and contexts, what IOMMUs and swiotlb
complained of, and what the disk's data was. How often and in which order is not. dmesg is shown, and counts with --dmesg.

Examples:
  dmaspec boot --overlay sata-behind-ipmmu --out out/a
  dmaspec boot --overlay sata-behind-ipmmu --fault bus-mask-always-set --out out/b
  dmaspec diff out/a out/b
      what did the fault change?
  dmaspec diff out/run:6.1 :6.12
      what does linux 6.12 do that 6.1 did not?
  dmaspec run --tree ~/linux --out out/before; git -C ~/linux am patch.mbox
  dmaspec run --tree ~/linux --out out/after; dmaspec diff --markdown out/before out/after
      the review of a patch, to answer its mail with
  git bisect run sh -c 'dmaspec run --tree . --out /tmp/r; [ $? -le 1 ] || exit 125
                        dmaspec diff /tmp/good /tmp/r >&2; s=$?; [ $s -le 1 ] || s=125; exit $s'
      since when does this tree behave differently from /tmp/good?

Exit status: 0 behaviour is the same, 1 it changed, 2 something could not be read or compared, 130 interrupted.`

/** `dmaspec diff A B`: what a kernel does that another one did not. */
export function diffCommand(): Command {
  return new Command('diff')
    .description('hold two runs or two boots against each other: what changed in behaviour, and in dmesg')
    .argument('<A>', 'before: a run, one kernel of it, or a boot')
    .argument('<B>', 'after: the same')
    .option('--json', 'print the differences as JSON, and nothing else')
    .option('--markdown', 'print them as Markdown, for a mail or a pull request')
    .option('--dmesg', 'a message that is new or gone is a change, too')
    .option('--lines <n>', 'messages of dmesg to show, new and gone each; 0 is all', wholeNumber, LINES)
    .addHelpText('after', EXAMPLES)
    .action((before: string, after: string, options: Options) => diff(before, after, options))
}

async function diff(before: string, after: string, options: Options): Promise<void> {
  if (options.json && options.markdown) throw new CellError('--json and --markdown: take one of the two')
  const result = await interruptible(signal => compare(before, after, signal))
  process.stdout.write(show(result, options))
  const lines = result.dmesg.new.length + result.dmesg.gone.length
  process.exitCode = result.behaviourChanged || (options.dmesg && lines > 0) ? 1 : 0
}

async function compare(before: string, after: string, signal: AbortSignal): Promise<Diff> {
  const old = await readSide(before)
  const now = await readSide(after, before)
  if (old.is === 'boot' && now.is === 'boot') return diffBoots(old, now)
  if (old.is === 'run' && now.is === 'run') return diffRuns(old, now, progress(process.stderr, signal))
  const [run, boot] = old.is === 'run' ? [before, after] : [after, before]
  throw new CellError(`${run} is a run, and ${boot} is a boot: give two runs or two boots`)
}

function show(result: Diff, { json, markdown, lines }: Options): string {
  if (json) return JSON.stringify(result, null, 2) + '\n'
  if (markdown) return diffMarkdown(result, lines)
  return diffText(result, shownOnStdout(lines))
}

const FIRST_MS = 2000
const EACH_MS = { terminal: 200, plain: 10_000 }

/** Says after a while which boot is being compared, and stops at a signal. */
function progress(out: NodeJS.WriteStream, signal: AbortSignal): (done: number, of: number) => void {
  let next = Date.now() + FIRST_MS
  return (done, of) => {
    signal.throwIfAborted()
    if (Date.now() < next) return
    next = Date.now() + (out.isTTY ? EACH_MS.terminal : EACH_MS.plain)
    const text = `comparing boots: ${done} of ${of}`
    out.write(out.isTTY ? `\r\x1b[K${text}\r` : `${text}\n`)
  }
}

function wholeNumber(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('It is not a whole number.')
  return Number(value)
}
