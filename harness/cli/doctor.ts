import { Command } from 'commander'
import { diagnose, exitStatus, type Row } from '../doctor/doctor.ts'
import { thisHost } from '../doctor/host.ts'
import { rowLines, verdictLine } from '../doctor/page.ts'
import { interruptible } from './interrupt.ts'
import { isColoured } from './shown.ts'

interface Options {
  boot?: boolean
  json?: boolean
}

const EXAMPLES = `
Examples:
  dmaspec doctor
      this machine, what is installed, what is built and how big it is; with the command for what is not
  dmaspec doctor --boot
      and boots linux 6.1, or the kernels that $KERNELS names
  dmaspec doctor --json | jq -r '.rows[] | select(.verdict == "wrong") | "\\(.name): \\(.advice)"'

A row is ok, - (nobody asked for it), missing (the next make gets it), or wrong (only you can mend it). Nothing is
installed, fetched or built, and the network is not used.

Exit status: 0 all there, 1 something is missing that make installs or builds by itself, 2 something is wrong,
130 interrupted.`

/** `dmaspec doctor`: what is missing, and how to get it. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'say what dmaspec lacks on this machine and how to get it, what is built, and how big that is',
    )
    .option('--boot', 'boot a kernel too, which takes two seconds')
    .option('--json', 'print it as JSON, and nothing else')
    .addHelpText('after', EXAMPLES)
    .action((options: Options) => interruptible(signal => doctor(options, signal)))
}

async function doctor({ boot = false, json = false }: Options, signal: AbortSignal): Promise<void> {
  const { stdout } = process
  const colour = isColoured(stdout)
  let before: Row | undefined
  // A row is there as soon as it is known: that the cache is measured takes seconds.
  const onRow = (row: Row) => {
    if (!json) stdout.write(`${rowLines(row, before, colour).join('\n')}\n`)
    before = row
  }
  const rows = await diagnose(thisHost(signal), { signal, boot, onRow })
  const status = exitStatus(rows)
  stdout.write(json ? `${JSON.stringify({ status, rows }, null, 2)}\n` : `\n${verdictLine(rows)}\n`)
  process.exitCode = status
}
